import type { holderAnswer } from "@genbo/api-schema/register";
import { openViewOf } from "@genbo/database/commands/audit-views";
import type { Principal } from "@genbo/database/parties/keys";
import type { Reading } from "@genbo/database/register/read-overlay";
import type { RegisterRow } from "@genbo/database/register/row";
import { type ParticularsVersion, particularsHistory } from "@genbo/database/vault/vault";
import { isoOfDay, jstDay } from "@genbo/domain/jst";
import type { z } from "zod";
import { seesParticulars } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf } from "../http/call.ts";
import { invalidField } from "../http/problem.ts";
import { particularsWire } from "../wire/particulars.ts";
import { registerRowWire } from "../wire/register.ts";
import { asOfPosition, knownWire } from "./moments.ts";

type Wire = z.input<typeof holderAnswer>;

/** Accounts of one person: nobody has more. */
export const accountsMax = 1_000;

/** What a person holds of an issue, without who it is. */
export const holdingsWire = (
  issueId: string,
  personId: string,
  rows: readonly RegisterRow[],
  position: Reading,
): Omit<Wire, "particulars"> => ({
  issueId,
  personId,
  units: String(rows.reduce((sum, row) => sum + row.units, 0n)),
  accounts: rows.map(registerRowWire),
  asOf: asOfPosition(position),
  ...knownWire(position),
});

/** The versions of a person's particulars that had effect by then, as far as they were known. */
export async function versionsOf(
  ctx: ApiContext,
  personId: string,
  query: CallOf<"readHolder">["query"],
  position: Reading,
): Promise<Wire["particulars"]> {
  const history = await particularsHistory(ctx.pool, ctx.vaultKeys, personId);
  const versions = history.filter(standingAt(query, position));
  return versions.map((row) => ({
    ...particularsWire(row),
    commitment: row.commitment,
    corrects: row.corrects,
    correctedBy: versions.find(({ corrects }) => corrects === row.version)?.version ?? null,
  }));
}

/** Without a moment: all. */
function standingAt(
  { asOf, knownAt }: CallOf<"readHolder">["query"],
  position: Reading,
): (of: ParticularsVersion) => boolean {
  const day = asOf && isoOfDay(jstDay(position.legalTime));
  const known = knownAt?.kind === "latest" || !(knownAt ?? asOf) ? undefined : position.knownAt.legalTime;
  return ({ effectiveOn, knownAt: since }) =>
    (day === undefined || effectiveOn <= day) && (known === undefined || since <= known);
}

/**
 * Why the caller reads names of an issue's holders; null who may not. The keepers of the register say why each time, an
 * auditor's reason is that of the view that was opened to it, a broker's that they are its customers.
 * @throws ProblemError when a keeper gives no purpose
 */
export async function purposeOfNames(
  ctx: ApiContext,
  { principal, at }: { principal: Principal; at: Date },
  issueId: string,
  stated: string | undefined,
): Promise<string | null> {
  if (principal.role === "auditor") {
    const view = await openViewOf(ctx.pool, { auditorId: principal.partyId, issueId, at });
    return view === undefined ? null : (stated ?? view.reason);
  }
  return seesParticulars(principal) ? statedPurpose(principal, stated) : null;
}

/** @throws ProblemError */
export function statedPurpose({ role }: Principal, stated: string | undefined): string {
  if (stated !== undefined) return stated;
  if (role === "broker") return "own customer";
  throw invalidField("query/purpose", "is needed to read personal data");
}
