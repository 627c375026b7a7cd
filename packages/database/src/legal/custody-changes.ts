import { holdKinds } from "@genbo/domain/entry-kinds";
import { insertPart, type Part } from "../commands/statement.ts";
import type { CustodyChange, Prisma, PrismaClient } from "../generated/client.ts";
import { isQuarantined } from "../register/breaks.ts";
import { heldBy } from "../register/standing.ts";
import { bareArray } from "../sql/bulk.ts";
import type { Queryable } from "../sql/connection.ts";
import { given, type Page, pageById } from "../sql/page.ts";

export interface NewCustodyChange {
  id: string;
  investorId: string;
  fromBrokerId: string;
  toBrokerId: string;
  accounts: readonly string[];
  documents: readonly { name: string; sha256: string }[];
  fromExternalId: string;
  maker: string;
  at: Date;
}

export const custodyChangePart = (row: NewCustodyChange): Part =>
  insertPart<NewCustodyChange>(
    "custody_change",
    {
      id: ["text", (of) => of.id],
      investor_id: ["text", (of) => of.investorId],
      from_broker_id: ["text", (of) => of.fromBrokerId],
      to_broker_id: ["text", (of) => of.toBrokerId],
      accounts: ["text[]", (of) => bareArray(of.accounts)],
      documents: ["jsonb", (of) => JSON.stringify(of.documents)],
      from_external_id: ["text", (of) => of.fromExternalId],
      state: ["text", () => "open"],
      maker: ["text", (of) => of.maker],
      created_at: ["timestamptz", (of) => of.at],
    },
    [row],
  );
/** A customer has one undecided change at a time. */
export const custodyChangeConstraint = "custody_change_open";

/** The receiving broker's word; a guard, so that it is given once. */
export const consentPart = (of: { id: string; externalId: string; acceptor: string; at: Date }): Part => ({
  name: "consent_custody",
  sql: (param, from) => `update custody_change set state = 'consented',
      to_external_id = ${param(of.externalId, "text")}, acceptor = ${param(of.acceptor, "text")},
      consented_at = ${param(of.at, "timestamptz")}
    from ${from} where id = ${param(of.id, "text")} and state = 'open' returning 1`,
});

export interface CustodyDecision {
  id: string;
  state: "approved" | "refused" | "withdrawn";
  /** Null where a broker withdraws. */
  checker: string | null;
  reason: string | null;
  at: Date;
}

/** Decides an undecided change; only a consented one can be approved. */
export const decideCustodyPart = (decision: CustodyDecision): Part => ({
  name: "decide_custody",
  sql: (param, from) => {
    const state = param(decision.state, "text");
    return `update custody_change set state = ${state}, checker = ${param(decision.checker, "text")},
        reason = ${param(decision.reason, "text")}, decided_at = ${param(decision.at, "timestamptz")}
      from ${from} where id = ${param(decision.id, "text")} and decided_at is null
        and (state = 'consented' or ${state} <> 'approved') returning 1`;
  },
});

export type CustodyChangeRow = CustodyChange;
export type CustodyView = { as: "broker"; partyId: string } | { as: "everything" };

const visible = (view: CustodyView): Prisma.CustodyChangeWhereInput =>
  view.as === "broker" ? { OR: [{ fromBrokerId: view.partyId }, { toBrokerId: view.partyId }] } : {};

export interface CustodyFilter extends Page {
  state?: string | undefined;
}

/** Changes, oldest first; one more than `limit`, if there are more. */
export const listCustodyChanges = (
  prisma: PrismaClient,
  view: CustodyView,
  { state, ...page }: CustodyFilter,
): Promise<CustodyChangeRow[]> =>
  prisma.custodyChange.findMany(pageById(page, visible(view), given({ state })));

export const findCustodyChange = (
  prisma: PrismaClient,
  view: CustodyView,
  id: string,
): Promise<CustodyChangeRow | null> =>
  prisma.custodyChange.findFirst({ where: { AND: [{ id }, visible(view)] } });

/** A pledge in favour of one of these accounts. */
export interface PledgeInFavour {
  id: string;
  token: string;
}

/** Those that this signer controls, of issues that take entries. */
export async function pledgesInFavour(
  db: Queryable,
  accounts: readonly string[],
  controller: string,
): Promise<PledgeInFavour[]> {
  const text = `select h.id, i.token from hold h join issue i on i.id = h.issue_id
    where h.target = any($1) and h.controller = $2 and h.kind = ${holdKinds.PLEDGE} and h.to_seq is null and i.state = 'active'
      and not ${isQuarantined("i.id")}
    order by i.id, h.from_seq`;
  return (await db.query<PledgeInFavour>(text, [accounts, controller])).rows;
}

/** The trustees of the issues of which these accounts have units. */
export async function trusteesOfAccounts(db: Queryable, accounts: readonly string[]): Promise<string[]> {
  const text = `select distinct i.trustee_id as "trusteeId" from issue i where exists (
    select 1 from unnest($1::text[]) a (address) cross join lateral ${heldBy("i.id", "a.address")} h)`;
  return (await db.query<{ trusteeId: string }>(text, [accounts])).rows.map(({ trusteeId }) => trusteeId);
}

/** How far the consents of a change have come: the states of their operations. */
export async function consentStates(db: Queryable, changeId: string): Promise<string[]> {
  const text = `select state from operation where subject_id = $1 and kind = 'custody.consent' order by id`;
  return (await db.query<{ state: string }>(text, [changeId])).rows.map(({ state }) => state);
}
