import { createHash } from "node:crypto";
import type { IssueWithState } from "@genbo/database/issues/issues";
import {
  disclosurePart,
  type InspectionRow,
  inspectionPart,
  listInspections,
  type NewInspection,
  writeDisplay,
} from "@genbo/database/legal/inspections";
import { openRequester, sealRequester } from "@genbo/database/legal/inspections-requester";
import { registerPage } from "@genbo/database/register/read";
import { newId } from "@genbo/domain/ids";
import { capacitiesOf, isHolderCapacity, needsPermission } from "@genbo/domain/inspections";
import { dayOf, jstDay } from "@genbo/domain/jst";
import { inspectionView, seesParticulars } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, ProblemError } from "../http/problem.ts";
import { auditRead, pageOf, presentAsOf } from "../http/reads.ts";
import { activeIssueFor, issueFor } from "../issues/issue-for.ts";
import { inspectionFor, rememberedOf } from "../legal/inspections.ts";
import { registerShown } from "../legal/register-shown.ts";
import { positionFor } from "../register/moments.ts";
import { disclosureWire, displayWire, inspectionWire } from "../wire/inspections.ts";

type Routes = "requestInspection" | "listInspections" | "getInspection" | "showRegister" | "recordDisclosure";
type Request = CallOf<"requestInspection">;

export const inspectionHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  requestInspection: (call) => command(ctx, call, () => request(ctx, call)),
  listInspections: async ({ principal, params, query }) => {
    const asOf = await presentAsOf(ctx);
    const issue = await issueFor(ctx, principal, params.id);
    const filter = { ...query, issueId: issue.id };
    const rows = await listInspections(ctx.prisma, inspectionView(principal), filter);
    return { status: 200, body: { ...pageOf(rows, query.limit, inspectionWire, ({ id }) => id), asOf } };
  },
  getInspection: async (call) => {
    const { principal, params, query } = call;
    const asOf = await presentAsOf(ctx);
    const row = await inspectionFor(ctx, principal, params.id);
    const requester = seesParticulars(principal) ? await openRequester(ctx.vaultKeys, row.id, row) : null;
    if (requester !== null) await auditRead(ctx, call, row.id, query.purpose ?? row.reason);
    const body = {
      ...inspectionWire(row),
      requester,
      remembered: await rememberedOf(ctx.pool, row),
      displays: row.displays.map(displayWire),
      disclosures: row.disclosures.map(disclosureWire),
    };
    return { status: 200, body: { ...body, asOf } };
  },
  showRegister: async (call) => {
    const { principal, params, query, at } = call;
    const row = await inspectionFor(ctx, principal, params.id);
    mustBeGranted(row);
    const issue = await issueFor(ctx, principal, row.issueId);
    const { text, rows } = await registerShown(ctx, row, issue, query);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const bytes = Buffer.byteLength(text);
    const shown = { inspectionId: row.id, after: query.cursor ?? "", rows, bytes, sha256 };
    await writeDisplay(ctx.pool, { ...shown, shownBy: principal.subject, at });
    await auditRead(ctx, call, row.id, row.reason, { sha256, rows });
    return { status: 200, text };
  },
  recordDisclosure: (call) =>
    command(ctx, call, async () => {
      const { principal, params, body, at } = call;
      const row = await inspectionFor(ctx, principal, params.id);
      mustBeGranted(row);
      const day = dayOf(body.disclosedOn);
      if (day > jstDay(at)) throw invalidField("/disclosedOn", "lies in the future");
      if (day < jstDay(row.decidedAt!)) throw invalidField("/disclosedOn", "lies before the inspection");
      const of = { inspectionId: row.id, disclosedOn: body.disclosedOn };
      const kept = { ...of, evidence: body.evidence, recordedBy: principal.subject, at };
      return {
        answer: { status: 201, body: of },
        target: row.id,
        detail: { disclosedOn: body.disclosedOn },
        writes: [disclosurePart(kept)],
      };
    }),
});

function mustBeGranted({ id, state }: InspectionRow): void {
  if (state !== "granted") {
    throw new ProblemError("STATE_CONFLICT", `The inspection is ${state}, not granted.`, { target: id });
  }
}

async function request(ctx: ApiContext, call: Request): Promise<Outcome<Request["route"]>> {
  const { principal, params, body, at } = call;
  const issue = await activeIssueFor(ctx, principal, params.id);
  const profile = issue.profile;
  const { capacity, reason, documents } = body;
  const { personId, name, address } = body.requester;
  if (capacitiesOf[profile][capacity] === undefined)
    throw invalidField("/capacity", `gives no right to inspect a register of the profile ${profile}`);
  if (needsPermission(capacity) && documents.length === 0)
    throw invalidField("/documents", "lacks the court's permission (CA 684(4))");
  if (isHolderCapacity(capacity)) await checkHolder(ctx, issue.id, personId);
  const id = newId("ins", at);
  const row: NewInspection = {
    id,
    issueId: issue.id,
    personId: personId ?? null,
    requester: await sealRequester(ctx.vaultKeys, id, { name, address }),
    capacity,
    reason,
    documents,
    maker: principal.subject,
    at,
  };
  return {
    answer: { status: 201, body: inspectionWire(asRequested(row, issue)) },
    target: id,
    detail: { issueId: issue.id, capacity },
    writes: [inspectionPart(row)],
  };
}

/** Whoever asks as a holder stands in the register. @throws ProblemError INVALID_FIELD */
async function checkHolder(ctx: ApiContext, issueId: string, personId: string | undefined): Promise<void> {
  const pointer = "/requester/personId";
  if (personId === undefined) throw invalidField(pointer, "is missing: a holder is a person of the register");
  const position = await positionFor(ctx, issueId, {});
  const { rows } = await registerPage(ctx.pool, position, { personId, limit: 1 });
  if (rows.length === 0) throw invalidField(pointer, "does not stand in this register");
}

/** The row as it stands once it is written. */
const asRequested = ({ at, requester, ...row }: NewInspection, issue: IssueWithState): InspectionRow => ({
  ...row,
  requester: new Uint8Array(requester.sealed),
  requesterKey: new Uint8Array(requester.wrapped),
  requesterDigest: requester.digest,
  documents: row.documents.map((each) => ({ ...each })),
  state: "open",
  ground: null,
  explanation: null,
  checker: null,
  shownSeq: null,
  shownHead: null,
  shownBlock: null,
  shownHash: null,
  shownTime: null,
  createdAt: at,
  decidedAt: null,
  issue: { trusteeId: issue.trusteeId, profile: issue.profile },
});
