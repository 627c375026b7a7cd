import { setTimeout as sleep } from "node:timers/promises";
import { classBitsOf } from "@genbo/domain/investor-class";
import { encodeRecord } from "@genbo/domain/registry-record";
import { beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import { asker } from "./support/ask.ts";
import { unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let id: string;

/** At the last entry, 14 holders: 9 retail and 2 QII with one broker, 3 corporate ones with the other; one retail holder in Osaka. The day after, one is another class. */
beforeAll(async () => {
  world = await createWorld();
  id = await world.activeIssue();
  world.ledger.at(new Date("2021-08-02T03:00:00Z"));
  const hold = async (broker: World["broker"], units: bigint, more: object) => {
    const holder = await world.open(broker, unused(), more);
    await world.ledger.issue(id, holder.account, units);
    return holder;
  };
  for (let n = 0; n < 7; n += 1) await hold(world.broker, 5n, { classes: ["RETAIL"] });
  const { account: wallet, personId } = await hold(world.broker, 5n, { classes: ["RETAIL"] });
  await hold(world.broker, 40n, { classes: ["RETAIL"], particulars: inOsaka });
  for (let n = 0; n < 2; n += 1) await hold(world.broker, 100n, { classes: ["QII", "CORPORATE"] });
  for (let n = 0; n < 3; n += 1) await hold(world.other, 30n, { classes: ["CORPORATE"] });
  world.ledger.at(new Date("2021-08-03T03:00:00Z"));
  const found = await world.owner.query("select particulars from account where address = $1", [wallet]);
  const who = { personId, classBits: classBitsOf(["CORPORATE"]), flags: 0, validUntil: 4e9, country: 392 };
  const record = encodeRecord({ ...who, custodian: 1 });
  await world.ledger.record([{ wallet, record, particulars: found.rows[0].particulars }]);
  world.ledger.at(new Date("2021-08-04T03:00:00Z"));
  await world.ledger.block();
  world.clock.set(new Date("2021-08-04T03:00:00Z"));
});

const inOsaka = {
  kind: "individual" as const,
  name: { kanji: "見本 花子", kana: "ミホン ハナコ", romaji: "Mihon Hanako" },
  address: { postalCode: "530-0001", prefecture: "大阪府", city: "大阪市", street: "梅田1-1", country: "JP" },
  bornOn: "1980-01-01",
};
const read = (query = {}, secret = world.issuer.secret) =>
  world.ask(secret, "readAggregates", { params: { id }, query });

describe("the issuer's aggregates", () => {
  it("say how many holders and units there are by class, size, region and broker, and of nobody what he holds", async () => {
    const { body, text } = await read({ asOf: "2021-08-02" });
    expect(body).toMatchObject({ day: "2021-08-02", units: "370", holders: 14, holdersMin: 5 });
    expect(body.byClass).toEqual({
      cells: [{ label: "RETAIL", holders: 9, units: "80" }],
      others: { holders: 5, units: "290" },
    });
    expect(body.bySize).toEqual({
      cells: [{ label: "2-9", holders: 8, units: "40" }],
      others: { holders: 6, units: "330" },
    });
    expect(body.byRegion.others, "one holder in Osaka, told by the total if Tokyo stood alone").toEqual({
      holders: 14,
      units: "370",
    });
    expect(body.byBroker.cells).toEqual([]);
    expect(text).not.toMatch(/大阪|QII|見本 花子|0x[0-9a-f]{24}"|0x[0-9a-f]{40}"/);
  });

  it("are of the classes, addresses and brokers of that day, though nothing entered since", async () => {
    const [then, now] = [await read({ asOf: "2021-08-02" }), await read({ asOf: "2021-08-03" })];
    expect(then.body.byClass.cells).toEqual([{ label: "RETAIL", holders: 9, units: "80" }]);
    expect(now.body.byClass.cells).toEqual([{ label: "RETAIL", holders: 8, units: "75" }]);
    const totals = (asOf: string) =>
      world.ask(world.trustee.secret, "readTotals", { params: { id }, query: { asOf } });
    const retailIn = async (asOf: string) =>
      (await totals(asOf)).body.byClass.find((each) => each.class === "RETAIL")?.holders;
    expect([await retailIn("2021-08-02"), await retailIn("2021-08-03")]).toEqual([9, 8]);
  });

  it("are of a close alone: of a day that has not ended there are none", async () => {
    expect((await read({ asOf: "2021-08-04" })).problem).toMatchObject({ pointer: "query/asOf" });
    expect((await read()).body.day).toBe("2021-08-03");
    expect((await read({ asOf: "2021-08-01" })).body).toMatchObject({ units: "0", holders: null });
  });

  it("take the place of sums by class as of any instant, from which small cells would follow", async () => {
    const totals = (secret: string) => world.ask(secret, "readTotals", { params: { id } });
    expect((await totals(world.issuer.secret)).body).toMatchObject({ units: "370", byClass: [] });
    expect((await totals(world.trustee.secret)).body.byClass).not.toEqual([]);
  });
});

it("closes are summed up one after the other, however many are asked for", async () => {
  let [summing, most] = [0, 0];
  const pool = new Proxy(world.ctx.pool, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (name !== "query") return typeof value === "function" ? value.bind(target) : value;
      return async (query: { name?: string }, ...rest: unknown[]) => {
        const isSum = query.name === "register-held-accounts";
        if (isSum) summing += 1;
        most = Math.max(most, summing);
        // Long enough for the others to come meanwhile.
        if (isSum) await sleep(100);
        try {
          return await Reflect.apply(value, target, [query, ...rest]);
        } finally {
          if (isSum) summing -= 1;
        }
      };
    },
  });
  const app = await buildApp({ ...world.ctx, pool });
  const days = ["2021-07-30", "2021-07-31", "2021-08-01", "2021-08-02", "2021-08-03"];
  const answers = await Promise.all(
    days.map((asOf) =>
      asker(app)(world.issuer.secret, "readAggregates", { params: { id }, query: { asOf } }),
    ),
  );
  await app.close();
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(most).toBe(1);
});
