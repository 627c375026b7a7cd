import { dayOfIso, isoOfDay } from "@genbo/domain/jst";
import { beforeAll, describe, expect, it } from "vitest";
import { bondTerms } from "./support/samples.ts";
import { recordDateSet } from "./support/successes.ts";
import { traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

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

  it("lists each holder with lots, and the pledgee who may collect first [TA 189]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const ref = `0x${"d1".repeat(32)}`;
    const pledge = { ref, from: seller.account, to: buyer.account, units: 30n, kind: "PLEDGE" as const };
    await world.ledger.hold(issueId, pledge);
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
        account: seller.account,
        units: "100",
        lots: [{ acquiredOn: "2021-08-02", units: "100" }],
        pledges: [{ holdId: ref, pledgee: buyer.account, pledgeePersonId: buyer.personId, units: "30" }],
        taxCategory: "RESIDENT_INDIVIDUAL",
        particulars: null,
      },
    ]);
    expect(list.body).toMatchObject({ corrections: [], changes: [] });

    const ask = (secret: string, query: Record<string, string>) =>
      world.ask(secret, "readRecordDateList", { params: { id: body.id }, query });
    expect((await ask(world.trustee.secret, { names: "true" })).problem).toMatchObject({
      pointer: "query/purpose",
    });
    const named = await ask(world.trustee.secret, { names: "true", purpose: "配当事務" });
    expect(named.body.items[0]?.particulars?.address.prefecture).toBe("東京都");
    const { rows } = await world.owner.query("select purpose from audit_row where target = $1 order by id", [
      body.id,
    ]);
    expect(rows.map(({ purpose }) => purpose).slice(-2)).toEqual([recordDateSet.purpose, "配当事務"]);
    expect(
      (await ask(world.auditor.secret, { names: "true", purpose: "監査" })).body.items[0]?.particulars,
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

const isoAfter = (day: string): string => isoOfDay(dayOfIso(day)! + 1);
