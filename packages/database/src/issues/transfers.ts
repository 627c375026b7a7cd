import type { StateOfTransfer } from "@genbo/domain/states";
import { inVain, underWay } from "../commands/operation-progress.ts";
import { insertPart, type Part } from "../commands/statement.ts";
import type { Prisma, PrismaClient, Transfer } from "../generated/client.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { given, type Page, pageById } from "../sql/page.ts";

export interface NewTransfer {
  id: string;
  ref: string;
  issueId: string;
  from: string;
  to: string;
  units: bigint;
  tradeDate: string;
  acquiredOn: string;
  settlementDate: string;
  lotAcquiredOn: string | null;
  sellerBroker: string;
  buyerBroker: string;
  maker: string;
  at: Date;
}

export const transfersPart = (rows: readonly NewTransfer[]): Part =>
  insertPart<NewTransfer>(
    "transfer",
    {
      id: ["text", (row) => row.id],
      ref: ["text", (row) => row.ref],
      issue_id: ["text", (row) => row.issueId],
      from_account: ["text", (row) => row.from],
      to_account: ["text", (row) => row.to],
      units: ["bigint", (row) => row.units],
      trade_date: ["date", (row) => row.tradeDate],
      acquired_on: ["date", (row) => row.acquiredOn],
      settlement_date: ["date", (row) => row.settlementDate],
      lot_acquired_on: ["date", (row) => row.lotAcquiredOn],
      seller_broker: ["text", (row) => row.sellerBroker],
      buyer_broker: ["text", (row) => row.buyerBroker],
      state: ["text", () => "requested"],
      maker: ["text", (row) => row.maker],
      created_at: ["timestamptz", (row) => row.at],
    },
    rows,
  );

export type StepKind = "transfer.accept" | "transfer.approve" | "transfer.reject" | "transfer.cancel";

/** A step of a transfer: what is decided, and by whom. */
export interface TransferStep {
  transferId: string;
  kind: StepKind;
  subject: string;
  /** Of a rejection or withdrawal. */
  reason: string | null;
}

const deciding = "('transfer.approve', 'transfer.reject', 'transfer.cancel')";

/** The column that a step fills, and the kinds of operations of which only one may be on its way. */
const steps: Record<StepKind, { column: "acceptor" | "checker" | "reason"; rivals: string }> = {
  "transfer.accept": { column: "acceptor", rivals: "('transfer.accept')" },
  "transfer.approve": { column: "checker", rivals: deciding },
  "transfer.reject": { column: "checker", rivals: deciding },
  "transfer.cancel": { column: "reason", rivals: deciding },
};

/**
 * Marks who acts; a guard, so that of two at once only the first one counts: the row's lock lets the second one see the
 * filled column. A step that the chain has refused may be taken again.
 */
export const stepPart = (step: TransferStep): Part => ({
  name: "step",
  sql: (param, from) => {
    const { column, rivals } = steps[step.kind];
    const reason = param(step.reason, "text");
    const set = column === "reason" ? "" : `${column} = ${param(step.subject, "text")}, `;
    const rival = (states: string) => `exists (select 1 from operation o
      where o.subject_id = t.id and o.kind in ${rivals} and o.state in ${states})`;
    return `update transfer t set ${set}reason = coalesce(${reason}, t.reason) from ${from}
      where t.id = ${param(step.transferId, "text")} and t.state in ('held', 'accepted')
        and (t.${column} is null or ${rival(inVain)}) and not ${rival(underWay)}
      returning 1`;
  },
});

/** A transfer with what a decision about it needs. */
export interface TransferForStep {
  id: string;
  ref: string;
  issueId: string;
  from: string;
  to: string;
  units: bigint;
  state: string;
  sellerBroker: string;
  buyerBroker: string;
  trusteeId: string;
  token: string;
  maker: string;
  acceptor: string | null;
  createdAt: Date;
  settlementDate: string;
  lotAcquiredOn: string | null;
}

const forStep = `select t.id, t.ref, t.issue_id as "issueId", t.from_account as "from", t.to_account as "to", t.units,
    t.state, t.seller_broker as "sellerBroker", t.buyer_broker as "buyerBroker", i.trustee_id as "trusteeId",
    i.token, t.maker, t.acceptor, t.created_at as "createdAt", t.settlement_date as "settlementDate",
    t.lot_acquired_on as "lotAcquiredOn"
  from transfer t join issue i on i.id = t.issue_id`;

export async function transferForStep(db: Queryable, id: string): Promise<TransferForStep | undefined> {
  const text = `${forStep} where t.id = $1`;
  const found = await db.query<TransferForStep>({ name: "transfer-for-step", text, values: [id] });
  return found.rows[0];
}

/** As a wallet's order names it. */
export async function transferOfRef(db: Queryable, ref: string): Promise<TransferForStep | undefined> {
  const found = await db.query<TransferForStep>(`${forStep} where t.ref = $1`, [ref]);
  return found.rows[0];
}

/** A row as lists read it; dates are midnight UTC. */
export type TransferRow = Narrowed<Transfer, { state: StateOfTransfer }>;

/** Which transfers a party sees. */
export type TransferView = { as: "broker" | "trustee"; partyId: string } | { as: "everything" };

const visible = (view: TransferView): Prisma.TransferWhereInput => {
  if (view.as === "everything") return {};
  if (view.as === "trustee") return { issue: { trusteeId: view.partyId } };
  return { OR: [{ sellerBroker: view.partyId }, { buyerBroker: view.partyId }] };
};

export interface TransferFilter extends Page {
  issueId?: string | undefined;
  state?: string | undefined;
}

/** Transfers, oldest first; one more than `limit`, if there are more. */
export const listTransfers = (
  prisma: PrismaClient,
  view: TransferView,
  { issueId, state, ...page }: TransferFilter,
): Promise<TransferRow[]> =>
  prisma.transfer.findMany(pageById(page, visible(view), given({ issueId, state }))) as Promise<
    TransferRow[]
  >;

export const findTransfer = (
  prisma: PrismaClient,
  view: TransferView,
  id: string,
): Promise<TransferRow | null> =>
  prisma.transfer.findFirst({ where: { AND: [{ id }, visible(view)] } }) as Promise<TransferRow | null>;
