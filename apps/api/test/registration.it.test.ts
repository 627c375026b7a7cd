import { latestParticulars } from "@genbo/database/vault/vault";
import { decodeRecord } from "@genbo/domain/registry-record";
import { beforeAll, describe, expect, it } from "vitest";
import { customer } from "./support/samples.ts";
import { unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const bulk = (rows: readonly object[], secret = world.broker.secret) =>
  world.ask(secret, "registerInvestors", { body: { rows } });

const csv = (payload: string | Buffer, charset = "") =>
  world.ask(world.broker.secret, "registerInvestors", { payload, type: `text/csv${charset}` });

const heading =
  "顧客番号,個人法人区分,氏名漢字,氏名カナ,氏名ローマ字,郵便番号,都道府県,市区町村,番地,住所国,生年月日,投資家区分,居住国,税区分,確認期限";
const line = (number: string, name = "髙橋 花子") =>
  `${number},individual,${name},タカハシ ハナコ,Takahashi Hanako,150-0041,東京都,渋谷区,"神南1-8-10, 101",JP,1975/01/31,RETAIL|PROFESSIONAL,392,RESIDENT_INDIVIDUAL,2024/03/31`;

const particularsOf = async (investorId: string) => {
  const { rows } = await world.owner.query("select person_id from investor where id = $1", [investorId]);
  const person = rows[0].person_id;
  return (await latestParticulars(world.ctx.pool, world.ctx.vaultKeys, [person])).get(person)!;
};

describe("a bulk file", () => {
  it("of 2,000 rows is registered in one transaction, and changes nothing the second time", async () => {
    const rows = Array.from({ length: 2_000 }, () => customer(unused()));
    const before = performance.now();
    const first = await bulk(rows);
    const ms = performance.now() - before;
    expect(first.body).toMatchObject({ rows: 2_000, created: 2_000, unchanged: 0, conflicts: [] });
    const second = await bulk(rows);
    expect(second.body).toMatchObject({ created: 0, unchanged: 2_000, conflicts: [] });
    expect(second.body.items).toEqual(first.body.items);
    const written = await world.owner.query(
      "select count(distinct xmin::text)::int as n from investor where external_id = any($1)",
      [rows.map(({ externalId }) => externalId)],
    );
    expect(written.rows).toEqual([{ n: 1 }]);
    expect(ms).toBeLessThan(10_000);

    const wallets = { rows: rows.map(({ externalId }) => ({ externalId })) };
    const opened = await world.ask(world.broker.secret, "registerWallets", { body: wallets });
    expect([opened.status, opened.body.created]).toEqual([202, 2_000]);
    const again = await world.ask(world.broker.secret, "registerWallets", { body: wallets });
    expect([again.status, again.body.created, again.body.unchanged]).toEqual([200, 0, 2_000]);
    expect(again.body.items).toEqual(opened.body.items);
  });

  it("reports a row that contradicts what stands, and takes the others", async () => {
    const known = customer(unused());
    const { body: first } = await bulk([known]);
    const changed = { ...known, country: 702 };
    const { body } = await bulk([changed, customer(unused())]);
    expect(body).toMatchObject({ created: 1, unchanged: 0, conflicts: [{ row: 0, code: "ALREADY_EXISTS" }] });
    expect(body.conflicts[0]?.fix).toContain(`PATCH /v1/investors/${first.items[0]?.id}/particulars`);
    const twice = unused();
    const inOneFile = await bulk([customer(twice), customer(twice), customer(twice, { country: 702 })]);
    expect(inOneFile.body).toMatchObject({ created: 1, unchanged: 1, conflicts: [{ row: 2 }] });
  });

  it("is of persons who are born, under names that read as they are written", async () => {
    const born = (bornOn: string) => {
      const { particulars, ...rest } = customer(unused());
      return { ...rest, particulars: { ...particulars, bornOn } };
    };
    const one = async (body: ReturnType<typeof customer>) =>
      (await world.ask(world.broker.secret, "registerInvestor", { body })).problem.pointer;
    for (const day of ["0000-01-01", "9999-12-31", "2149-06-07", "2021-08-03"])
      expect(await one(born(day))).toBe("/particulars/bornOn");
    const { body } = await bulk([born("2021-08-02"), born("2021-08-03"), born("0578-01-01")]);
    expect(body).toMatchObject({
      created: 2,
      conflicts: [{ row: 1, code: "INVALID_FIELD", pointer: "/rows/1/particulars/bornOn" }],
    });
    for (const mark of ["\u202e", "\u2066", "\u2028", "\uffff"]) {
      const { particulars, ...rest } = customer(unused());
      const name = { ...particulars.name, kanji: `見本${mark}太郎` };
      expect(await one({ ...rest, particulars: { ...particulars, name } })).toBe("/particulars/name/kanji");
    }
  });

  it("knows a customer by its number, however it is typed", async () => {
    const number = unused();
    const { body: first } = await bulk([customer(`ガ-${number}`)]);
    const { externalId: _, ...same } = customer(`ガ-${number}`);
    const typed = ["カ\u3099", "ガ\u200b"].map((letter) => ({ ...same, externalId: `${letter}-${number}` }));
    expect((await bulk(typed)).body).toMatchObject({ created: 0, unchanged: 2, conflicts: [] });
    const query = { externalId: `カ\u3099-${number}` };
    const { body: found } = await world.ask(world.broker.secret, "listInvestors", { query });
    expect(found.items.map(({ id }) => id)).toEqual(first.items.map(({ id }) => id));
  });

  it("takes neither names nor postal codes that nobody can read", async () => {
    const row = customer(unused());
    const { name, address } = row.particulars;
    const named = { ...row, particulars: { ...row.particulars, name: { ...name, kanji: "\u3164" } } };
    expect((await bulk([named])).problem.rows?.[0]?.pointer).toBe("/rows/0/particulars/name/kanji");
    for (const postalCode of ["---", "   ", "-15"]) {
      const placed = { ...row, particulars: { ...row.particulars, address: { ...address, postalCode } } };
      const wrong = (await bulk([placed])).problem.rows?.[0]?.pointer;
      expect(wrong).toBe("/rows/0/particulars/address/postalCode");
    }
  });

  it("names wrong rows by number and field", async () => {
    const { problem } = await bulk([
      customer(unused()),
      { ...customer(unused()), country: "JP" },
      { nothing: true },
    ]);
    expect(problem.code).toBe("ROWS_INVALID");
    expect(problem.rows?.map(({ row, pointer }) => [row, pointer])).toContainEqual([1, "/rows/1/country"]);
    expect(problem.rows?.map(({ pointer }) => pointer)).toContain("/rows/2/nothing");
  });
});

describe("a bank's CSV", () => {
  it.each([
    ["UTF-8", (text: string) => Buffer.from(text), ""],
    ["UTF-8 with a BOM", (text: string) => Buffer.from(`\ufeff${text}`), "; charset=utf-8"],
    ["CP932", (text: string) => cp932(text), "; charset=Shift_JIS"],
  ])("is read in %s", async (_name, encode, charset) => {
    const number = unused();
    const { body } = await csv(encode(`${heading}\r\n${line(number)}\r\n`), charset);
    expect(body).toMatchObject({ created: 1, conflicts: [] });
    const { value } = await particularsOf(body.items[0]!.id);
    expect(value).toEqual({
      kind: "individual",
      name: { kanji: "髙橋 花子", kana: "タカハシ ハナコ", romaji: "Takahashi Hanako" },
      address: {
        postalCode: "150-0041",
        prefecture: "東京都",
        city: "渋谷区",
        street: "神南1-8-10, 101",
        country: "JP",
      },
      bornOn: "1975-01-31",
    });
    const { rows } = await world.owner.query(
      "select class_bits, valid_until from investor where external_id = $1",
      [number],
    );
    // The last day of validity ends at 24:00 in Tokyo.
    expect(rows).toEqual([{ class_bits: 8 + 2, valid_until: new Date("2024-03-31T15:00:00Z") }]);
  });

  it("may say its words in Japanese", async () => {
    const [number, stranger] = [unused(), unused()];
    const words = (text: string) =>
      text
        .replace("individual", "個人")
        .replace("RETAIL|PROFESSIONAL", "一般・特定投資家")
        .replace("RESIDENT_INDIVIDUAL", "居住者");
    const { body } = await csv(`${heading}\n${words(line(number))}\n`);
    expect(body).toMatchObject({ created: 1, conflicts: [] });
    // The same customer in the API's words is the same customer.
    expect((await csv(`${heading}\n${line(number)}\n`)).body).toMatchObject({ created: 0, unchanged: 1 });
    const { problem } = await csv(`${heading}\n${line(stranger).replace("individual", "団体")}\n`);
    expect(problem.rows).toMatchObject([{ row: 0, pointer: "/rows/0/kind" }]);
  });

  it("may have days as a spreadsheet saves them, and one without an end", async () => {
    const number = unused();
    const days = (validUntil: string) =>
      line(number).replace("1975/01/31", "1975/1/31").replace("2024/03/31", validUntil);
    const { body } = await csv(`${heading}\n${days("9999/12/31")}\n`);
    expect(body).toMatchObject({ created: 1, conflicts: [] });
    expect((await particularsOf(body.items[0]!.id)).value).toMatchObject({ bornOn: "1975-01-31" });
    const query = { externalId: number };
    const { body: found } = await world.ask(world.broker.secret, "listInvestors", { query });
    expect(found.items[0]?.validUntil).toBe("9999-12-31T15:00:00.000Z");
    const opened = await world.ask(world.broker.secret, "registerWallet", {
      body: { investorId: body.items[0]!.id },
    });
    const { rows } = await world.owner.query("select args from command where operation_id = $1", [
      opened.body.operationId,
    ]);
    expect(decodeRecord(rows[0].args.record).validUntil).toBe(Date.parse("9999-12-31T15:00:00Z") / 1000);
    expect((await csv(`${heading}\n${days("2024/3/31")}\n`)).body).toMatchObject({ conflicts: [{ row: 0 }] });
    for (const wrong of ["2024/2/30", "2024/3", "20240331", "10000/1/1"]) {
      const { problem } = await csv(`${heading}\n${days(wrong)}\n`);
      expect(problem.rows).toMatchObject([{ row: 0, pointer: "/rows/0/validUntil" }]);
      expect(problem.rows?.[0]?.detail).toContain("a day such as 2027-03-31");
    }
  });

  it("of more rows than a request may have is refused as its JSON form is", async () => {
    const numbers = Array.from({ length: 5_001 }, () => ({ externalId: unused() }));
    const payload = ["顧客番号", ...numbers.map(({ externalId }) => externalId)].join("\n");
    const asked = { payload, type: "text/csv" };
    const file = await world.ask(world.broker.secret, "registerWallets", asked);
    const json = await world.ask(world.broker.secret, "registerWallets", { body: { rows: numbers } });
    const told = ({ requestId: _, ...problem }: typeof file.problem) => problem;
    expect(told(file.problem)).toEqual(told(json.problem));
    expect([file.code, file.problem.pointer]).toEqual(["INVALID_FIELD", "/rows"]);
  });

  it("is refused by row, column and reason, without a name in the answer", async () => {
    const wrong = await csv(`${heading}\n${line(unused())}\n${line(unused()).replace("392", "日本")}\n`);
    expect(wrong.problem.rows).toMatchObject([{ row: 1, pointer: "/rows/1/country" }]);
    const headless = await csv(`顧客番号,氏名\n1,山田 太郎\n`);
    expect([headless.code, headless.problem.detail]).toEqual([
      "ROWS_INVALID",
      expect.stringContaining("The heading lacks"),
    ]);
    const torn = await csv(`${heading}\n${line(unused())}\n1,"山田 太郎\n`);
    expect(torn.problem.code).toBe("ROWS_INVALID");
    expect(`${wrong.text}${headless.text}${torn.text}`).not.toMatch(/山田|髙橋/);
    const twice = await csv(`${heading},氏名\n${line(unused())},別人\n`);
    expect([twice.code, twice.problem.detail]).toEqual(["ROWS_INVALID", "The heading has nameKanji twice."]);
    expect((await csv("")).code).toBe("ROWS_INVALID");
    expect((await csv(cp932(`${heading}\n${line(unused())}`))).code).toBe("BAD_ENCODING");
    expect((await csv("x", "; charset=euc-jp")).code).toBe("BAD_ENCODING");
  });
});

describe("an account", () => {
  it("becomes a record with its person, its broker and the commitment of the particulars", async () => {
    const validUntil = "2022-01-01T00:00:00Z";
    const { body: investor } = await world.ask(world.broker.secret, "registerInvestor", {
      body: customer(unused(), { validUntil, classes: ["QII", "CORPORATE"] }),
    });
    const { body: wallet } = await world.ask(world.broker.secret, "registerWallet", {
      body: { investorId: investor.id },
    });
    const { rows } = await world.owner.query(
      `select c.call, c.target, c.args, c.ref, v.commitment, p.custodian_id from command c
       join vault_particulars v on v.person_id = $2 join party p on p.signer = c.signer where c.operation_id = $1`,
      [wallet.operationId, investor.personId],
    );
    const [{ args, ref, commitment, custodian_id: custodian }] = rows;
    expect(rows[0]).toMatchObject({ call: "setRecords", target: null });
    expect(ref).toBe(`0x${"0".repeat(24)}${wallet.address.slice(2)}`);
    expect(args).toMatchObject({ wallet: wallet.address, particulars: commitment });
    expect(decodeRecord(args.record)).toEqual({
      personId: investor.personId,
      classBits: 5,
      flags: 0,
      validUntil: Date.parse(validUntil) / 1000,
      country: 392,
      custodian,
    });
  });

  it("is nobody's at the zero address, and none in a file whose columns are spelt otherwise", async () => {
    const externalId = unused();
    const { body } = await world.ask(world.broker.secret, "registerInvestor", { body: customer(externalId) });
    const address = `0x${"0".repeat(40)}`;
    const zero = await world.ask(world.broker.secret, "registerWallet", {
      body: { investorId: body.id, address },
    });
    expect([zero.code, zero.problem.pointer]).toEqual(["INVALID_FIELD", "/address"]);
    const file = (payload: string) =>
      world.ask(world.broker.secret, "registerWallets", { payload, type: "text/csv" });
    const other = await file(`externalId,Address\r\n${externalId},0x${"7".repeat(40)}`);
    expect([other.code, other.problem.detail]).toEqual([
      "ROWS_INVALID",
      "Column 2 of the heading is none of externalId, address.",
    ]);
    expect((await file(`externalId,externalId\r\n${externalId},x`)).code).toBe("ROWS_INVALID");
    expect((await file(`externalId,address\r\n${externalId},`)).status).toBe(202);
  });

  it("is registered once, however many files name it at once", async () => {
    const rows = Array.from({ length: 200 }, () => customer(unused()));
    const files = <Row>(all: readonly Row[]) => [
      ...[all, all.toReversed(), all.slice(100), all.slice(0, 100).toReversed()],
      ...[all.slice(50, 150), all.slice(120).toReversed()],
    ];
    const investors = await Promise.all(
      files(rows).map((each) =>
        world.ask(world.broker.secret, "registerInvestors", { body: { rows: each } }),
      ),
    );
    expect(investors.reduce((sum, { body }) => sum + body.created, 0)).toBe(200);
    const wallets = await Promise.all(
      files(rows.map(({ externalId }) => ({ externalId }))).map((each) =>
        world.ask(world.broker.secret, "registerWallets", { body: { rows: each } }),
      ),
    );
    expect(wallets.reduce((sum, { body }) => sum + body.created, 0)).toBe(200);
  });

  it("of another person is refused without a word about whose it is", async () => {
    const theirs = await world.open(world.other, unused());
    const mine = await world.open(world.broker, unused());
    const body = { investorId: mine.investorId, address: theirs.account };
    const refused = await world.ask(world.broker.secret, "registerWallet", { body });
    expect([refused.status, refused.code]).toEqual([409, "ALREADY_EXISTS"]);
    expect(refused.text).not.toContain(world.other.partyId);
    const rows = [{ externalId: "nobody" }];
    const many = await world.ask(world.broker.secret, "registerWallets", { body: { rows } });
    expect(many.body.conflicts).toMatchObject([{ row: 0, code: "NOT_FOUND" }]);
  });
});

describe("a change of particulars", () => {
  it("is a new sealed version with its evidence, and a new record for each account", async () => {
    const holder = await world.open(world.broker, unused());
    const second = `0x${"ab".repeat(20)}`;
    await world.ask(world.broker.secret, "registerWallet", {
      body: { investorId: holder.investorId, address: second },
    });
    const before = await particularsOf(holder.investorId);
    const married = {
      ...customer("x").particulars,
      name: { kanji: "鈴木 花子", kana: "スズキ ハナコ", romaji: "Suzuki Hanako" },
    };
    const changed = await world.ask(world.broker.secret, "changeParticulars", {
      params: { id: holder.investorId },
      body: { effectiveOn: "2021-08-01", evidenceRef: "KOSEKI-2021/1", particulars: married },
    });
    expect(changed.body).toMatchObject({
      version: 2,
      wallets: expect.arrayContaining([holder.account, second]),
    });
    const after = await particularsOf(holder.investorId);
    expect(after).toMatchObject({
      version: 2,
      effectiveOn: "2021-08-01",
      evidenceRef: "KOSEKI-2021/1",
      value: married,
    });
    expect(after.commitment).not.toBe(before.commitment);
    const { rows } = await world.owner.query(
      "select call, args from command where operation_id = $1 order by row",
      [changed.body.operationId],
    );
    expect(rows.map(({ call, args }) => [call, args.particulars])).toEqual([
      ["setRecords", after.commitment],
      ["setRecords", after.commitment],
    ]);
  });

  it("is of a person who is born", async () => {
    const { investorId: id } = await world.open(world.broker, unused());
    const particulars = { ...customer(unused()).particulars, bornOn: "2021-08-03" };
    const body = { effectiveOn: "2021-08-01", evidenceRef: "doc-1", particulars };
    const { problem } = await world.ask(world.broker.secret, "changeParticulars", { params: { id }, body });
    expect(problem.pointer).toBe("/particulars/bornOn");
  });

  it("writes no record of an account that the registry refused", async () => {
    const holder = await world.open(world.broker, unused());
    const { body: refused } = await world.ask(world.broker.secret, "registerWallet", {
      body: { investorId: holder.investorId, address: `0x${"ac".repeat(20)}` },
    });
    await world.owner.query("update command set state = 'refused', code = 61 where operation_id = $1", [
      refused.operationId,
    ]);
    const { body } = await world.ask(world.broker.secret, "changeParticulars", {
      params: { id: holder.investorId },
      body: { effectiveOn: "2021-08-01", evidenceRef: "doc-1", country: 702 },
    });
    expect(body.wallets).toEqual([holder.account]);
  });

  it("takes a document's number as evidence and no text, which no erasure would reach [APPI 22]", async () => {
    const { investorId: id } = await world.open(world.broker, unused());
    for (const evidenceRef of ["住民票 山田太郎", "Yamada Taro", "Yamada.Taro", "-1", `D${"1".repeat(64)}`]) {
      const body = { effectiveOn: "2021-08-01", evidenceRef, country: 702 };
      const { status, problem } = await world.ask(world.broker.secret, "changeParticulars", {
        params: { id },
        body,
      });
      expect([status, problem.pointer]).toEqual([422, "/evidenceRef"]);
    }
  });

  it("is taken as often as it is asked for in one instant, and each tax status is known after the one before", async () => {
    const { investorId: id, personId } = await world.open(world.broker, unused());
    const changes = ["FOREIGN_CORPORATION", "DOMESTIC_CORPORATION", "NON_RESIDENT_INDIVIDUAL"] as const;
    const answers = await Promise.all(
      changes.map((taxCategory) => {
        const body = { effectiveOn: "2021-08-01", evidenceRef: "doc-1", taxCategory };
        return world.ask(world.broker.secret, "changeParticulars", { params: { id }, body });
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const { rows } = await world.owner.query(
      `select tax_category, (select tax_category from investor where id = $2) as now from tax_status
       where person_id = $1 order by known_at desc`,
      [personId, id],
    );
    expect(rows.map(({ tax_category: category }) => category).sort()).toEqual(
      [...changes, "RESIDENT_INDIVIDUAL"].sort(),
    );
    expect(rows[0].tax_category).toBe(rows[0].now);
  });

  it("refuses days to come and checks that end in the past", async () => {
    const { investorId: id } = await world.open(world.broker, unused());
    const change = (body: object) =>
      world.ask(world.broker.secret, "changeParticulars", { params: { id }, body });
    const base = { effectiveOn: "2021-08-01", evidenceRef: "doc-1" };
    expect((await change({ ...base, effectiveOn: "2021-08-03", country: 1 })).problem.pointer).toBe(
      "/effectiveOn",
    );
    expect((await change({ ...base, validUntil: "2021-08-01T00:00:00Z" })).problem.pointer).toBe(
      "/validUntil",
    );
    expect((await change(base)).code).toBe("INVALID_FIELD");
    expect((await change({ ...base, validUntil: "2030-01-01T00:00:00Z" })).status).toBe(202);
  });
});

/** CP932 bytes: the inverse of what every two bytes mean. */
function cp932(text: string): Buffer {
  const codes = new Map<string, Buffer>();
  const decoder = new TextDecoder("shift_jis");
  for (let high = 0x81; high <= 0xfc; high += 1) {
    for (let low = 0x40; low <= 0xfc; low += 1)
      codes.set(decoder.decode(Buffer.from([high, low])), Buffer.from([high, low]));
  }
  return Buffer.concat([...text].map((char) => (char < "\u0080" ? Buffer.from(char) : codes.get(char)!)));
}
