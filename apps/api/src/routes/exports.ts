import { exportsWaitingMax } from "@genbo/api-schema/limits";
import type { Principal } from "@genbo/database/parties/keys";
import { findRecordDate, listStateOf } from "@genbo/database/record-dates/record-dates";
import { readingOfList } from "@genbo/database/record-dates/revise";
import {
  type ExportOrder,
  exportPart,
  findExport,
  markExportChanged,
  type RegisterExport,
  type Rendered,
  waitingExports,
} from "@genbo/database/register/exports";
import type { Reading } from "@genbo/database/register/read-overlay";
import { newId } from "@genbo/domain/ids";
import type { ProfileName } from "@genbo/domain/profiles";
import { seesParticulars } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import { ExportChanged, exportBytes } from "../exports/content.ts";
import { rangeOf } from "../exports/range.ts";
import type { ExportRunner } from "../exports/runner.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { auditRead } from "../http/reads.ts";
import { deployedIssueFor, issueFor } from "../issues/issue-for.ts";
import { knownWire, positionFor } from "../register/moments.ts";
import { exportWire } from "../wire/exports.ts";

type Routes = "createExport" | "getExport" | "readExport";
type Create = CallOf<"createExport">;

export const exportHandlers = (ctx: ApiContext, runner: ExportRunner): Handlers<Routes> => ({
  createExport: async (call) => {
    const reply = await command(ctx, call, async () => {
      const order = await orderOf(ctx, call);
      const { kind, format, names, position, purpose } = order;
      return {
        answer: {
          status: 201,
          body: exportWire({ ...order, state: "rendering", rendered: null, readyAt: null }),
        },
        target: order.id,
        detail: { issueId: order.issueId, kind, format, names, seq: position.seq, knownSeq: order.known.seq },
        purpose,
        writes: [exportPart(order)],
      };
    });
    runner.wake();
    return reply;
  },
  getExport: async ({ principal, params }) => ({
    status: 200,
    body: exportWire(await ownExport(ctx, principal, params.id)),
  }),
  readExport: async (call) => {
    const { principal, params } = call;
    const order = await ownExport(ctx, principal, params.id);
    const { rendered, state } = order;
    if (rendered === null || state !== "ready")
      throw new ProblemError("STATE_CONFLICT", `The export is ${state}.`);
    if (order.names) mustSeeParticulars(principal);
    const issue = await issueFor(ctx, principal, order.issueId);
    return answerBytes(ctx, call, { ...order, rendered }, issue.profile);
  },
});

async function ownExport(ctx: ApiContext, { partyId }: Principal, id: string): Promise<RegisterExport> {
  const found = await findExport(ctx.pool, partyId, id);
  if (found === undefined) throw notFound();
  return found;
}

function mustSeeParticulars(principal: Principal): void {
  if (!seesParticulars(principal))
    throw new ProblemError("FORBIDDEN", "This key may not read names and addresses.");
}

async function orderOf(ctx: ApiContext, call: Create): Promise<ExportOrder> {
  const { principal, params, body, at } = call;
  const issue = await deployedIssueFor(ctx, principal, params.id);
  if (body.names) {
    mustSeeParticulars(principal);
    if (body.purpose === undefined) throw invalidField("/purpose", "is needed to read personal data");
  }
  const isList = body.kind === "RECORD_DATE";
  const { reading, recordDate } = isList
    ? await frozenList(ctx, call, issue.id)
    : { reading: await presentOrPast(ctx, call, issue.id), recordDate: null };
  if ((await waitingExports(ctx.pool, principal.partyId)) >= exportsWaitingMax)
    throw new ProblemError("RATE_LIMITED", `${exportsWaitingMax} exports of yours are not rendered yet.`);
  return {
    id: newId("exp", at),
    issueId: issue.id,
    kind: body.kind,
    format: body.format,
    recordDate,
    names: body.names,
    purpose: body.purpose ?? null,
    custodianId: principal.role === "broker" ? principal.custodianId! : null,
    partyId: principal.partyId,
    maker: principal.subject,
    position: reading,
    known: knownWire(reading).knownAt,
    at,
  };
}

async function presentOrPast(ctx: ApiContext, { body }: Create, issueId: string): Promise<Reading> {
  if (body.recordDateId !== undefined) throw invalidField("/recordDateId", "is of RECORD_DATE alone");
  if (body.version !== undefined) throw invalidField("/version", "is of RECORD_DATE alone");
  return positionFor(ctx, issueId, { asOf: body.asOf, knownAt: body.knownAt }, "");
}

async function frozenList(
  ctx: ApiContext,
  { principal, body }: Create,
  issueId: string,
): Promise<{ reading: Reading; recordDate: { id: string; version: number } }> {
  if (body.knownAt !== undefined) throw invalidField("/knownAt", "is fixed by the version of the list");
  if (body.asOf !== undefined) throw invalidField("/asOf", "is fixed by the record date");
  if (body.recordDateId === undefined) throw invalidField("/recordDateId", "is needed for RECORD_DATE");
  if (!principal.scopes.includes("record-dates:read"))
    throw new ProblemError("FORBIDDEN", "The list needs the scope record-dates:read.");
  const found = await findRecordDate(ctx.prisma, body.recordDateId);
  if (found?.issueId !== issueId) throw notFound("/recordDateId");
  const list = found.recordDateLists.find(({ version }) => version === (body.version ?? version));
  if (list === undefined)
    throw new ProblemError("STATE_CONFLICT", "The list is not frozen yet, or has no such version.");
  const reading = await readingOfList(ctx.pool, listStateOf(found, list));
  return { reading, recordDate: { id: found.id, version: list.version } };
}

const mediaTypes = {
  CSV: "text/csv; charset=utf-8; header=present",
  CSV_CP932: "text/csv; charset=Shift_JIS; header=present",
  JSONL: "application/x-ndjson",
  XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;
const endings = { CSV: "csv", CSV_CP932: "csv", JSONL: "jsonl", XLSX: "xlsx" } as const;

/** The bytes that are asked for, each reading written down before its first byte. */
async function answerBytes(
  ctx: ApiContext,
  call: CallOf<"readExport">,
  order: RegisterExport & { rendered: Rendered },
  profile: ProfileName,
) {
  const { bytes, sha256 } = order.rendered;
  const etag = `"${sha256}"`;
  const asked = rangeOf(call, { bytes, etag });
  if (asked === "outside")
    throw new ProblemError("RANGE_NOT_SATISFIABLE", `The file has ${bytes} bytes.`, {
      headers: { "content-range": `bytes */${bytes}` },
    });
  const { from, to, isPart } = asked;
  const { kind, format, names, position, known } = order;
  await auditRead(ctx, call, order.id, order.purpose ?? undefined, {
    issueId: order.issueId,
    kind,
    format,
    names,
    ...(isPart && { from, to }),
  });
  const headers: Record<string, string> = {
    etag,
    "accept-ranges": "bytes",
    "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
    "content-length": String(to - from),
    ...(isPart && { "content-range": `bytes ${from}-${to - 1}/${bytes}` }),
  };
  return {
    status: isPart ? 206 : 200,
    stream: cutOffIfChanged(ctx, order.id, exportBytes(ctx, order, profile, from, to)),
    fileName: `${order.issueId}-${kind.toLowerCase().replace("_", "-")}-as-of-${position.seq}-known-${known.seq}.${endings[format]}`,
    type: mediaTypes[format],
    headers,
  };
}

async function* cutOffIfChanged(
  ctx: ApiContext,
  id: string,
  bytes: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof ExportChanged) await markExportChanged(ctx.pool, id);
    ctx.log.warn("an export was cut off", { exportId: id, error });
    throw error;
  }
}
