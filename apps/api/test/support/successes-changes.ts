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

export const splitOf = (numerator: number, denominator: number) => ({
  kind: "RATIO" as const,
  reason: "投資単位の引下げ",
  numerator,
  denominator,
});

/** A split that has begun on chain, with every account still to carry. */
export async function begunSplit(world: World): Promise<{ id: string; account: string }> {
  const { issueId, seller } = await traded(world);
  const question = { params: { id: issueId }, body: splitOf(3, 1) as never };
  const { body } = await world.ask(world.issuer.secret, "proposeChange", question);
  const id = (body as { changeId: string }).changeId;
  const { rows } = await world.owner.query(
    "update issue_change set state = 'approved', checker = 'staff:checker', decided_at = created_at where id = $1 returning ref",
    [id],
  );
  await world.owner.query(
    `update operation set kind = 'change.begin', state = 'entered', rows_entered = 1 where subject_id = $1`,
    [id],
  );
  const units = 100n;
  const data = `0x${((3n << 128n) | 1n).toString(16).padStart(64, "0")}`;
  await world.ledger.enter(issueId, "RATIO", { ref: rows[0].ref, units, data, basis: 10 });
  return { id, account: seller.account };
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
  carryChange: {
    202: async (world) =>
      asks(world.trustee.secret, { params: { id: (await begunSplit(world)).id }, body: {} }),
  },
  refuseChange: {
    200: async (world) =>
      asks(world.trustee.secret, { params: { id: await openChange(world) }, body: { reason: "時期尚早" } }),
  },
  withdrawChange: {
    200: async (world) => asks(world.issuer.secret, { params: { id: await openChange(world) }, body: {} }),
  },
} satisfies Record<string, Record<number, Case>>;
