import type { CaseDocument, CaseKind, CaseState } from "@genbo/domain/cases/kinds";
import type { Deadline, Plan } from "@genbo/domain/cases/rules";
import { insertPart, type Part } from "../commands/statement.ts";
import type { LegalCase, Prisma, PrismaClient } from "../generated/client.ts";
import { bareArray } from "../sql/bulk.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { given, type Page, pageById } from "../sql/page.ts";
import { seal, unseal } from "../vault/keys.ts";

export interface NewCase {
  id: string;
  ref: string;
  issueId: string;
  kind: CaseKind;
  basis: number;
  partyId: string;
  /** Brokers that may read it. */
  brokerIds: readonly string[];
  maker: string;
  /** JSON text of the facts in their wire form, as far as they may stand in clear. */
  facts: string;
  /** All facts, where some may not (`sealFacts`). */
  sealed: Buffer | null;
  documents: readonly CaseDocument[];
  deadlines: readonly Deadline[];
  at: Date;
}

export const casePart = (row: NewCase): Part =>
  insertPart<NewCase>(
    "legal_case",
    {
      id: ["text", (of) => of.id],
      ref: ["text", (of) => of.ref],
      issue_id: ["text", (of) => of.issueId],
      kind: ["text", (of) => of.kind],
      basis: ["smallint", (of) => of.basis],
      state: ["text", () => "open"],
      party_id: ["text", (of) => of.partyId],
      broker_ids: ["text[]", (of) => bareArray(of.brokerIds)],
      maker: ["text", (of) => of.maker],
      facts: ["jsonb", (of) => of.facts],
      sealed: ["bytea", (of) => of.sealed],
      documents: ["jsonb", (of) => JSON.stringify(of.documents)],
      deadlines: ["jsonb", (of) => JSON.stringify(of.deadlines)],
      created_at: ["timestamptz", (of) => of.at],
    },
    [row],
  );

/** Facts with names, under the key of the person that they are about: erased with it. */
export const sealFacts = (dataKey: Buffer, id: string, facts: string): Buffer =>
  seal(dataKey, Buffer.from(facts), boundTo(id));

/** JSON text. */
export const openFacts = (dataKey: Buffer, id: string, sealed: Buffer): string =>
  unseal(dataKey, sealed, boundTo(id)).toString("utf8");

const boundTo = (id: string): string => `case:${id}`;

export interface CaseDecision {
  id: string;
  state: "approved" | "refused" | "withdrawn";
  /** The second person; null where the one who filed it withdraws it. */
  checker: string | null;
  reason: string | null;
  result: Readonly<Record<string, unknown>>;
  at: Date;
}

/** Decides an open case; a guard, so that a case is closed once only. */
export const decideCasePart = (decision: CaseDecision): Part => ({
  name: "decide_case",
  sql: (param, from) => `update legal_case set state = ${param(decision.state, "text")}, code = null,
      checker = ${param(decision.checker, "text")}, reason = ${param(decision.reason, "text")},
      result = ${param(JSON.stringify(decision.result), "jsonb")},
      decided_at = ${param(decision.at, "timestamptz")}
    from ${from} where id = ${param(decision.id, "text")} and state = 'open' returning 1`,
});

/** Tells a transfer's parties why its request ends. */
export const endRequestsPart = (refs: readonly string[], reason: string): Part => ({
  name: "end_requests",
  sql: (param, from) => `update transfer set reason = ${param(reason, "text")}
    from ${from} where ref = any(${param(refs, "text[]")}) returning 1`,
});

/** Raises and takes down flags that every later record of a person carries; others stay as they are. */
export const personFlagsPart = ({ personId, raise = 0, lower = 0 }: NonNullable<Plan["flags"]>): Part => ({
  name: "person_flags",
  sql: (param, from) => `update investor set
      flags = (flags | ${param(raise, "smallint")}) & ~${param(lower, "smallint")}
    from ${from} where person_id = ${param(personId, "text")} returning 1`,
});

/** A row as reads give it. */
export type CaseRow = Narrowed<
  LegalCase,
  { kind: CaseKind; state: CaseState; documents: CaseDocument[]; deadlines: Deadline[] }
>;

/** Which cases a party sees: of the issues that it is trustee of, about its own customers, or all. */
export type CaseView = { as: "trustee" | "broker"; partyId: string } | { as: "everything" };

const visible = (view: CaseView): Prisma.LegalCaseWhereInput => {
  if (view.as === "everything") return {};
  if (view.as === "trustee") return { issue: { trusteeId: view.partyId } };
  return { OR: [{ partyId: view.partyId }, { brokerIds: { has: view.partyId } }] };
};

export interface CaseFilter extends Page {
  issueId: string;
  kind?: CaseKind | undefined;
  state?: CaseState | undefined;
}

/** Cases of an issue, oldest first; one more than `limit`, if there are more. */
export const listCases = (
  prisma: PrismaClient,
  view: CaseView,
  { issueId, kind, state, ...page }: CaseFilter,
): Promise<CaseRow[]> =>
  prisma.legalCase.findMany(
    pageById(page, visible(view), { issueId }, given({ kind, state })),
  ) as unknown as Promise<CaseRow[]>;

export const findCase = (prisma: PrismaClient, view: CaseView, id: string): Promise<CaseRow | null> =>
  prisma.legalCase.findFirst({
    where: { AND: [{ id }, visible(view)] },
  }) as unknown as Promise<CaseRow | null>;

/** The cases that made these holds, by the hold's id. */
export async function casesOfHolds(db: Queryable, holdIds: readonly string[]): Promise<Map<string, string>> {
  const text = "select id, ref from legal_case where ref = any($1)";
  const found = await db.query<{ id: string; ref: string }>(text, [holdIds]);
  return new Map(found.rows.map(({ id, ref }) => [ref, id]));
}
