import { strFromU8, unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { customer } from "./support/samples.ts";
import { recordDate } from "./support/successes.ts";
import { readyExport } from "./support/successes-exports.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const named = { names: true, purpose: "配当事務" };

/** The file of an export as it comes from the server. */
async function fileOf(secret: string, id: string, headers: Record<string, string> = {}) {
  const url = `/v1/exports/${id}/content`;
  const answer = await world.app.inject({ url, headers: { authorization: `Bearer ${secret}`, ...headers } });
  return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload };
}

const exported = async (secret: string, issueId: string, body: object): Promise<Buffer> =>
  (await fileOf(secret, await readyExport(world, secret, issueId, body))).bytes;

/** A holder with this name, and 7 units of a new issue. */
async function holderNamed(kanji: string) {
  const issueId = await world.activeIssue();
  const { particulars } = customer("x");
  const person = { ...particulars, name: { ...particulars.name, kanji } };
  const holder = await world.open(world.broker, unused(), { particulars: person });
  await world.ledger.issue(issueId, holder.account, 7n);
  return { issueId, holder };
}

describe("the register as a file", () => {
  it("is CSV in UTF-8 with a BOM and the headings of its profile, with names for who keeps it [TA 186]", async () => {
    const { issueId, holder } = await holderNamed("髙橋 一郎");
    const csv = (await exported(world.trustee.secret, issueId, { ...named })).toString("utf8");
    expect(csv.charCodeAt(0)).toBe(0xfeff);
    const [heading, row, end] = csv.slice(1).split("\r\n");
    expect(heading).toMatch(
      /^口座,受益者番号,受益者の氏名又は名称,受益者の住所,受益権の口数,受益権を取得した日/,
    );
    const address = "〒150-0041 東京都渋谷区神南1-1-1";
    const day = "2021-08-02";
    expect(row).toBe(`${holder.account},${holder.personId},髙橋 一郎,${address},7,${day},7,0,,,3`);
    expect(end).toBe("");
  });

  it("has the headings of a bond's register, a row for each lot and the pledgee [CA 681] [CA 694]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    await world.owner.query("update issue set profile = 'BOND' where id = $1", [issueId]);
    await world.ledger.hold(issueId, {
      ref: `0x${"7".repeat(64)}`,
      from: seller.account,
      to: buyer.account,
      units: 3n,
      kind: "PLEDGE",
    });
    const second = { ref: `0x${"8".repeat(64)}`, behind: `0x${"7".repeat(64)}`, units: 2n };
    await world.ledger.pledgeBehind(issueId, { ...second, from: seller.account, to: buyer.account });
    const csv = (await exported(world.trustee.secret, issueId, named)).toString("utf8");
    expect(csv).toContain(`${buyer.account} 0 第2順位 順位待ち2`);
    expect(csv).toContain("社債権者の氏名又は名称");
    expect(csv).toContain(`〒150-0041 東京都渋谷区神南1-1-1 ${buyer.account} 3`);
  });

  it("says whose property units are, and under which article [TA 206(1)] [TAR 20] [CA 695-2(1)]", async () => {
    const { issueId, seller } = await traded(world);
    const marked = { account: seller.account, units: 30n, basis: "TRUST_PROPERTY_MARK" as const };
    await world.ledger.mark(issueId, marked);
    const own = { account: seller.account, units: 4n, basis: "TRUSTEE_ACQUIRED" as const };
    await world.ledger.mark(issueId, { ...own, capacity: "PROPRIETARY" });
    const marks = async () => {
      const text = await exported(world.trustee.secret, issueId, { format: "JSONL" });
      return JSON.parse(text.toString()).marks;
    };
    expect(await marks()).toEqual(["信託財産に属する 30 信託法206条", "固有財産 4 信託法197条1項1号"]);
    await world.owner.query("update issue set profile = 'BOND' where id = $1", [issueId]);
    expect(await marks()).toEqual(["信託財産に属する 30 会社法695条の2", "固有財産 4 会社法690条1項1号"]);
  });

  it("lists each cell that CP932 cannot hold, and holds 髙, 﨑 and ①", async () => {
    const { issueId } = await holderNamed("𠮷田 髙﨑①");
    const body = { ...named, format: "CSV_CP932" };
    const id = await readyExport(world, world.trustee.secret, issueId, body);
    const { body: made } = await world.ask(world.trustee.secret, "getExport", { params: { id } });
    const cell = { row: 0, column: "name", characters: ["𠮷"] };
    expect(made.content?.unmapped).toEqual({ cells: 1, first: [cell] });
    const { bytes, headers } = await fileOf(world.trustee.secret, id);
    expect(headers["content-type"]).toContain("Shift_JIS");
    expect(new TextDecoder("shift_jis", { fatal: true }).decode(bytes)).toContain(",〓田 髙﨑①,");
  });

  it("runs no formula of a customer in a spreadsheet", async () => {
    const { issueId } = await holderNamed('=HYPERLINK("http://x")');
    const csv = (await exported(world.trustee.secret, issueId, named)).toString("utf8");
    expect(csv).toContain(`,"'=HYPERLINK(""http://x"")",`);
    const xlsx = unzipSync(await exported(world.trustee.secret, issueId, { ...named, format: "XLSX" }));
    const sheet = strFromU8(xlsx["xl/worksheets/sheet1.xml"]!);
    expect(sheet).toContain(
      '<c t="inlineStr"><is><t xml:space="preserve">=HYPERLINK("http://x")</t></is></c>',
    );
    expect(sheet).not.toContain("<f>");
  });

  it("says a name in a workbook as it is written, whatever a spreadsheet would read into it", async () => {
    const { issueId } = await holderNamed("_x0041_ <b> & x_y_");
    const xlsx = unzipSync(await exported(world.trustee.secret, issueId, { ...named, format: "XLSX" }));
    expect(strFromU8(xlsx["xl/worksheets/sheet1.xml"]!)).toContain(">_x005F_x0041_ &lt;b&gt; &amp; x_y_</t>");
  });

  it("is the same bytes as JSON lines, CSV and XLSX each time, whatever enters afterwards", async () => {
    const { issueId, seller } = await traded(world);
    for (const format of ["JSONL", "CSV", "CSV_CP932", "XLSX"]) {
      const id = await readyExport(world, world.auditor.secret, issueId, { format });
      const first = await fileOf(world.auditor.secret, id);
      await world.ledger.issue(issueId, seller.account, 5n);
      const second = await fileOf(world.auditor.secret, id);
      expect(second.bytes.equals(first.bytes)).toBe(true);
      expect(second.headers.etag).toBe(first.headers.etag);
    }
  });

  it("of an earlier day has what stood then", async () => {
    const { issueId, seller } = await traded(world);
    world.clock.set(new Date("2021-08-05T00:00:00Z"));
    world.ledger.at(new Date("2021-08-05T00:00:00Z"));
    await world.ledger.issue(issueId, seller.account, 5n);
    const unitsOf = async (asOf?: string) => {
      const text = await exported(world.trustee.secret, issueId, { format: "JSONL", ...(asOf && { asOf }) });
      const rows = text.toString().trim().split("\n");
      return rows.map((line) => JSON.parse(line).units);
    };
    expect(await unitsOf("2021-08-04")).toEqual(["100"]);
    expect(await unitsOf()).toEqual(["100", "5"]);
  });
});

describe("who sees what", () => {
  it("a broker has its own customers, and of the other side of an entry no person", async () => {
    const { issueId, seller, buyer } = await traded(world);
    await world.ledger.issue(issueId, buyer.account, 3n);
    const body = { ...named, format: "JSONL" };
    const register = (await exported(world.broker.secret, issueId, body)).toString();
    expect(register).toContain(seller.account);
    expect(register).not.toContain(buyer.account);
    await world.ledger.hold(issueId, {
      ref: `0x${"8".repeat(64)}`,
      from: seller.account,
      to: buyer.account,
      units: 3n,
    });
    const entries = await exported(world.broker.secret, issueId, { ...body, kind: "ENTRIES" });
    const lines = entries
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const hold = lines.find(({ kind }) => kind === "HOLD_CREATED");
    expect(hold).toMatchObject({
      fromPerson: seller.personId,
      to: buyer.account,
      toPerson: null,
      toName: null,
    });
    expect(hold.fromName).toContain("見本");
    expect(hold.enteredAt).toMatch(/\+09:00$/);
    expect(lines.some(({ to, kind }) => kind === "ISSUE" && to === buyer.account)).toBe(false);
    // In the words of the law for who reads it, beside the API's own.
    const issued = lines.find(({ kind }) => kind === "ISSUE");
    expect(issued).toMatchObject({ kindText: "発行", basisText: "当初記載", basisArticle: "TA 186" });
    expect(issued.basisArticleText).toBe("信託法186条");
  });

  it("an auditor has no names, and names want a purpose", async () => {
    const { issueId } = await traded(world);
    const order = { kind: "REGISTER", format: "CSV", names: true };
    const ask = (secret: string, body: object) =>
      world.ask(secret, "createExport", { params: { id: issueId }, body });
    expect((await ask(world.auditor.secret, { ...order, purpose: "監査" })).code).toBe("FORBIDDEN");
    expect((await ask(world.trustee.secret, order)).problem).toMatchObject({ pointer: "/purpose" });
    const csv = (await exported(world.auditor.secret, issueId, {})).toString();
    expect(csv).not.toContain("氏名又は名称,");
    expect(csv).not.toContain("見本");
  });

  it("each reading of names is written down with its purpose, a part too", async () => {
    const { issueId } = await traded(world);
    const id = await readyExport(world, world.trustee.secret, issueId, named);
    await fileOf(world.trustee.secret, id);
    await fileOf(world.trustee.secret, id, { range: "bytes=10-19" });
    const { rows } = await world.owner.query(
      "select action, outcome, purpose, detail from audit_row where target = $1 order by id",
      [id],
    );
    expect(rows.map(({ action, outcome, purpose }) => [action, outcome, purpose])).toEqual([
      ["createExport", "done", "配当事務"],
      ["readExport", "read", "配当事務"],
      ["readExport", "read", "配当事務"],
    ]);
    expect(rows[2].detail).toMatchObject({ names: true, from: 10, to: 20 });
  });

  it("another's issue or export is not there, and the attempt is written down", async () => {
    const { issueId } = await traded(world);
    const stranger = await world.admit("trustee", "staff:stranger");
    const order = { kind: "REGISTER", format: "CSV" };
    const tried = await world.ask(stranger.secret, "createExport", { params: { id: issueId }, body: order });
    const old = await world.ask(stranger.secret, "exportRegister", { params: { id: issueId }, query: {} });
    const id = await readyExport(world, world.trustee.secret, issueId);
    const looked = await world.ask(stranger.secret, "getExport", { params: { id } });
    const read = await world.ask(stranger.secret, "readExport", { params: { id } });
    expect([tried.status, old.status, looked.status, read.status]).toEqual([404, 404, 404, 404]);
    const { rows } = await world.owner.query(
      "select action, target, outcome from audit_row where party_id = $1 and outcome = 'refused' order by id",
      [stranger.partyId],
    );
    expect(rows.map(({ action, target }) => [action, target])).toEqual([
      ["createExport", issueId],
      ["exportRegister", issueId],
      ["getExport", id],
      ["readExport", id],
    ]);
  });
});

describe("a file that is read in pieces", () => {
  it("goes on from any byte, and from the beginning when it is another file", async () => {
    const { issueId } = await traded(world);
    const { secret } = world.auditor;
    for (const format of ["CSV", "XLSX"]) {
      const id = await readyExport(world, secret, issueId, { format, kind: "ENTRIES" });
      const whole = await fileOf(secret, id);
      const etag = String(whole.headers.etag);
      for (const from of [1, 100, whole.bytes.length - 1]) {
        const rest = await fileOf(secret, id, { range: `bytes=${from}-`, "if-range": etag });
        expect(rest.status).toBe(206);
        expect(rest.bytes.equals(whole.bytes.subarray(from))).toBe(true);
        expect(rest.headers["content-range"]).toBe(
          `bytes ${from}-${whole.bytes.length - 1}/${whole.bytes.length}`,
        );
      }
      expect((await fileOf(secret, id, { range: "bytes=5-", "if-range": '"other"' })).status).toBe(200);
    }
  });

  it("is cut off, and then refused, once a person in it was erased", async () => {
    const { issueId, holder } = await holderNamed("消去 される");
    const id = await readyExport(world, world.trustee.secret, issueId, named);
    await world.owner.query("update vault_subject set wrapped_key = null where person_id = $1", [
      holder.personId,
    ]);
    await expect(fileOf(world.trustee.secret, id)).rejects.toThrow();
    const again = await world.ask(world.trustee.secret, "readExport", { params: { id } });
    expect([again.status, again.problem.detail]).toEqual([409, "The export is changed."]);
    const fresh = (await exported(world.trustee.secret, issueId, named)).toString();
    expect(fresh).toContain(`${holder.personId},,,7`);
  });
});

describe("record-date lists", () => {
  it("are exported as they were frozen, and not before [TA 189]", async () => {
    const frozen = await recordDate(world, true);
    const { rows } = await world.owner.query("select issue_id from record_date where id = $1", [frozen]);
    const issueId = rows[0].issue_id;
    const list = { kind: "RECORD_DATE", format: "CSV", recordDateId: frozen };
    const before = await exported(world.trustee.secret, issueId, list);
    const { account } = await world.open(world.broker, unused());
    await world.ledger.issue(issueId, account, 9n);
    expect((await exported(world.trustee.secret, issueId, list)).equals(before)).toBe(true);
    const waiting = await recordDate(world, false);
    const ask = (body: object) =>
      world.ask(world.trustee.secret, "createExport", { params: { id: issueId }, body });
    expect((await ask({ ...list, recordDateId: waiting })).code).toBe("NOT_FOUND");
    expect((await ask({ ...list, version: 2 })).code).toBe("STATE_CONFLICT");
    expect((await ask({ ...list, asOf: "2021-08-02" })).problem).toMatchObject({ pointer: "/asOf" });
    expect((await ask({ kind: "RECORD_DATE", format: "CSV" })).problem).toMatchObject({
      pointer: "/recordDateId",
    });
    expect((await ask({ ...list, kind: "REGISTER" })).problem).toMatchObject({ pointer: "/recordDateId" });
  });
});
