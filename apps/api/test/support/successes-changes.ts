import { asks, type Case, traded } from "./trades.ts";
import type { World } from "./world.ts";

const reason = "満期";
export const redemptionOf = (from: string, units = "2") => ({
  kind: "REDEMPTION" as const,
  reason,
  paidOn: "2021-08-02",
  rows: [{ from, units }],
});

/** A redemption of the seller's units that waits for the trustee. */
export async function openChange(world: World): Promise<string> {
  const { issueId: id, seller } = await traded(world);
  const question = { params: { id }, body: redemptionOf(seller.account) };
  const { body } = await world.ask(world.issuer.secret, "proposeChange", question);
  return (body as { id: string }).id;
}

export const changeSuccesses = {
  proposeChange: {
    201: async (world) => {
      const { issueId: id, seller } = await traded(world);
      return asks(world.issuer.secret, { params: { id }, body: redemptionOf(seller.account) as never });
    },
    202: async (world) => {
      const params = { id: await world.activeIssue() };
      return asks(world.trustee.secret, { params, body: { kind: "PAUSE", reason: "障害" } as never });
    },
  },
  listChanges: {
    200: async (world) =>
      asks(world.auditor.secret, { params: { id: (await traded(world)).issueId }, query: { state: "open" } }),
  },
  getChange: {
    200: async (world) => asks(world.broker.secret, { params: { id: await openChange(world) } }),
  },
  approveChange: {
    202: async (world) => asks(world.trustee.secret, { params: { id: await openChange(world) }, body: {} }),
  },
  refuseChange: {
    200: async (world) =>
      asks(world.trustee.secret, { params: { id: await openChange(world) }, body: { reason: "時期尚早" } }),
  },
  withdrawChange: {
    200: async (world) => asks(world.issuer.secret, { params: { id: await openChange(world) }, body: {} }),
  },
} satisfies Record<string, Record<number, Case>>;
