import { dayOfIso } from "@genbo/domain/jst";
import { encodeMove } from "@genbo/domain/words";
import { beforeAll, describe, expect, it } from "vitest";
import { attachmentOf, codesOf, openCaseDesk } from "./support/case-desk.ts";
import { createNodeWorld } from "./support/node-world.ts";
import { selfCustody, signed } from "./support/successes-orders.ts";
import type { World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createNodeWorld();
});

const relay = async (body: Promise<object>) =>
  world.ask(world.broker.secret, "relayOrder", { body: await body });
const dataOf = (days: { [name: string]: string }) =>
  encodeMove(Object.fromEntries(Object.entries(days).map(([name, day]) => [name, dayOfIso(day)!])));

type Action = "TRANSFER" | "REQUEST" | "HOLD";
/** Today is the day of the issue's first units. */
const today = "2021-08-02";
const [tradeDate, acquiredOn, settlementDate] = [today, today, today];
const controller = `0x${"77".repeat(20)}`;

describe("the days of a signed order stand in the register, so they are asked what a broker's are [TA 186(iv)]", () => {
  const order = async (action: Action, days: { [name: string]: string }) => {
    const of = await selfCustody(world, action === "REQUEST" ? {} : undefined);
    const fields = { to: of.buyer.account, units: "2", data: dataOf(days) };
    return relay(signed(of, action, { ...fields, ...(action === "HOLD" && { controller }) }));
  };

  it.each<[string, Action, { [name: string]: string }]>([
    ["a transfer that names but one day", "TRANSFER", { acquiredOn: "2149-06-06" }],
    ["days in another order", "TRANSFER", { tradeDate, acquiredOn: "2021-08-01", settlementDate }],
    ["a trade years ago", "REQUEST", { tradeDate: "2019-08-02", acquiredOn, settlementDate }],
    ["a settlement in years", "REQUEST", { tradeDate, acquiredOn, settlementDate: "2098-09-05" }],
    ["a trade before there were units", "REQUEST", { tradeDate: "2021-08-01", acquiredOn, settlementDate }],
    ["a request without days", "REQUEST", {}],
    ["a hold that says when its units are acquired", "HOLD", { tradeDate, acquiredOn, settlementDate }],
  ])("%s is refused", async (_, action, days) => {
    const answer = await order(action, days);
    expect([answer.code, answer.problem.pointer]).toEqual(["INVALID_FIELD", "/order/data"]);
  });

  it.each<[string, Action, { [name: string]: string }]>([
    ["a transfer of today", "TRANSFER", { tradeDate, acquiredOn, settlementDate }],
    ["a transfer without days, acquired when it is entered", "TRANSFER", {}],
    ["a request that settles later", "REQUEST", { tradeDate, acquiredOn, settlementDate: "2021-08-04" }],
    ["a hold that settles later", "HOLD", { tradeDate, settlementDate: "2021-08-04" }],
  ])("%s is relayed", async (_, action, days) => {
    expect((await order(action, days)).status).toBe(202);
  });

  it("what is entered at once does not settle later", async () => {
    const later = { tradeDate, acquiredOn, settlementDate: "2021-08-04" };
    expect((await order("TRANSFER", later)).code).toBe("NOT_YET_SETTLED");
  });

  it("a lot gives what it has", async () => {
    const of = await selfCustody(world);
    const transfer = (lotAcquiredOn: string) =>
      relay(signed(of, "TRANSFER", { to: of.buyer.account, units: "2", data: dataOf({ lotAcquiredOn }) }));
    expect(codesOf(await transfer("2021-07-30"))).toEqual(["LOT_CLOSED"]);
    expect((await transfer(today)).status).toBe(202);
  });
});

describe("a wallet that accepts by its signature", () => {
  /** A broker's customer has asked for units to go to the wallet; they are held. */
  const requested = async (settlementDate: string, policy: object) => {
    const of = await selfCustody(world, policy);
    const { issueId, wallet } = of;
    const { account: from } = await world.open(world.broker, `seller-of-${wallet.address}`);
    await world.ledger.issue(issueId, from, 100n);
    const body = { issueId, from, to: wallet.address, units: "3", tradeDate: today, settlementDate };
    const { transferId } = (await world.ask(world.broker.secret, "requestTransfer", { body })).body;
    const { rows } = await world.owner.query("select ref from transfer where id = $1", [transferId]);
    const { ref } = rows[0];
    return {
      ...{ of, seller: { account: from } },
      hold: () => world.ledger.hold(issueId, { ref, from, to: wallet.address, units: 3n }),
      accept: (as = of) => relay(signed({ ...as, issueId, token: of.token }, "ACCEPT", { ref })),
    };
  };
  const accepted = { acceptanceRequired: true, approvalRequired: false };

  it("acquires on the agreed day and no earlier, once the units are held", async () => {
    const { accept, hold } = await requested("2021-08-04", accepted);
    expect((await accept()).code).toBe("NOT_YET_HELD");
    await hold();
    expect((await accept()).code).toBe("NOT_YET_SETTLED");
    world.clock.set(new Date("2021-08-03T15:00:00Z"));
    const onTheDay = await accept();
    world.clock.set(new Date("2021-08-02T00:00:00Z"));
    expect(onTheDay.status).toBe(202);
  });

  it("gets nothing that an attachment claims, which was served [CEA 145(1)]", async () => {
    const desk = await openCaseDesk(world);
    const { of, seller, accept, hold } = await requested(today, accepted);
    await hold();
    await desk.file(of.issueId, attachmentOf({ seller } as never, "100"));
    expect(codesOf(await accept())).toEqual(["ATTACHMENT_SERVED"]);
  });

  it("may accept before the day where the trustee's approval is to come", async () => {
    const { accept, hold } = await requested("2021-08-04", {});
    await hold();
    expect((await accept()).status).toBe(202);
  });

  it("accepts what was requested for it alone", async () => {
    const { accept, hold } = await requested(today, accepted);
    await hold();
    const answer = await accept(await selfCustody(world));
    expect([answer.code, answer.problem.pointer]).toEqual(["INVALID_FIELD", "/order/ref"]);
  });
});
