import { randomBytes } from "node:crypto";
import { positionOf } from "@genbo/database/register/read-position";
import { rootOfState } from "@genbo/database/register/tree";
import { dayOf, isoOfDay } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { createRoot, leafOf } from "@genbo/register/merkle";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { start } from "./support/api.ts";
import { bondTerms, customer, group, issueDraft } from "./support/samples.ts";
import { recordDateSet } from "./support/successes.ts";
import { readyExport } from "./support/successes-exports.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type Holder, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const set = (id: string, body: object) =>
  world.ask(world.trustee.secret, "setRecordDate", { params: { id }, body });
const trust = { day: "2022-01-31", purpose: "分配" };

describe("a record date of a trust", () => {
  it("keeps until when the right is exercised, and notice or clause [TA 189]", async () => {
    const id = await world.activeIssue();
    const terms = { ...trust, exerciseUntil: "2022-04-30", noticeOn: "2022-01-14" };
    expect((await set(id, terms)).body).toMatchObject({ ...terms, deedClauseRef: null });
    const { body } = await world.ask(world.trustee.secret, "listRecordDates", { params: { id } });
    expect(body.items).toMatchObject([terms]);
  });

  it.each([
    [{}, ["EXERCISE_DATE_MISSING", "NOTICE_MISSING"]],
    [{ exerciseUntil: "2022-05-01", deedClauseRef: "第20条" }, ["EXERCISE_OUTSIDE_PERIOD"]],
    [{ exerciseUntil: "2022-02-28", noticeOn: "2022-01-17" }, ["NOTICE_TOO_LATE"]],
  ])("with %j is refused, named, and written down [TA 189]", async (terms, codes) => {
    const id = await world.activeIssue();
    const answer = await set(id, { ...trust, ...terms });
    expect([answer.status, answer.code]).toEqual([422, "RECORD_DATE_REFUSED"]);
    expect(answer.problem.failing?.map(({ code }) => code)).toEqual(codes);
    const rows = await world.owner.query("select 1 from record_date where issue_id = $1", [id]);
    expect(rows.rowCount).toBe(0);
    const audited = await world.owner.query(
      "select outcome, detail from audit_row where target = $1 and action = 'setRecordDate'",
      [id],
    );
    expect(audited.rows).toEqual([
      { outcome: "refused", detail: { code: "RECORD_DATE_REFUSED", failing: codes } },
    ]);
  });

  it("is held against the deed where it provides otherwise, and says so, as does the printed register [TA 189(5)]", async () => {
    const recordDates = { clause: "信託契約第21条", exerciseMonths: 6, noticeDays: 0 };
    const { terms } = issueDraft("") as { terms: object };
    const id = await world.activeIssue({ terms: { ...terms, recordDates } } as never);
    const long = { ...trust, exerciseUntil: "2022-07-31" };
    expect((await set(id, long)).body).toMatchObject({ exerciseUntil: "2022-07-31", deed: recordDates });
    const { body } = await world.ask(world.trustee.secret, "listRecordDates", { params: { id } });
    expect(body.items).toMatchObject([{ deed: recordDates }]);
    const query = { purpose: "確認" };
    const book = await world.ask(world.trustee.secret, "printRegister", { params: { id }, query });
    expect(book.body.items.find(({ key }) => key === "recordDates")).toMatchObject({
      article: "TAR 19(viii), TA 189(5)",
      value: recordDates,
    });
    const later = await set(id, { ...long, purpose: "償還", exerciseUntil: "2022-08-01" });
    expect(later.problem.failing?.map(({ code }) => code)).toEqual(["EXERCISE_OUTSIDE_PERIOD"]);
    // Where the deed says nothing the law stands.
    const silent = await set(await world.activeIssue(), { ...long, deedClauseRef: "第20条" });
    expect(silent.problem.failing?.map(({ code }) => code)).toEqual(["EXERCISE_OUTSIDE_PERIOD"]);
  });

  it("lists each holder with lots, and the pledgee who may collect first [TA 189]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const ref = `0x${"d1".repeat(32)}`;
    const pledge = { ref, from: seller.account, to: buyer.account, units: 30n, kind: "PLEDGE" as const };
    await world.ledger.hold(issueId, pledge);
    const second = { ref: `0x${"d2".repeat(32)}`, behind: ref, units: 20n };
    await world.ledger.pledgeBehind(issueId, { ...second, from: seller.account, to: buyer.account });
    const { body } = await set(issueId, recordDateSet);
    await world.db.pool("genbo_indexer").query(
      `insert into record_date_list
         (record_date_id, version, issue_id, seq, known_seq, head, units, holders, block_number, block_hash, frozen_at)
       select $1, 1, issue_id, seq, seq, head, total_units, total_holders, block_number, block_hash, block_time
       from entry where issue_id = $2 order by seq desc limit 1`,
      [body.id, issueId],
    );
    const list = await world.ask(world.trustee.secret, "readRecordDateList", { params: { id: body.id } });
    expect(list.body.items).toMatchObject([
      {
        personId: seller.personId,
        units: "100",
        encumbered: "30",
        lots: [{ acquiredOn: "2021-08-02", units: "100" }],
        taxCategory: "RESIDENT_INDIVIDUAL",
        holder: null,
        accounts: [
          {
            account: seller.account,
            units: "100",
            attached: "0",
            pledges: [
              {
                ...{ holdId: ref, pledgee: buyer.account, pledgeePersonId: buyer.personId, units: "30" },
                ...{ name: null, address: null, rank: 1, waiting: "0" },
              },
              { holdId: second.ref, units: "0", rank: 2, waiting: "20" },
            ],
          },
        ],
      },
    ]);
    expect(list.body).toMatchObject({ corrections: [], changes: [] });

    const ask = (secret: string, query: Record<string, string>) =>
      world.ask(secret, "readRecordDateList", { params: { id: body.id }, query });
    expect((await ask(world.trustee.secret, { names: "true" })).problem).toMatchObject({
      pointer: "query/purpose",
    });
    const named = await ask(world.trustee.secret, { names: "true", purpose: "配当事務" });
    expect(named.body.items[0]).toMatchObject({
      holder: {
        address: { prefecture: "東京都" },
        coOwners: null,
        coOwnersRepresentative: null,
        rightsRest: false,
      },
      accounts: [
        { pledges: [{ name: { kanji: expect.any(String) }, address: { prefecture: "東京都" } }, {}] },
      ],
    });
    // The pledgee is another broker's customer.
    const own = await ask(world.broker.secret, { names: "true" });
    expect(own.body.items[0]).toMatchObject({
      holder: { address: { prefecture: "東京都" } },
      accounts: [{ pledges: [{ pledgee: buyer.account, name: null, address: null }, { name: null }] }],
    });
    expect((await ask(world.other.secret, {})).body.items).toEqual([]);
    const { rows } = await world.owner.query(
      "select purpose from audit_row where target = $1 and outcome = 'read' order by id",
      [body.id],
    );
    expect(rows.map(({ purpose }) => purpose)).toEqual([
      ...[recordDateSet.purpose, "配当事務", "own customer", recordDateSet.purpose],
    ]);
    expect(
      (await ask(world.auditor.secret, { names: "true", purpose: "監査" })).body.items[0]?.holder,
    ).toBeNull();
  });

  it("keeps the tax status of its day, whatever it becomes later [TA 189]", async () => {
    const { issueId, seller } = await traded(world);
    const { body } = await set(issueId, recordDateSet);
    await world.db.pool("genbo_indexer").query(
      `insert into record_date_list
         (record_date_id, version, issue_id, seq, known_seq, head, units, holders, block_number, block_hash, frozen_at)
       select $1, 1, issue_id, seq, seq, head, total_units, total_holders, block_number, block_hash, block_time
       from entry where issue_id = $2 order by seq desc limit 1`,
      [body.id, issueId],
    );
    const read = async () =>
      (await world.ask(world.trustee.secret, "readRecordDateList", { params: { id: body.id } })).text;
    const before = await read();
    const abroad = { taxCategory: "NON_RESIDENT_INDIVIDUAL", evidenceRef: "todokede-1" } as const;
    const params = { id: seller.investorId };
    world.clock.set(new Date("2021-08-20T03:00:00Z"));
    const changed = await world.ask(world.broker.secret, "changeParticulars", {
      params,
      body: { ...abroad, effectiveOn: isoAfter(recordDateSet.day) },
    });
    expect(changed.status).toBe(202);
    const told = await world.owner.query(
      "select tax_category from tax_status where person_id = $1 order by known_at",
      [seller.personId],
    );
    expect(told.rows).toEqual([
      { tax_category: "RESIDENT_INDIVIDUAL" },
      { tax_category: "NON_RESIDENT_INDIVIDUAL" },
    ]);
    expect(await read()).toBe(before);
  });
});

it("a bond's record date follows from its terms, not from the Trust Act", async () => {
  const id = await world.activeIssue({ profile: "BOND", terms: bondTerms } as never);
  expect((await set(id, { ...trust, noticeOn: "2022-02-01" })).status).toBe(201);
});

describe("a frozen list", () => {
  beforeEach(() => world.clock.set(start));

  /** Sets a record date and freezes it as the indexer does, with what has entered so far. */
  async function frozen(issueId: string): Promise<string> {
    const { body } = await set(issueId, recordDateSet);
    await world.db.pool("genbo_indexer").query(
      `insert into record_date_list
         (record_date_id, version, issue_id, seq, known_seq, head, units, holders, block_number, block_hash, frozen_at)
       select $1, 1, issue_id, seq, seq, head, total_units, total_holders, block_number, block_hash, block_time
       from entry where issue_id = $2 order by seq desc limit 1`,
      [body.id, issueId],
    );
    return body.id;
  }
  const read = (id: string, query: Record<string, string> = { names: "true", purpose: "配当事務" }) =>
    world.ask(world.trustee.secret, "readRecordDateList", { params: { id }, query });
  const again = async (of: Holder): Promise<string> => {
    const { body } = await world.ask(world.broker.secret, "registerWallet", {
      body: { investorId: of.investorId, address: `0x${randomBytes(20).toString("hex")}` },
    });
    const asked = await world.owner.query("select args from command where operation_id = $1", [
      body.operationId,
    ]);
    await world.ledger.record(asked.rows.map(({ args }) => args));
    return body.address;
  };

  it("has one row for a person, whose accounts are the leaves of the list's root [TA 189] [TA 186(iv)]", async () => {
    const issueId = await world.activeIssue();
    const holder = await world.open(world.broker, unused());
    await world.ledger.issue(issueId, holder.account, 4n);
    world.ledger.at(new Date("2021-08-05T00:00:00Z"));
    const second = await again(holder);
    await world.ledger.issue(issueId, second, 3n);
    await world.ledger.issue(issueId, holder.account, 2n);
    const others = [await world.open(world.broker, unused()), await world.open(world.other, unused())];
    for (const { account } of others) await world.ledger.issue(issueId, account, 1n);
    const id = await frozen(issueId);
    const rows: Awaited<ReturnType<typeof read>>["body"]["items"] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { body } = await read(id, { limit: "1", ...(cursor && { cursor }) });
      expect(body.items).toHaveLength(1);
      rows.push(...body.items);
      cursor = body.next;
    }
    expect(rows.map(({ personId }) => personId)).toEqual(
      [holder, ...others].map(({ personId }) => personId).sort(),
    );
    const row = rows.find(({ personId }) => personId === holder.personId)!;
    expect(row).toMatchObject({
      units: "9",
      lots: [
        { acquiredOn: "2021-08-02", units: "4" },
        { acquiredOn: "2021-08-05", units: "5" },
      ],
    });
    expect(row.accounts.map(({ account }) => account)).toEqual([holder.account, second].sort());
    const root = createRoot();
    const leaves = rows.flatMap(({ accounts }) => accounts).sort((a, b) => (a.account < b.account ? -1 : 1));
    for (const { account, units, encumbered, lots } of leaves) {
      const said = lots.map((lot) => ({ acquiredOn: dayOf(lot.acquiredOn), units: BigInt(lot.units) }));
      const leaf = { account, units: BigInt(units), encumbered: BigInt(encumbered), lots: said };
      root.add(account, leafOf(leaf));
    }
    const at = await positionOf(world.owner, issueId);
    expect(root.root()).toBe(await rootOfState(world.owner, at!));
    expect((await read(id, { cursor: holder.account })).problem.pointer).toBe("query/cursor");
  });

  it("keeps a pledge on the wallet that was lost later [TA 189] [TA 200(2)]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const ref = `0x${randomBytes(32).toString("hex")}`;
    const pledge = { ref, from: seller.account, to: buyer.account, units: 30n, kind: "PLEDGE" as const };
    await world.ledger.hold(issueId, pledge);
    const id = await frozen(issueId);
    const before = await read(id);
    expect(before.body.items[0]!.accounts[0]!.pledges).toMatchObject([{ holdId: ref, units: "30" }]);
    const replacement = await again(seller);
    const [made] = (await world.owner.query("select data from entry where ref = $1", [ref])).rows;
    await world.ledger.enter(issueId, "HOLD_CHANGED", {
      ...{ from: seller.account, to: replacement, units: 30n, ref, data: made.data },
      basis: basisCode("WALLET_RECOVERY"),
    });
    expect((await read(id)).text).toBe(before.text);
  });

  it("names who exercises the rights of co-owners, and where nobody may [TA 193] [CA 686]", async () => {
    const issueId = await world.activeIssue();
    const unnamed = group(unused());
    const { coOwners } = unnamed.particulars;
    const named = group(unused());
    const withOne = { ...named.particulars, coOwners: { ...coOwners, representative: 1 } };
    const [a, b] = [
      await world.open(world.broker, unnamed.externalId, unnamed),
      await world.open(world.broker, named.externalId, { ...named, particulars: withOne }),
    ];
    for (const { account } of [a, b]) await world.ledger.issue(issueId, account, 2n);
    const id = await frozen(issueId);
    const { body } = await read(id);
    const of = ({ personId }: Holder) => body.items.find((row) => row.personId === personId)!.holder;
    expect(of(a)).toMatchObject({ rightsRest: true, coOwnersRepresentative: null });
    expect(of(b)).toMatchObject({
      rightsRest: false,
      coOwnersRepresentative: { name: coOwners.members[1]!.name },
    });
    const file = { kind: "RECORD_DATE", format: "JSONL", recordDateId: id, names: true, purpose: "配当事務" };
    const exportId = await readyExport(world, world.trustee.secret, issueId, file);
    const { body: text } = await world.app.inject({
      url: `/v1/exports/${exportId}/content`,
      headers: { authorization: `Bearer ${world.trustee.secret}` },
    });
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ personId }) => personId)).toEqual([a, b].map(({ personId }) => personId).sort());
    const line = (holder: Holder) => lines.find(({ personId }) => personId === holder.personId);
    expect(line(a)).toMatchObject({ rightsBy: "未指定（権利の行使不可）", units: "2", personUnits: "2" });
    expect(line(b)).toMatchObject({
      ...{ rightsBy: coOwners.members[1]!.name, taxCategory: "RESIDENT_INDIVIDUAL", attachedUnits: "0" },
    });
  });

  it("names a holder as the register did at 24:00 JST, not when the last units moved [TA 186(iii)]", async () => {
    const issueId = await world.activeIssue();
    const holder = await world.open(world.broker, unused());
    await world.ledger.issue(issueId, holder.account, 2n);
    const id = await frozen(issueId);
    const renamed = async (kanji: string, at: string) => {
      const { particulars } = customer("x");
      world.clock.set(new Date(at));
      const { body } = await world.ask(world.broker.secret, "changeParticulars", {
        params: { id: holder.investorId },
        body: {
          particulars: { ...particulars, name: { ...particulars.name, kanji } },
          effectiveOn: at.slice(0, 10),
          evidenceRef: "todokede-2",
        },
      });
      const asked = await world.owner.query("select args from command where operation_id = $1 order by row", [
        body.operationId,
      ]);
      world.ledger.at(new Date(at));
      await world.ledger.record(asked.rows.map(({ args }) => args));
    };
    const nameOf = async () => (await read(id)).body.items[0]?.holder?.name;
    await renamed("改姓 前日", "2021-08-10T14:59:58Z");
    expect(await nameOf()).toMatchObject({ kanji: "改姓 前日" });
    await renamed("改姓 翌日", "2021-08-10T15:00:00Z");
    expect(await nameOf()).toMatchObject({ kanji: "改姓 前日" });
  });
});

const isoAfter = (day: string): string => isoOfDay(dayOf(day) + 1);
