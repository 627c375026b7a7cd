import type { LegKind, LegState, SettlementState } from "@genbo/domain/settlements";
import { inVain, underWay } from "../commands/operation-progress.ts";
import { insertPart, type Part } from "../commands/statement.ts";
import type { Prisma, PrismaClient } from "../generated/client.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { given, type Page, pageById } from "../sql/page.ts";

export interface NewLeg {
  kind: string;
  issueId: string | null;
  asset: string;
  from: string;
  to: string;
  fromParty: string;
  toParty: string;
  /** Units or yen. */
  amount: bigint;
  lotAcquiredOn: string | null;
  holdId: string | null;
}

export interface NewSettlement {
  id: string;
  ref: string;
  instructionId: string;
  trusteeId: string;
  agentId: string | null;
  partyId: string;
  tradeDate: string;
  settlementDate: string;
  deadline: Date;
  maker: string;
  at: Date;
  legs: readonly NewLeg[];
  /** Parties that give or receive. */
  sides: readonly string[];
  /** Whether whoever offers has agreed for its side by that. */
  agrees: boolean;
}

export const settlementParts = (row: NewSettlement): Part[] => [
  insertPart<NewSettlement>(
    "settlement",
    {
      id: ["text", (of) => of.id],
      ref: ["text", (of) => of.ref],
      instruction_id: ["text", (of) => of.instructionId],
      trustee_id: ["text", (of) => of.trusteeId],
      agent_id: ["text", (of) => of.agentId],
      party_id: ["text", (of) => of.partyId],
      trade_date: ["date", (of) => of.tradeDate],
      settlement_date: ["date", (of) => of.settlementDate],
      deadline: ["timestamptz", (of) => of.deadline],
      state: ["text", () => "open"],
      maker: ["text", (of) => of.maker],
      created_at: ["timestamptz", (of) => of.at],
    },
    [row],
  ),
  insertPart<NewLeg & { leg: number }>(
    "settlement_leg",
    {
      settlement_id: ["text", () => row.id],
      leg: ["int", (of) => of.leg],
      kind: ["text", (of) => of.kind],
      issue_id: ["text", (of) => of.issueId],
      asset: ["text", (of) => of.asset],
      from_account: ["text", (of) => of.from],
      to_account: ["text", (of) => of.to],
      from_party: ["text", (of) => of.fromParty],
      to_party: ["text", (of) => of.toParty],
      amount: ["bigint", (of) => of.amount],
      lot_acquired_on: ["date", (of) => of.lotAcquiredOn],
      hold_id: ["text", (of) => of.holdId],
      state: ["text", () => "pending"],
    },
    row.legs.map((leg, index) => ({ ...leg, leg: index })),
  ),
  insertPart<string>(
    "settlement_side",
    {
      settlement_id: ["text", () => row.id],
      party_id: ["text", (party) => party],
      acceptor: ["text", (party) => (row.agrees && party === row.partyId ? row.maker : null)],
      accepted_at: ["timestamptz", (party) => (row.agrees && party === row.partyId ? row.at : null)],
    },
    row.sides,
  ),
];

/** A side agrees, once; or again where the chain has refused what it was to bring in. A guard. */
export const acceptPart = (of: { id: string; partyId: string; subject: string; at: Date }): Part => ({
  name: "accept_settlement",
  sql: (param, from) => {
    const [id, party] = [param(of.id, "text"), param(of.partyId, "text")];
    const own = `select 1 from operation o where o.subject_id = s.settlement_id and o.party_id = s.party_id
      and o.kind = 'settlement.accept'`;
    return `update settlement_side s set acceptor = ${param(of.subject, "text")}, accepted_at = ${param(of.at, "timestamptz")}
      from ${from} where s.settlement_id = ${id} and s.party_id = ${party}
        and (s.accepted_at is null or (exists (${own}) and not exists (${own} and o.state in ${underWay})))
      returning 1`;
  },
});

/** The trustee decides about the units, once; again where the chain has refused. A guard. */
export const decideSettlementPart = (of: { id: string; checker: string; reason: string | null }): Part => ({
  name: "decide_settlement",
  sql: (param, from) => {
    const own = `select 1 from operation o where o.subject_id = s.id
      and o.kind in ('settlement.approve', 'settlement.reject')`;
    return `update settlement s set checker = ${param(of.checker, "text")}, reason = ${param(of.reason, "text")}
      from ${from} where s.id = ${param(of.id, "text")} and s.state = 'open'
        and (s.checker is null or not exists (${own} and o.state not in ${inVain}))
      returning 1`;
  },
});

/** What the settlement agent saw of a payment. A guard: a leg is attested once, or again where the chain has refused. */
export const attestPart = (of: { id: string; leg: number; evidence: string }): Part => ({
  name: "attest_payment",
  sql: (param, from) => `update settlement_leg l set evidence = ${param(of.evidence, "text")}
    from ${from} where l.settlement_id = ${param(of.id, "text")} and l.leg = ${param(of.leg, "int")}
      and l.kind = 'BANK' and l.state = 'pending'
      and not exists (select 1 from command c join operation o on o.id = c.operation_id
        where o.subject_id = l.settlement_id and c.call = 'attest' and c.args ->> 'leg' = l.leg::text
          and o.state in ${underWay})
    returning 1`,
});

/** A settlement that nobody settles or takes back at this moment. A guard. */
export const idleSettlementPart = (id: string): Part => ({
  name: "idle_settlement",
  sql: (
    param,
    from,
  ) => `select 1 from settlement s, ${from} where s.id = ${param(id, "text")} and s.state = 'open'
    and not exists (select 1 from operation o where o.subject_id = s.id
      and o.kind in ('settlement.settle', 'settlement.return') and o.state in ${underWay})`,
});

const include = {
  legs: { orderBy: { leg: "asc" }, include: { issue: { include: { issueState: true } } } },
  sides: { orderBy: { partyId: "asc" } },
} satisfies Prisma.SettlementInclude;

/** A settlement with its legs (in their order) and sides; dates are midnight UTC. */
export type SettlementRow = Narrowed<
  Stored,
  { state: SettlementState; legs: Narrowed<Stored["legs"][number], { kind: LegKind; state: LegState }>[] }
>;
type Stored = Prisma.SettlementGetPayload<{ include: typeof include }>;

/** Which settlements a party sees: those that it is a side of, that are in its issues, or whose payments it attests. */
export type SettlementView =
  | { as: "broker" | "trustee" | "settlement-agent"; partyId: string }
  | { as: "everything" };

const visible = (view: SettlementView): Prisma.SettlementWhereInput => {
  if (view.as === "everything") return {};
  if (view.as === "trustee") return { trusteeId: view.partyId };
  if (view.as === "settlement-agent") return { agentId: view.partyId };
  return { sides: { some: { partyId: view.partyId } } };
};

export interface SettlementFilter extends Page {
  issueId?: string | undefined;
  state?: string | undefined;
}

/** Settlements, oldest first; one more than `limit`, if there are more. */
export const listSettlements = (
  prisma: PrismaClient,
  view: SettlementView,
  { issueId, state, ...page }: SettlementFilter,
): Promise<SettlementRow[]> =>
  prisma.settlement.findMany({
    ...pageById(
      page,
      visible(view),
      issueId === undefined ? {} : { legs: { some: { issueId } } },
      given({ state }),
    ),
    include,
  }) as Promise<SettlementRow[]>;

export const findSettlement = (
  prisma: PrismaClient,
  view: SettlementView,
  id: string,
): Promise<SettlementRow | null> =>
  prisma.settlement.findFirst({
    where: { AND: [{ id }, visible(view)] },
    include,
  }) as Promise<SettlementRow | null>;

/** Open settlements, within their deadline and with every leg in, that nobody has asked the chain to settle. Oldest first. */
export async function unsettled(
  db: Queryable,
  prisma: PrismaClient,
  { now, after, limit }: { now: Date; after: string; limit: number },
): Promise<SettlementRow[]> {
  const found = await db.query<{ id: string }>(
    `select s.id from settlement s where s.state = 'open' and s.deadline > $1 and s.id > $2
       and not exists (select 1 from settlement_side d where d.settlement_id = s.id and d.accepted_at is null)
       and not exists (select 1 from settlement_leg l
         where l.settlement_id = s.id and l.state not in ('held', 'approved', 'paid'))
       and not exists (select 1 from operation o where o.subject_id = s.id and o.kind = 'settlement.settle')
     order by s.id limit $3`,
    [now, after, limit],
  );
  if (found.rows.length === 0) return [];
  return prisma.settlement.findMany({
    where: { id: { in: found.rows.map(({ id }) => id) } },
    include,
    orderBy: { id: "asc" },
  }) as Promise<SettlementRow[]>;
}
