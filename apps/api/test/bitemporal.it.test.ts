import { refOf } from "@genbo/domain/ids";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove } from "@genbo/domain/words";
import { beforeAll, describe, expect, it } from "vitest";
import { customer } from "./support/samples.ts";
import { readyExport } from "./support/successes-exports.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

/** Entry 3 issues 100 units to the seller; entry 4 gives the buyer 40 of them, wrongly; entry 5 is another issue of 1. */
async function wronged() {
  const trade = await traded(world);
  const { issueId, seller, buyer } = trade;
  const move = { from: seller.account, to: buyer.account, units: 40n, basis: basisCode("JOINT_REQUEST") };
  await world.ledger.enter(issueId, "TRANSFER", { ...move, data: encodeMove({}) });
  await world.ledger.issue(issueId, seller.account, 1n);
  const read = (query: object) =>
    world.ask(world.trustee.secret, "readRegister", { params: { id: issueId }, query: { ...query } });
  const prove = (query: object) =>
    world.ask(world.trustee.secret, "proveRegister", { params: { id: issueId }, query: { ...query } });
  const units = async (query: object) =>
    new Map((await read(query)).body.items.map((row) => [row.personId, row.units]));
  /** Entry 6. */
  const rectify = () =>
    world.ledger.enter(issueId, "FORCED_TRANSFER", {
      ...{ from: buyer.account, to: seller.account, units: 40n, basis: basisCode("RECTIFICATION") },
      data: encodeMove({ corrects: 4 }),
    });
  const shares = (of: Map<string, string>) => [of.get(seller.personId), of.get(buyer.personId)];
  return { ...trade, read, prove, rectify, shares: async (query: object) => shares(await units(query)) };
}

describe("what stood, as known at another moment", () => {
  it("is what was known at asOf unless more is asked for, in the same bytes after a rectification [TA 186]", async () => {
    const { read, rectify, shares } = await wronged();
    const before = await read({ asOf: "entry:5" });
    const knew = await read({ asOf: "entry:4", knownAt: "entry:5" });
    expect(before.body).toMatchObject({ asOf: { seq: 5 }, knownAt: { seq: 5 }, corrections: [] });
    await rectify();
    expect((await read({ asOf: "entry:5" })).text).toBe(before.text);
    expect((await read({ asOf: "entry:4", knownAt: "entry:5" })).text).toBe(knew.text);
    expect(await shares({ asOf: "entry:4" })).toEqual(["60", "40"]);
    const now = await read({ asOf: "entry:4", knownAt: "entry:6" });
    expect(now.body).toMatchObject({
      asOf: { seq: 4 },
      knownAt: { seq: 6 },
      totals: { units: "100", holders: 1, accounts: 1 },
      corrections: [{ entry: 6, corrects: 4, effectiveOn: null, made: true }],
    });
    expect(await shares({ asOf: "entry:4", knownAt: "latest" })).toEqual(["100", undefined]);
    expect(await shares({})).toEqual(["101", undefined]);
    await world.ledger.block();
    expect((await read({ asOf: "entry:4", knownAt: "entry:6" })).text).toBe(now.text);
  });

  it("takes an instant, a day, a block or an entry for either, and knownAt alone is both", async () => {
    const { read, rectify, shares } = await wronged();
    await rectify();
    const { asOf: at } = (await read({ asOf: "entry:4" })).body;
    const { knownAt } = (await read({})).body;
    const day = new Date(Date.parse(knownAt.time) + 9 * 3_600_000).toISOString().slice(0, 10);
    for (const asOf of ["entry:4", `block:${at!.block}`, at!.time, at!.time.replace("Z", "%2B00:00")])
      for (const known of ["entry:6", `block:${knownAt.block}`, knownAt.time, day, "latest"])
        expect(await shares({ asOf: decodeURIComponent(asOf), knownAt: known })).toEqual(["100", undefined]);
    expect(await shares({ knownAt: "entry:4" })).toEqual(["60", "40"]);
    expect((await read({ knownAt: "entry:4" })).body.asOf).toEqual(at);
    expect(await shares({ knownAt: "latest" })).toEqual(["101", undefined]);
  });

  it("is proved as a corrected state, which is that of no block", async () => {
    const { prove, rectify, issueId, seller } = await wronged();
    const plain = (await prove({ asOf: "entry:4" })).body;
    await rectify();
    expect((await prove({ asOf: "entry:4" })).body).toEqual(plain);
    const { body } = await world.ask(world.trustee.secret, "proveHolding", {
      params: { id: issueId, account: seller.account },
      query: { asOf: "entry:4", knownAt: "latest" },
    });
    expect(body).toMatchObject({
      ...{ head: plain.head, holding: { units: "100" }, totals: { holders: 1 } },
      corrections: [{ entry: 6, corrects: 4, made: true }],
    });
    expect(body.root).not.toBe(plain.root);
  });

  it("shows which entry corrects which, once it is known", async () => {
    const { rectify, issueId } = await wronged();
    await rectify();
    const lines = async (query: object) => {
      const { body } = await world.ask(world.trustee.secret, "listEntries", {
        params: { id: issueId },
        query: { after: 3, ...query },
      });
      return body.items.map(({ seq, corrects, correctedBy }) => [seq, corrects, correctedBy]);
    };
    const unaware = [
      [4, null, []],
      [5, null, []],
    ];
    expect(await lines({ asOf: "entry:5" })).toEqual(unaware);
    const aware = [
      [4, null, [6]],
      [5, null, []],
    ];
    expect(await lines({ asOf: "entry:5", knownAt: "latest" })).toEqual(aware);
    expect(await lines({})).toEqual([...aware, [6, 4, []]]);
  });

  it("gives a broker its own side, and sums by class follow", async () => {
    const { rectify, issueId, buyer } = await wronged();
    await rectify();
    const query = { asOf: "entry:4", knownAt: "latest" };
    const ask = (secret: string) =>
      world.ask(secret, "readRegister", { params: { id: issueId }, query: { ...query } });
    expect((await ask(world.broker.secret)).body.items).toMatchObject([{ units: "100" }]);
    expect((await ask(world.other.secret)).body).toMatchObject({ items: [], totals: null });
    const { body } = await world.ask(world.trustee.secret, "readTotals", { params: { id: issueId }, query });
    expect(body.byClass).toEqual([{ class: "RETAIL", holders: 1, units: "100" }]);
    const gone = await world.ask(world.trustee.secret, "readHolder", {
      params: { id: issueId, personId: buyer.personId },
      query,
    });
    expect(gone.status).toBe(404);
  });
});

describe("what encumbers units", () => {
  /** Entries 5 and 6 pledge 20 and 15 of the 40 that entry 4 gave the buyer wrongly; 9 gives back `units` of those. */
  async function pledgedAndRectified(units: bigint) {
    const { issueId, buyer, seller } = await traded(world);
    const give = { from: seller.account, to: buyer.account, units: 40n, basis: basisCode("JOINT_REQUEST") };
    await world.ledger.enter(issueId, "TRANSFER", { ...give, data: encodeMove({}) });
    const refs = [unused(), unused()].map((name) => refOf(`pledge ${name}`));
    const pledges = [20n, 15n].map((of, n) => ({ from: buyer.account, ref: refs[n]!, units: of }));
    for (const each of pledges)
      await world.ledger.hold(issueId, { ...each, to: seller.account, kind: "PLEDGE" });
    const read = async (query: object, secret = world.trustee.secret) =>
      world.ask(secret, "listHolds", { params: { id: issueId }, query: { ...query } });
    const knew = await read({ asOf: "entry:6", knownAt: "entry:6" });
    for (const each of pledges)
      await world.ledger.enter(issueId, "HOLD_RELEASED", { ...each, basis: basisCode("PLEDGE_RELEASE") });
    await world.ledger.enter(issueId, "FORCED_TRANSFER", {
      ...{ from: buyer.account, to: seller.account, units, basis: basisCode("RECTIFICATION") },
      data: encodeMove({ corrects: 4 }),
    });
    const unitsOf = async (query: object) => {
      const { body } = await read(query);
      return refs.map((ref) => body.items.find(({ id }) => id === ref)?.units);
    };
    return { issueId, buyer, read, knew, unitsOf };
  }

  it("is what was known when: a correction takes units out of the last hold first [TA 186]", async () => {
    const { issueId, read, knew, unitsOf, buyer } = await pledgedAndRectified(10n);
    expect(knew.body).toMatchObject({ asOf: { seq: 6 }, knownAt: { seq: 6 }, corrections: [] });
    expect((await read({ asOf: "entry:6", knownAt: "entry:6" })).text).toBe(knew.text);
    expect((await read({ asOf: "entry:6" })).text).toBe(knew.text);
    expect(await unitsOf({ asOf: "entry:6" })).toEqual(["20", "15"]);
    const now = await read({ asOf: "entry:6", knownAt: "latest" });
    expect(now.body).toMatchObject({
      knownAt: { seq: 9 },
      corrections: [{ entry: 9, corrects: 4, effectiveOn: null, made: true }],
    });
    expect(await unitsOf({ asOf: "entry:6", knownAt: "latest" })).toEqual(["20", "10"]);
    const register = await world.ask(world.trustee.secret, "readRegister", {
      params: { id: issueId },
      query: { asOf: "entry:6", knownAt: "latest" },
    });
    const row = register.body.items.find(({ account }) => account === buyer.account);
    expect(row, "the holds add up to what the account has encumbered").toMatchObject({
      ...{ units: "30", encumbered: "30" },
    });
  });

  it("is gone where the account, as is known now, had nothing", async () => {
    const { unitsOf } = await pledgedAndRectified(40n);
    expect(await unitsOf({ asOf: "entry:6", knownAt: "latest" })).toEqual([undefined, undefined]);
    expect(await unitsOf({ asOf: "entry:6", knownAt: "entry:8" })).toEqual(["20", "15"]);
  });
});

describe("an export", () => {
  const fileOf = async (issueId: string, body: object) => {
    const id = await readyExport(world, world.trustee.secret, issueId, { format: "JSONL", ...body });
    const { body: order } = await world.ask(world.trustee.secret, "getExport", { params: { id } });
    const { headers, payload } = await world.app.inject({
      url: `/v1/exports/${id}/content`,
      headers: { authorization: `Bearer ${world.trustee.secret}` },
    });
    const lines = payload.split("\n").filter(Boolean);
    return {
      order,
      name: String(headers["content-disposition"]),
      lines: lines.map((line) => JSON.parse(line)),
    };
  };

  it("says what stood then and what was known of it, and is the same bytes for ever [TA 186]", async () => {
    const { issueId, rectify, seller, buyer } = await wronged();
    const then = { asOf: "entry:4", knownAt: "entry:5" };
    const before = await fileOf(issueId, then);
    const present = await fileOf(issueId, {});
    await rectify();
    const again = await fileOf(issueId, then);
    expect(again.order.content).toEqual(before.order.content);
    expect(again.order).toMatchObject({ asOf: { seq: 4 }, knownAt: { seq: 5 } });
    expect(again.name).toContain("register-as-of-4-known-5");
    const asOfFive = await fileOf(issueId, { asOf: "entry:5" });
    expect(asOfFive.order.content).toEqual(present.order.content);
    expect([asOfFive.order.knownAt.seq, asOfFive.order.knownAt.head]).toEqual([
      ...[5, present.order.knownAt.head],
    ]);
    const now = await fileOf(issueId, { asOf: "entry:4", knownAt: "latest" });
    expect(now.order).toMatchObject({ asOf: { seq: 4 }, knownAt: { seq: 6 } });
    const held = (file: typeof now) =>
      [seller, buyer].map(({ account }) => file.lines.find((line) => line.account === account)?.units);
    expect([held(before), held(now)]).toEqual([
      ["60", "40"],
      ["100", undefined],
    ]);
  });

  it("of the entries names what corrects them as far as it was known", async () => {
    const { issueId, rectify } = await wronged();
    await rectify();
    const correctedBy = async (knownAt: string) =>
      (await fileOf(issueId, { kind: "ENTRIES", asOf: "entry:5", knownAt })).lines[3].correctedBy;
    expect([await correctedBy("entry:5"), await correctedBy("latest")]).toEqual([[], ["6"]]);
  });

  it("of a state that was not known yet, or of a list, has no moment of its own", async () => {
    const { issueId } = await wronged();
    const ask = (body: object) =>
      world.ask(world.trustee.secret, "createExport", {
        params: { id: issueId },
        body: { kind: "REGISTER", format: "CSV", ...body } as never,
      });
    const early = await ask({ asOf: "entry:5", knownAt: "entry:4" });
    expect([early.code, early.problem.pointer]).toEqual(["KNOWN_BEFORE_AS_OF", "/knownAt"]);
    expect((await ask({ asOf: "2099-01-01" })).problem).toMatchObject({
      ...{ code: "AS_OF_IN_FUTURE", pointer: "/asOf" },
    });
    const list = {
      kind: "RECORD_DATE",
      recordDateId: "rdt_017b0428fc007a37928b336a8f4f78ce",
      knownAt: "latest",
    };
    expect((await ask(list)).problem.pointer).toBe("/knownAt");
  });
});

describe("a holder's history", () => {
  it("is what each entry left at its time, page by page, for its broker and no other", async () => {
    const { issueId, seller, rectify } = await wronged();
    await rectify();
    const ask = (secret: string, query: object) =>
      world.ask(secret, "readHolderHistory", {
        params: { id: issueId, personId: seller.personId },
        query: { ...query },
      });
    const first = await ask(world.broker.secret, { limit: 2 });
    const rest = await ask(world.broker.secret, { cursor: first.body.next! });
    const periods = [...first.body.items, ...rest.body.items];
    expect(periods.map(({ fromSeq, toSeq, units }) => [fromSeq, toSeq, units])).toEqual([
      [3, 4, "100"],
      [4, 5, "60"],
      [5, 6, "61"],
      [6, null, "101"],
    ]);
    expect(periods[0]!.to).toBe(periods[1]!.from);
    expect(rest.body.next).toBeNull();
    const past = await ask(world.auditor.secret, { asOf: "entry:4" });
    expect(past.body.items.map(({ fromSeq, toSeq }) => [fromSeq, toSeq])).toEqual([
      [3, 4],
      [4, null],
    ]);
    expect((await ask(world.other.secret, {})).status).toBe(404);
    expect((await ask(world.broker.secret, { cursor: "4" })).problem.pointer).toBe("query/cursor");
  });
});

describe("a moment that makes no sense", () => {
  it("is refused with its reason and its place", async () => {
    const { read } = await wronged();
    const refused = async (query: object) => {
      const { status, code, problem } = await read(query);
      return [status, code, problem.pointer];
    };
    const asOf = (text: string) => refused({ asOf: text });
    expect(await asOf("2020-01-01")).toEqual([422, "AS_OF_BEFORE_FIRST_ENTRY", "query/asOf"]);
    expect(await asOf("block:0")).toEqual([422, "AS_OF_BEFORE_FIRST_ENTRY", "query/asOf"]);
    for (const none of ["entry:0", "entry:99"])
      expect((await asOf(none))[1]).toBe(none === "entry:0" ? "AS_OF_BEFORE_FIRST_ENTRY" : "NO_SUCH_ENTRY");
    expect(await asOf("block:999999")).toEqual([409, "REGISTER_BEHIND", "query/asOf"]);
    expect(await asOf("2099-01-01")).toEqual([422, "AS_OF_IN_FUTURE", "query/asOf"]);
    for (const text of [
      "latest",
      "entry:",
      "entry:-1",
      "block:0x1",
      "2021-02-30",
      "2021-08-11T00:00:00 09:00",
    ])
      expect(await asOf(text)).toEqual([422, "INVALID_FIELD", "query/asOf"]);
    const known = (knownAt: string, asOf = "entry:4") => refused({ asOf, knownAt });
    expect(await known("entry:3")).toEqual([422, "KNOWN_BEFORE_AS_OF", "query/knownAt"]);
    expect(await known("2021-08-01", "2021-08-02")).toEqual([422, "KNOWN_BEFORE_AS_OF", "query/knownAt"]);
    expect(await known("2099-01-01")).toEqual([422, "AS_OF_IN_FUTURE", "query/knownAt"]);
    expect(await known("entry:99")).toEqual([422, "NO_SUCH_ENTRY", "query/knownAt"]);
    expect((await read({ asOf: "2021-08-11T00:00:00 09:00" })).problem.detail).toContain("%2B");
  });

  it("is refused in a body by its own pointer", async () => {
    const { issueId, seller } = await wronged();
    const asked = await world.ask(world.broker.secret, "issueCertificate", {
      params: { id: issueId },
      body: { account: seller.account, asOf: "entry:99" },
    });
    expect([asked.code, asked.problem.pointer]).toEqual(["NO_SUCH_ENTRY", "/asOf"]);
    expect((await world.open(world.broker, unused())).account).toBeDefined();
  });
});

describe("a name", () => {
  it("that changed between two entries is printed, filed and certified as it was at the instant that is asked for [TA 186(iii)]", async () => {
    const { issueId, seller } = await traded(world);
    const [before, changed] = ["2021-08-20T00:00:00Z", "2021-08-25T00:00:00Z"];
    const { particulars } = customer("x");
    const rename = async (kanji: string, at: string) => {
      world.clock.set(new Date(at));
      const { body } = await world.ask(world.broker.secret, "changeParticulars", {
        params: { id: seller.investorId },
        body: {
          particulars: { ...particulars, name: { ...particulars.name, kanji } },
          effectiveOn: at.slice(0, 10),
          evidenceRef: "koseki-5",
        },
      });
      const asked = await world.owner.query("select args from command where operation_id = $1", [
        body.operationId,
      ]);
      world.ledger.at(new Date(at));
      await world.ledger.record(asked.rows.map(({ args }) => args));
    };
    await rename("改姓 一子", "2021-08-22T00:00:00Z");
    await rename("改姓 花子", changed);
    const certified = async (asOf: string) => {
      const { body: made } = await world.ask(world.broker.secret, "issueCertificate", {
        params: { id: issueId },
        body: { account: seller.account, asOf },
      });
      const params = { number: made.number };
      const { jws } = (await world.ask(world.broker.secret, "readCertificate", { params, query: {} })).body;
      const { person, asOf: of } = JSON.parse(Buffer.from(jws.payload, "base64url").toString());
      const { state } = (await world.ask(null, "verifyCertificate", { params })).body;
      return [person.name.kanji, of.legalTime, state];
    };
    const names = async (asOf: string) => {
      const book = await world.ask(world.trustee.secret, "printRegister", {
        params: { id: issueId },
        query: { asOf, purpose: "点検" },
      });
      const order = { format: "JSONL", asOf, names: true, purpose: "点検" };
      const id = await readyExport(world, world.trustee.secret, issueId, order);
      const { payload } = await world.app.inject({
        url: `/v1/exports/${id}/content`,
        headers: { authorization: `Bearer ${world.trustee.secret}` },
      });
      return [(book.body.holders[0]!.name as { kanji: string }).kanji, JSON.parse(payload).name];
    };
    expect(await certified(changed)).toEqual(["改姓 花子", new Date(changed).toISOString(), "VALID"]);
    expect(await certified(before)).toEqual([
      expect.stringMatching(/^見本/),
      new Date(before).toISOString(),
      "SUPERSEDED",
    ]);
    const old = await names(before);
    expect(old[0]).toMatch(/^見本/);
    expect(old[1]).toBe(old[0]);
    expect(await names(changed)).toEqual(["改姓 花子", "改姓 花子"]);
    await world.ledger.issue(issueId, seller.account, 1n);
    expect(await names(before)).toEqual(old);
  });
});
