import type { WireRequest } from "@genbo/api-schema/wire";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove } from "@genbo/domain/words";
import { beforeAll, describe, expect, it } from "vitest";
import { type Traded, traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

type NewCase = NonNullable<WireRequest<"fileCase">["body"]>;

let world: World;
let filer: string;
beforeAll(async () => {
  world = await createWorld();
  filer = await world.keyFor(world.trustee.partyId, "staff:trustee-files");
});

const papers = (...kinds: NewCase["documents"][number]["kind"][]): NewCase["documents"] =>
  kinds.map((kind) => ({ kind, name: `${kind}.pdf`, sha256: "a".repeat(64) }));
const file = (issueId: string, body: NewCase, secret = filer) =>
  world.ask(secret, "fileCase", { params: { id: issueId }, body });
const approve = (id: string) => world.ask(world.trustee.secret, "approveCase", { params: { id }, body: {} });
const faultsOf = ({ problem }: Awaited<ReturnType<typeof file>>) => [
  ...(problem.errors?.map(({ pointer }) => pointer) ?? []),
  ...(problem.failing?.map(({ code }) => code) ?? []),
];
const joint = basisCode("JOINT_REQUEST");

/** Enters what the commands of an approved case ask of the chain. */
async function enter(issueId: string, operationId: string): Promise<void> {
  const { rows } = await world.owner.query<{ call: string; args: Record<string, unknown> }>(
    "select call, args from command where operation_id = $1 order by row",
    [operationId],
  );
  for (const { call, args } of rows) {
    if (call === "setRecords")
      await world.ledger.record([args as { wallet: string; record: string; particulars: string }]);
    const moves = call === "enforceTransfers" ? (args.rows as Record<string, string>[]) : [];
    for (const { from, to, units, ref, data, basis } of moves)
      await world.ledger.enter(issueId, "FORCED_TRANSFER", {
        ...{ from: from!, to: to!, ref: ref!, data: data!, basis: Number(basis), units: BigInt(units!) },
      });
    if (call !== "mark") continue;
    const { account, units, ref, data, basis } = args as Record<string, string>;
    const about = { from: account!, to: account!, ref: ref!, data: data! };
    await world.ledger.enter(issueId, "MARK", { ...about, basis: Number(basis), units: BigInt(units!) });
  }
}

async function decided(issueId: string, body: NewCase): Promise<string> {
  const filed = await file(issueId, body);
  const approved = await approve(filed.body.id);
  await enter(issueId, approved.body.operationId);
  return filed.body.id;
}

/** Entry 3 issues 100 units to the seller, entry 4 gives the buyer 40 of them. */
async function sold(): Promise<Traded> {
  const trade = await traded(world, {}, "2021-07-01");
  const move = { from: trade.seller.account, to: trade.buyer.account, units: 40n, basis: joint };
  await world.ledger.enter(trade.issueId, "TRANSFER", { ...move, data: encodeMove({}) });
  return trade;
}
const unitsRectified = (corrects: number, to: string, units: string): NewCase => ({
  kind: "UNITS_RECTIFICATION",
  facts: { corrects, to, units },
  documents: papers("ERROR_REPORT", "HOLDER_CONSENT"),
});
const rowsOf = async (issueId: string, query: object) => {
  const { body } = await world.ask(world.trustee.secret, "readRegister", {
    params: { id: issueId },
    query: { ...query },
  });
  return new Map(body.items.map((row) => [row.personId, row]));
};

describe("a rectification of units", () => {
  it("is filed by one, approved by another, and entered in lines that name the entry [TA 186] [TA 198(2)]", async () => {
    const { issueId, seller, buyer } = await sold();
    const third = await world.open(world.broker, unused());
    const id = await decided(issueId, unitsRectified(4, third.account, "30"));
    const { body } = await world.ask(world.auditor.secret, "listEntries", {
      params: { id: issueId },
      query: { after: 3 },
    });
    expect(
      body.items.map(({ seq, kind, basis, units, corrects }) => [seq, kind, basis, units, corrects]),
    ).toEqual([
      [4, "TRANSFER", "JOINT_REQUEST", "40", null],
      [5, "FORCED_TRANSFER", "RECTIFICATION", "30", 4],
      [6, "FORCED_TRANSFER", "RECTIFICATION", "10", 4],
    ]);
    expect(body.items[0]!.correctedBy).toEqual([5, 6]);
    const units = async (query: object) => {
      const rows = await rowsOf(issueId, query);
      return [seller, buyer, third].map(({ personId }) => rows.get(personId)?.units ?? "0");
    };
    expect(await units({ asOf: "entry:4" })).toEqual(["60", "40", "0"]);
    expect(await units({ asOf: "entry:4", knownAt: "latest" })).toEqual(["70", "0", "30"]);
    expect(await units({})).toEqual(["70", "0", "30"]);
    const read = await world.ask(world.trustee.secret, "getCase", { params: { id } });
    expect(read.body).toMatchObject({
      basis: "RECTIFICATION",
      facts: { corrects: 4 },
      checker: "staff:trustee",
    });
    const again = await file(issueId, unitsRectified(4, buyer.account, "0"));
    expect(faultsOf(again)).toEqual(["/facts/corrects", "ALREADY_CORRECTED"]);
  });

  it("is refused where the units stood elsewhere since, and entered once those lines are corrected", async () => {
    const { issueId, seller, buyer } = await sold();
    const third = await world.open(world.other, unused());
    await world.ledger.move(issueId, { from: buyer.account, to: third.account, units: 5n });
    await world.ledger.move(issueId, { from: third.account, to: buyer.account, units: 5n });
    const asked = unitsRectified(4, buyer.account, "0");
    expect(faultsOf(await file(issueId, asked))).toEqual(["/facts/corrects", "UNITS_MOVED_ON"]);
    for (const seq of [6, 5])
      await decided(issueId, unitsRectified(seq, seq === 6 ? buyer.account : third.account, "0"));
    await decided(issueId, asked);
    for (const seq of [4, 5, 6, 9]) {
      const rows = await rowsOf(issueId, { asOf: `entry:${seq}`, knownAt: "latest" });
      expect([...rows].map(([personId, { units }]) => [personId, units])).toEqual([[seller.personId, "100"]]);
    }
  });

  it("takes no heed of a hold that the wrong holder's units were under", async () => {
    const { issueId, seller, buyer } = await sold();
    const ref = `0x${"7e".repeat(32)}`;
    await world.ledger.hold(issueId, {
      ref,
      from: buyer.account,
      to: seller.account,
      units: 40n,
      kind: "PLEDGE",
    });
    await world.ledger.enter(issueId, "HOLD_RELEASED", {
      ...{ from: buyer.account, to: seller.account, units: 40n, ref, data: `0x3${"0".repeat(63)}` },
    });
    await decided(issueId, unitsRectified(4, buyer.account, "10"));
    const rows = await rowsOf(issueId, { asOf: "entry:5", knownAt: "latest" });
    expect(rows.get(buyer.personId)).toMatchObject({ units: "10", encumbered: "10" });
    expect(rows.get(seller.personId)).toMatchObject({ units: "90" });
  });

  it("is refused for what is no entry to correct, and by a broker", async () => {
    const { issueId, seller } = await sold();
    for (const corrects of [1, 99])
      expect(faultsOf(await file(issueId, unitsRectified(corrects, seller.account, "0")))).toEqual([
        "/facts/corrects",
        "ENTRY_NOT_CORRECTABLE",
      ]);
    expect(faultsOf(await file(issueId, unitsRectified(3, seller.account, "99")))).toEqual([
      "/facts/units",
      "SUPPLY_STANDS",
    ]);
    const bare = { ...unitsRectified(4, seller.account, "0"), documents: papers("ERROR_REPORT") };
    expect((await file(issueId, bare)).code).toBe("CASE_REFUSED");
    expect((await file(issueId, bare, world.broker.secret)).code).toBe("FORBIDDEN");
    const numbers = ["0", "1.5", "-1"].map((corrects) => ({ corrects: Number(corrects) }));
    for (const facts of numbers) {
      const body = { ...bare, facts: { ...bare.facts, ...facts } } as NewCase;
      expect((await file(issueId, body)).problem.pointer).toBe("/facts/corrects");
    }
  });
});

describe("an entry from before a consolidation or split [TA 197(2)] [TA 197(3)]", () => {
  /** A sale of 40 out of 100, and then `n` units for `d`: with a first line, one an account, and a last one. */
  async function soldAndCarried(n: bigint, d: bigint, days = 0): Promise<Traded> {
    const trade = await sold();
    world.ledger.at(await later(trade, days));
    const { issueId, seller, buyer } = trade;
    const data = `0x${[0n, n, 0n, d].map((field) => field.toString(16).padStart(16, "0")).join("")}`;
    const whole = (units: bigint) =>
      world.ledger.enter(issueId, "RATIO", {
        basis: basisCode(n > d ? "SPLIT" : "CONSOLIDATION"),
        units,
        data,
      });
    await whole(100n);
    for (const { account } of [seller, buyer]) await world.ledger.ratio(issueId, account, n, d);
    await whole((60n * n) / d + (40n * n) / d);
    return trade;
  }
  /** So many days after an issue's last entry. */
  const later = async ({ issueId }: Traded, days: number): Promise<Date> => {
    const { body } = await world.ask(world.trustee.secret, "readRegister", { params: { id: issueId } });
    return new Date(Date.parse(body.asOf!.time) + days * 86_400_000 + 1_000);
  };
  const unitsAt = async ({ issueId, seller, buyer }: Traded, query: object) => {
    const rows = await rowsOf(issueId, query);
    return [seller, buyer].map(({ personId }) => rows.get(personId)?.units ?? "0");
  };
  /** The line that a case has added, and what the register says of the sale and of now. */
  const afterwards = async (trade: Traded) => {
    const query = { after: 8 };
    const { body } = await world.ask(world.auditor.secret, "listEntries", {
      params: { id: trade.issueId },
      query,
    });
    return {
      lines: body.items.map(({ kind, units, corrects }) => [kind, units, corrects]),
      saidThen: await unitsAt(trade, { asOf: "entry:4" }),
      knownNow: await unitsAt(trade, { asOf: "entry:4", knownAt: "latest" }),
      between: await unitsAt(trade, { asOf: "entry:6", knownAt: "latest" }),
      now: await unitsAt(trade, {}),
    };
  };

  it("is corrected in units of then, by a line in units of now; the past stands in units of then", async () => {
    const trade = await soldAndCarried(3n, 2n);
    await decided(trade.issueId, unitsRectified(4, trade.buyer.account, "10"));
    expect(await afterwards(trade)).toEqual({
      lines: [["FORCED_TRANSFER", "45", 4]],
      saidThen: ["60", "40"],
      knownNow: ["90", "10"],
      // The seller's account has been carried by then, the buyer's not yet.
      between: ["135", "10"],
      now: ["135", "15"],
    });
  });

  it("is refused where the difference is no whole unit of now, with what to state instead", async () => {
    const { issueId, buyer } = await soldAndCarried(1n, 8n);
    const asked = await file(issueId, unitsRectified(4, buyer.account, "10"));
    expect(faultsOf(asked)).toEqual(["/facts/units", "UNITS_DO_NOT_DIVIDE"]);
    expect(asked.problem.failing?.[0]?.fix).toContain("whole units of now");
    await decided(issueId, unitsRectified(4, buyer.account, "16"));
    expect([...(await rowsOf(issueId, {})).values()].map(({ units }) => units).sort()).toEqual(["10", "2"]);
  });

  it("has its right day of acquisition before and after, whether its units divide or not [TA 186(iv)]", async () => {
    const { issueId, buyer } = await soldAndCarried(1n, 7n);
    const acquiredOn = "2021-07-30";
    await decided(issueId, {
      kind: "DATES_RECTIFICATION",
      facts: { corrects: 4, acquiredOn },
      documents: papers("ERROR_REPORT"),
    });
    const lots = async (query: object) => (await rowsOf(issueId, query)).get(buyer.personId)!.lots;
    expect(await lots({})).toEqual([{ acquiredOn, units: "5" }]);
    expect(await lots({ asOf: "entry:8", knownAt: "latest" })).toEqual([{ acquiredOn, units: "5" }]);
    expect(await lots({ asOf: "entry:4", knownAt: "latest" })).toEqual([{ acquiredOn, units: "40" }]);
    expect(await lots({ asOf: "entry:4" })).not.toEqual(await lots({ asOf: "entry:4", knownAt: "latest" }));
  });

  it("is reached by a judgment of now, too, which is in units of now [TAR 21(2)(i)]", async () => {
    const trade = await soldAndCarried(3n, 1n, 20);
    const { issueId, seller, buyer } = trade;
    const end = await later(trade, 10);
    world.ledger.at(end);
    world.clock.set(end);
    const dayBefore = (days: number) =>
      new Date(end.getTime() - days * 86_400_000 + 9 * 3_600_000).toISOString().slice(0, 10);
    const judgment = (units: string): NewCase => ({
      kind: "JUDGMENT",
      facts: {
        ...{ from: buyer.account, to: seller.account, units },
        ...{ finalOn: dayBefore(1), effectiveOn: dayBefore(20) },
      },
      documents: papers("JUDGMENT", "FINALITY_CERTIFICATE"),
    });
    expect(faultsOf(await file(issueId, judgment("10")))).toEqual(["/facts/units", "UNITS_DO_NOT_DIVIDE"]);
    await decided(issueId, judgment("12"));
    expect(await unitsAt(trade, { asOf: dayBefore(21), knownAt: "latest" })).toEqual(["60", "40"]);
    expect(await unitsAt(trade, { asOf: dayBefore(20), knownAt: "latest" })).toEqual(["64", "36"]);
    expect(await unitsAt(trade, {})).toEqual(["192", "108"]);
  });
});

describe("a rectification of dates [TA 186(iv)]", () => {
  it("gives the lot its right day for who knows it", async () => {
    const { issueId, buyer } = await sold();
    const { body } = await world.ask(world.auditor.secret, "listEntries", {
      params: { id: issueId },
      query: { after: 3 },
    });
    const wrong = body.items[0]!.acquiredOn!;
    await decided(issueId, {
      kind: "DATES_RECTIFICATION",
      facts: { corrects: 4, acquiredOn: "2021-07-30" },
      documents: papers("ERROR_REPORT"),
    });
    const day = async (query: object) => (await rowsOf(issueId, query)).get(buyer.personId)!.lots;
    expect(await day({ asOf: "entry:4" })).toEqual([{ acquiredOn: wrong, units: "40" }]);
    const right = [{ acquiredOn: "2021-07-30", units: "40" }];
    expect(await day({ asOf: "entry:4", knownAt: "latest" })).toEqual(right);
    expect(await day({})).toEqual(right);
    const nothing = await file(issueId, {
      kind: "DATES_RECTIFICATION",
      facts: { corrects: 5, acquiredOn: "2021-07-30" },
      documents: papers("ERROR_REPORT"),
    });
    expect(faultsOf(nothing)).toEqual(["NOTHING_CHANGES"]);
  });
});

describe("a rectification of particulars [TA 186(iii)] [CA 681(iv)]", () => {
  it("is sealed until it is decided, and names the wrong version from its own day on", async () => {
    const { issueId, seller } = await sold();
    const { body: investor } = await world.ask(world.broker.secret, "getInvestor", {
      params: { id: seller.investorId },
    });
    const wrong = investor.particulars!.value!;
    const name = { kanji: "正誤 花子", kana: "セイゴハナコ", romaji: "Seigo Hanako" };
    const facts = { account: seller.account, version: 1, particulars: { ...wrong, name } };
    const body = { kind: "PARTICULARS_RECTIFICATION", facts, documents: papers("ERROR_REPORT") } as NewCase;
    const filed = await file(issueId, body);
    expect(JSON.stringify(filed.body)).not.toContain("正誤");
    const read = (query: object) =>
      world.ask(world.trustee.secret, "readHolder", {
        params: { id: issueId, personId: seller.personId },
        query: { purpose: "照会", ...query },
      });
    const before = await read({ asOf: "entry:4" });
    world.clock.set(new Date(world.clock.now().getTime() + 3_600_000));
    const { body: approved } = await approve(filed.body.id);
    await enter(issueId, approved.operationId);
    await world.ledger.issue(issueId, seller.account, 1n);
    const versions = async (query: object) =>
      (await read(query)).body.particulars.map(({ version, effectiveOn, corrects, correctedBy, value }) => [
        ...[version, effectiveOn, corrects, correctedBy],
        value?.name.kanji,
      ]);
    const day = investor.particulars!.effectiveOn;
    const both = [
      [2, day, 1, null, "正誤 花子"],
      [1, day, null, 2, wrong.name.kanji],
    ];
    expect(await versions({})).toEqual(both);
    expect(await versions({ asOf: "entry:4", knownAt: "latest" })).toEqual(both);
    expect((await read({ asOf: "entry:4" })).text).toBe(before.text);
    expect(faultsOf(await file(issueId, body))).toEqual(["/facts/version", "VERSION_NOT_LATEST"]);
  });
});

describe("a judgment that says since when [TAR 21(2)(i)]", () => {
  it("has effect from that day for who knows it, and is perfected by its entry all the same [TA 195(2)]", async () => {
    const trade = await traded(world);
    const { issueId, seller, buyer } = trade;
    const start = new Date(
      (await world.ask(world.trustee.secret, "readRegister", { params: { id: issueId } })).body.asOf!.time,
    );
    const later = (days: number) => new Date(start.getTime() + days * 86_400_000);
    const dayOf = (time: Date) => new Date(time.getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
    world.clock.set(later(30));
    world.ledger.at(later(30));
    const judgment: NewCase = {
      kind: "JUDGMENT",
      facts: {
        ...{ from: seller.account, to: buyer.account, units: "30" },
        ...{ finalOn: dayOf(later(29)), effectiveOn: dayOf(later(10)) },
      },
      documents: papers("JUDGMENT", "FINALITY_CERTIFICATE"),
    };
    const early = { ...judgment, facts: { ...judgment.facts, effectiveOn: dayOf(start) } } as NewCase;
    expect(faultsOf(await file(issueId, early))).toEqual(["/facts/effectiveOn", "EFFECT_DAY_WRONG"]);
    await decided(issueId, judgment);
    const units = async (query: object) => (await rowsOf(issueId, query)).get(buyer.personId)?.units;
    expect(await units({ asOf: dayOf(later(10)), knownAt: "latest" })).toBe("30");
    expect(await units({ asOf: dayOf(later(9)), knownAt: "latest" })).toBeUndefined();
    expect(await units({ asOf: dayOf(later(10)) })).toBeUndefined();
    const { body } = await world.ask(world.auditor.secret, "listEntries", {
      params: { id: issueId },
      query: { after: 3 },
    });
    expect(body.items).toMatchObject([
      {
        kind: "FORCED_TRANSFER",
        effectiveOn: dayOf(later(10)),
        acquiredOn: dayOf(later(10)),
        corrects: null,
      },
    ]);
    expect(body.items[0]!.perfectedAt).toBe(body.items[0]!.enteredAt);
  });

  it("never with an attachment, which takes effect when it is entered [CEA 145] [CEA 167]", async () => {
    const { issueId, seller } = await sold();
    const attachment = {
      kind: "ATTACHMENT",
      facts: {
        ...{ account: seller.account, units: "3", form: "ATTACHMENT", authority: "東京地方裁判所" },
        ...{ caseNumber: "令和3年(ル)第1号", servedAt: "2021-08-01T01:00:00Z", effectiveOn: "2021-08-01" },
      },
      documents: papers("ATTACHMENT_ORDER"),
    } as unknown as NewCase;
    const asked = await file(issueId, attachment);
    expect([asked.code, asked.problem.pointer]).toEqual(["INVALID_FIELD", "/facts/effectiveOn"]);
  });
});
