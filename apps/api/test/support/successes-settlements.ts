import { writeSettlementNews } from "@genbo/database/issues/settlements-settle";
import { withTransaction } from "@genbo/database/sql/connection";
import { asks, type Case, type Traded, traded } from "./trades.ts";
import type { World } from "./world.ts";

type Money = "CASH" | "BANK";

/** Two units of the seller against money of the buyer's broker, settled today. */
export const offerOf = (world: World, { issueId, seller, buyer }: Traded, kind: Money) => ({
  tradeDate: "2021-08-02",
  settlementDate: "2021-08-02",
  ...(kind === "BANK" && { agentId: world.agent.partyId }),
  legs: [
    { kind: "UNITS", issueId, from: seller.account, to: buyer.account, units: "2" },
    { kind, payerId: world.other.partyId, payeeId: world.broker.partyId, yen: "2000000" },
  ],
});

export interface Offered extends Traded {
  id: string;
  holdId: string;
  instructionId: string;
}

/** An offer that the register holds units for; brought further by `agreed`, `approved` and `paid`. */
export async function offered(
  world: World,
  kind: Money,
  steps: readonly ("agreed" | "approved" | "paid")[] = [],
): Promise<Offered> {
  const trade = await traded(world);
  const { body } = await world.ask(world.broker.secret, "offerSettlement", {
    body: offerOf(world, trade, kind),
  });
  const id = body.settlementId!;
  const { rows } = await world.owner.query<{ hold: string; instruction: string }>(
    `select l.hold_id as hold, s.instruction_id as instruction
     from settlement s join settlement_leg l on l.settlement_id = s.id where s.id = $1 and l.leg = 0`,
    [id],
  );
  const { hold: holdId, instruction: instructionId } = rows[0]!;
  const { seller, buyer } = trade;
  const held = { ref: holdId, from: seller.account, to: buyer.account, units: 2n, kind: "DVP" as const };
  await world.ledger.hold(trade.issueId, held);
  if (steps.includes("agreed"))
    await world.ask(world.other.secret, "acceptSettlement", { params: { id }, body: {} });
  if (steps.includes("approved")) await world.ledger.setTransfer(holdId, "accepted");
  if (steps.includes("paid")) {
    const type = kind === "CASH" ? ("funded" as const) : ("attested" as const);
    await withTransaction(world.db.pool("genbo_indexer"), (tx) =>
      writeSettlementNews(tx, [{ type, instructionId, leg: 1, blockNumber: 1 }]),
    );
  }
  return { ...trade, id, holdId, instructionId };
}

/** One whose deadline was yesterday. */
export async function lapsed(world: World, of: Promise<Offered>): Promise<string> {
  const { id } = await of;
  const before = new Date(world.ctx.clock.now().getTime() - 86_400_000);
  await world.owner.query("update settlement set deadline = $2 where id = $1", [id, before]);
  return id;
}

const consent = (id: string) => ({ params: { id }, body: {} });

export const settlementSuccesses = {
  offerSettlement: {
    202: async (world) =>
      asks(world.broker.secret, { body: offerOf(world, await traded(world), "CASH") as never }),
  },
  listSettlements: { 200: async (world) => asks(world.agent.secret, { query: { state: "open" } }) },
  getSettlement: {
    200: async (world) => asks(world.other.secret, { params: { id: (await offered(world, "CASH")).id } }),
  },
  acceptSettlement: {
    202: async (world) => asks(world.other.secret, consent((await offered(world, "CASH")).id)),
    200: async (world) => asks(world.other.secret, consent((await offered(world, "BANK")).id)),
  },
  approveSettlement: {
    202: async (world) => asks(world.trustee.secret, consent((await offered(world, "CASH")).id)),
  },
  rejectSettlement: {
    202: async (world) => {
      const { id } = await offered(world, "CASH");
      return asks(world.trustee.secret, { params: { id }, body: { reason: "譲渡制限に反する" } });
    },
  },
  attestPayment: {
    202: async (world) => {
      const { id } = await offered(world, "BANK", ["agreed"]);
      return asks(world.agent.secret, { params: { id }, body: { leg: 1, evidence: "0".repeat(64) } });
    },
  },
  settleNow: {
    202: async (world) => {
      const { id } = await offered(world, "BANK", ["agreed", "approved", "paid"]);
      return asks(world.broker.secret, consent(id));
    },
  },
  takeBack: {
    202: async (world) => asks(world.broker.secret, consent(await lapsed(world, offered(world, "CASH")))),
  },
  mintSandboxCash: {
    202: async (world) =>
      asks(world.agent.secret, { body: { partyId: world.other.partyId, yen: "1000000" } }),
  },
} satisfies Record<string, Record<number, Case>>;
