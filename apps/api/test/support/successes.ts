import type { OperationId } from "@genbo/api-schema/routes";
import { newId } from "@genbo/domain/ids";
import { customer } from "./samples.ts";
import { anchorSuccesses } from "./successes-anchors.ts";
import { changeSuccesses } from "./successes-changes.ts";
import { custodySuccesses } from "./successes-custody.ts";
import { exportSuccesses } from "./successes-exports.ts";
import { legalSuccesses } from "./successes-legal.ts";
import { orderSuccesses } from "./successes-orders.ts";
import { ownWalletSuccesses } from "./successes-own-wallets.ts";
import { partySuccesses } from "./successes-parties.ts";
import { registerSuccesses } from "./successes-register.ts";
import { settlementSuccesses } from "./successes-settlements.ts";
import { asks, type Case, type Traded, traded, unused } from "./trades.ts";
import type { World } from "./world.ts";

const investor = async (world: World): Promise<string> => {
  const { body } = await world.ask(world.broker.secret, "registerInvestor", { body: customer(unused()) });
  return body.id;
};

export const order = ({ issueId, seller, buyer }: Traded, more: object = {}) => ({
  issueId,
  from: seller.account,
  to: buyer.account,
  units: "2",
  ...more,
});
export const dated = { tradeDate: "2021-08-02", settlementDate: "2021-08-04" };

/** A transfer in a state in which the next step may be taken. */
export async function transferIn(world: World, state: "requested" | "held" | "accepted"): Promise<string> {
  const trade = await traded(world);
  // It settles today, so that it may be approved.
  const body = { ...order(trade), ...dated, settlementDate: dated.tradeDate };
  const { body: asked } = await world.ask(world.broker.secret, "requestTransfer", { body });
  const id = asked.transferId!;
  if (state === "requested") return id;
  const { rows } = await world.owner.query("select ref from transfer where id = $1", [id]);
  const { account: from } = trade.seller;
  await world.ledger.hold(trade.issueId, { ref: rows[0].ref, from, to: trade.buyer.account, units: 2n });
  if (state === "accepted") await world.ledger.setTransfer(rows[0].ref, "accepted");
  return id;
}

async function operationOf(world: World): Promise<string> {
  const { body } = await world.ask(world.broker.secret, "registerWallet", {
    body: { investorId: await investor(world) },
  });
  return body.operationId!;
}

export const recordDateSet = {
  day: "2021-08-10",
  purpose: "分配",
  exerciseUntil: "2021-09-30",
  deedClauseRef: "信託契約第20条",
};

export async function recordDate(world: World, frozen: boolean): Promise<string> {
  const id = await world.activeIssue();
  const body = { ...recordDateSet, purpose: unused() };
  const { body: made } = await world.ask(world.trustee.secret, "setRecordDate", { params: { id }, body });
  if (!frozen) return made.id;
  await world.db.pool("genbo_indexer").query(
    `insert into record_date_list (record_date_id, version, issue_id, seq, known_seq, head, units, holders, block_number, block_hash, frozen_at)
     select $1, 1, issue_id, seq, seq, head, total_units, total_holders, block_number, block_hash, block_time
     from entry where issue_id = $2 order by seq desc limit 1`,
    [made.id, id],
  );
  return made.id;
}

const csvOf = (rows: readonly string[][]): string => rows.map((row) => row.join(",")).join("\r\n");

/** One case for each success that the route table promises; the type and a test say when one is missing. */
export const successes: Readonly<Record<Exclude<OperationId, "moveClock">, Readonly<Record<number, Case>>>> =
  {
    ...registerSuccesses,
    ...settlementSuccesses,
    ...changeSuccesses,
    ...orderSuccesses,
    ...ownWalletSuccesses,
    ...legalSuccesses,
    ...partySuccesses,
    registerInvestor: {
      201: async (world) => asks(world.broker.secret, { body: customer(unused()) }),
      200: async (world) => {
        const body = customer(unused());
        await world.ask(world.broker.secret, "registerInvestor", { body });
        return asks(world.broker.secret, { body });
      },
    },
    registerInvestors: {
      200: async (world) =>
        asks(world.broker.secret, { body: { rows: [customer(unused()), customer(unused())] } }),
    },
    listInvestors: { 200: async (world) => asks(world.compliance.secret, { query: { limit: 1 } }) },
    getInvestor: {
      200: async (world) => asks(world.broker.secret, { params: { id: await investor(world) }, query: {} }),
    },
    changeParticulars: {
      200: async (world) => {
        const body = { effectiveOn: "2021-08-01", evidenceRef: "doc-1", country: 702 };
        return asks(world.broker.secret, { params: { id: await investor(world) }, body });
      },
      202: async (world) => {
        const { investorId } = await world.open(world.broker, unused());
        const body = { effectiveOn: "2021-08-01", evidenceRef: "doc-2", country: 702 };
        return asks(world.broker.secret, { params: { id: investorId }, body });
      },
    },
    registerWallet: {
      202: async (world) => asks(world.broker.secret, { body: { investorId: await investor(world) } }),
      200: async (world) => {
        const { investorId } = await world.open(world.broker, unused());
        return asks(world.broker.secret, { body: { investorId } });
      },
    },
    registerWallets: {
      202: async (world) => {
        const externalId = unused();
        await world.ask(world.broker.secret, "registerInvestor", { body: customer(externalId) });
        return asks(world.broker.secret, {
          payload: csvOf([["externalId"], [externalId]]),
          type: "text/csv",
        });
      },
      200: async (world) => {
        const externalId = unused();
        await world.open(world.broker, externalId);
        return asks(world.broker.secret, { body: { rows: [{ externalId }] } });
      },
    },
    ...custodySuccesses,
    listWallets: { 200: async (world) => asks(world.broker.secret, { query: { limit: 5 } }) },
    precheckTransfer: {
      200: async (world) => asks(world.broker.secret, { body: order(await traded(world)) }),
    },
    requestTransfer: {
      202: async (world) => asks(world.broker.secret, { body: { ...order(await traded(world)), ...dated } }),
    },
    requestTransfers: {
      202: async (world) => {
        const row = { ...order(await traded(world)), ...dated };
        return asks(world.broker.secret, { body: { rows: [row, row] } });
      },
    },
    listTransfers: { 200: async (world) => asks(world.trustee.secret, { query: { state: "requested" } }) },
    getTransfer: {
      200: async (world) =>
        asks(world.other.secret, { params: { id: await transferIn(world, "requested") } }),
    },
    acceptTransfer: {
      202: async (world) =>
        asks(world.other.secret, { params: { id: await transferIn(world, "held") }, body: {} }),
    },
    approveTransfer: {
      202: async (world) =>
        asks(world.trustee.secret, { params: { id: await transferIn(world, "accepted") }, body: {} }),
    },
    rejectTransfer: {
      202: async (world) => {
        const params = { id: await transferIn(world, "held") };
        return asks(world.trustee.secret, { params, body: { reason: "譲渡制限に反する" } });
      },
    },
    cancelTransfer: {
      202: async (world) =>
        asks(world.broker.secret, { params: { id: await transferIn(world, "held") }, body: {} }),
    },
    readRegister: {
      200: async (world) => {
        const { issueId: id } = await traded(world);
        return asks(world.trustee.secret, { params: { id }, query: { asOf: "2021-08-02" } });
      },
    },
    reconcileIssue: {
      201: async (world) => asks(world.auditor.secret, { params: { id: (await traded(world)).issueId } }),
    },
    listReconciliations: {
      200: async (world) =>
        asks(world.trustee.secret, { params: { id: (await traded(world)).issueId }, query: {} }),
    },
    listBreaks: { 200: async (world) => asks(world.operator, { query: { state: "open" } }) },
    closeBreak: {
      200: async (world) => {
        const id = newId("brk", world.ctx.clock.now());
        await world.owner.query(
          `insert into register_break (id, kind, detail, block_number, opened_at) values ($1, 'ANCHOR_REFUSED', '{}', 1, now())`,
          [id],
        );
        return asks(world.compliance.secret, { params: { id }, body: { reason: "調査済み" } });
      },
    },
    proveRegister: {
      200: async (world) =>
        asks(world.auditor.secret, { params: { id: (await traded(world)).issueId }, query: {} }),
    },
    proveHolding: {
      200: async (world) => {
        const { issueId: id, seller } = await traded(world);
        return asks(world.broker.secret, { params: { id, account: seller.account }, query: {} });
      },
    },
    ...exportSuccesses,
    exportRegister: {
      200: async (world) =>
        asks(world.auditor.secret, { params: { id: (await traded(world)).issueId }, query: {} }),
    },
    readTotals: {
      200: async (world) =>
        asks(world.issuer.secret, { params: { id: (await traded(world)).issueId }, query: {} }),
    },
    listEntries: {
      200: async (world) =>
        asks(world.auditor.secret, { params: { id: (await traded(world)).issueId }, query: { limit: 2 } }),
    },
    readHolder: {
      200: async (world) => {
        const { issueId: id, seller } = await traded(world);
        return asks(world.broker.secret, {
          params: { id, personId: seller.personId },
          query: { purpose: "照会" },
        });
      },
    },
    setRecordDate: {
      201: async (world) => {
        const params = { id: await world.activeIssue() };
        return asks(world.trustee.secret, { params, body: recordDateSet });
      },
    },
    listRecordDates: {
      200: async (world) =>
        asks(world.trustee.secret, { params: { id: await world.activeIssue() }, query: {} }),
    },
    readRecordDateList: {
      200: async (world) =>
        asks(world.trustee.secret, { params: { id: await recordDate(world, true) }, query: {} }),
    },
    getOperation: {
      200: async (world) => asks(world.broker.secret, { params: { id: await operationOf(world) } }),
    },
    listOperations: {
      200: async (world) => asks(world.operator, { query: { state: "accepted", limit: 3 } }),
    },
    listOperationRows: {
      200: async (world) =>
        asks(world.broker.secret, { params: { id: await operationOf(world) }, query: { limit: 1 } }),
    },
    listEvents: { 200: async (world) => asks(world.compliance.secret, { query: { after: 0 } }) },
    health: { 200: async () => asks(null) },
    ...anchorSuccesses(async (world) => (await traded(world)).issueId),
    ready: { 200: async () => asks(null) },
    status: { 200: async () => asks(null) },
    openApi: { 200: async () => asks(null) },
    problemPage: { 200: async () => asks(null, { params: { code: "NOT_FOUND" } }) },
  };
