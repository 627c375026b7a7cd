import { encodeRecord } from "@genbo/domain/registry-record";
import { zeroWord } from "@genbo/domain/words";
import { beforeAll, describe, expect, it } from "vitest";
import { attachmentOf, type CaseDesk, codesOf, openCaseDesk } from "./support/case-desk.ts";
import { offered } from "./support/successes-settlements.ts";
import { type Traded, traded } from "./support/trades.ts";
import { createWorld, type Holder, type World } from "./support/world.ts";

let world: World;
let desk: CaseDesk;
beforeAll(async () => {
  world = await createWorld();
  desk = await openCaseDesk(world);
});

/** By an authority's order: its broker and the trustee know. */
const freeze = ({ account, personId }: Holder) => {
  const who = { personId, classBits: 8, flags: 4, validUntil: 4_102_444_800, country: 392, custodian: 1 };
  return world.ledger.record([{ wallet: account, record: encodeRecord(who), particulars: zeroWord }]);
};

/** A request of the seller's broker, held. */
const requested = async (policy: object) => {
  const trade = await traded(world, policy);
  const { issueId, seller, buyer } = trade;
  const [from, to] = [seller.account, buyer.account];
  const days = { tradeDate: "2021-08-02", settlementDate: "2021-08-02" };
  const body = { issueId, from, to, units: "2", ...days };
  const { transferId: id } = (await world.ask(world.broker.secret, "requestTransfer", { body })).body;
  const { rows } = await world.owner.query("select ref from transfer where id = $1", [id]);
  await world.ledger.hold(issueId, { ref: rows[0].ref, from, to, units: 2n });
  return { ...trade, id: id! };
};
const consent = (id: string) => ({ params: { id }, body: {} });

const misfortunes: [string, string, (of: Traded) => Promise<unknown>][] = [
  ["is frozen", "SENDER_FROZEN", ({ seller }) => freeze(seller)],
  [
    "is attached",
    "ATTACHMENT_SERVED",
    (of) => desk.file(of.issueId, attachmentOf(of, "100")).then(({ status }) => expect(status).toBe(201)),
  ],
];

describe.each(misfortunes)(
  "of a customer who %s the other side learns that units do not come",
  (_, code, befalls) => {
    it("when it accepts; the trustee learns what it is", async () => {
      const accepted = await requested({ acceptanceRequired: true, approvalRequired: false });
      await befalls(accepted);
      const answer = await world.ask(world.other.secret, "acceptTransfer", consent(accepted.id));
      expect(codesOf(answer)).toEqual(["GIVING_SIDE"]);
      expect(JSON.stringify(answer.problem)).not.toContain(code);
      const approved = await requested({ acceptanceRequired: false, approvalRequired: true });
      await befalls(approved);
      const decided = await world.ask(world.trustee.secret, "approveTransfer", consent(approved.id));
      expect(codesOf(decided)).toEqual([code]);
    });

    it("when it settles; the broker whose customer it is learns what it is", async () => {
      const of = await offered(world, "BANK", ["agreed", "approved", "paid"]);
      await befalls(of);
      const settle = async (secret: string) => codesOf(await world.ask(secret, "settleNow", consent(of.id)));
      expect(await settle(world.other.secret)).toEqual(["GIVING_SIDE"]);
      expect(await settle(world.broker.secret)).toEqual([code]);
    });
  },
);

it("why a case has ended a request is told to the seller's broker and the trustee, and not to the buyer's", async () => {
  const of = await requested({});
  const { body } = await desk.file(of.issueId, attachmentOf(of, "100"));
  await desk.approve(body.id);
  const { broker, other, trustee } = world;
  const reasons = async ({ secret }: { secret: string }) => {
    const { body: one } = await world.ask(secret, "getTransfer", { params: { id: of.id } });
    const { body: all } = await world.ask(secret, "listTransfers", { query: { issueId: of.issueId } });
    return [one.reason, ...all.items.map(({ reason }) => reason)];
  };
  const reason = `ATTACHMENT: case ${body.id}`;
  expect(await reasons(broker)).toEqual([reason, reason]);
  expect(await reasons(trustee)).toEqual([reason, reason]);
  expect(await reasons(other)).toEqual([null, null]);
});
