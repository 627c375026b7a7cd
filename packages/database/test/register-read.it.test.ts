import { registerPage } from "@genbo/database/register/read";
import { totalsByClass } from "@genbo/database/register/read-classes";
import { entriesPage } from "@genbo/database/register/read-entries";
import { holderHistory } from "@genbo/database/register/read-holder";
import { type Moment, positionOf } from "@genbo/database/register/read-position";
import type { RegisterRow } from "@genbo/database/register/row";
import type { Pool } from "@genbo/database/sql/connection";
import { lastInstantOf } from "@genbo/domain/jst";
import { zeroWord } from "@genbo/domain/words";
import { advance, fold } from "@genbo/register/fold";
import { sumLots } from "@genbo/register/lots";
import { type ChainEntry, emptyState, type Holding, type IssueState } from "@genbo/register/state";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { acts, entriesOf } from "../../register/test/acts.ts";
import { account, firstDay, personOf } from "../../register/test/chain.ts";
import { classBitsOf, custodianOf, type WrittenIssue, writeIssue } from "./register-rows.ts";

let pool: Pool;
let written: WrittenIssue;
/** A fixed random history of 6 accounts of 3 persons over some months. */
const entries: ChainEntry[] = entriesOf(
  fc.sample(fc.array(acts, { minLength: 30, maxLength: 30 }), { seed: 2021, numRuns: 1 })[0]!.flat(),
).entries;
const upTo = (seq: number): IssueState =>
  entries.slice(0, seq).reduce((state, e) => fold(state, e, personOf), emptyState());

beforeAll(async () => {
  const database = await createTestDatabase();
  pool = database.pool("genbo_api");
  written = await writeIssue(database.pool("genbo"), entries, personOf);
});

const at = async (moment: Moment) => (await positionOf(pool, written.issueId, moment))!;

async function wholeRegister(moment: Moment, filter = {}, limit = 2): Promise<RegisterRow[]> {
  const position = await at(moment);
  const rows: RegisterRow[] = [];
  for (let after: string | undefined; ; ) {
    const page = await registerPage(pool, position, { ...filter, after, limit });
    rows.push(...page.rows);
    if (page.next === null) return rows;
    expect(page.rows).toHaveLength(limit);
    after = page.next;
  }
}

const rowOf = ({ person, ...holding }: Holding) => ({ personId: person, ...holding });
const rowsOf = (state: IssueState) =>
  [...state.holdings.values()].map(rowOf).sort((a, b) => (a.account < b.account ? -1 : 1));

test("the history is long enough to say something", () => {
  expect(entries.length).toBeGreaterThan(200);
  expect(new Set(entries.map((entry) => entry.kind))).toEqual(new Set([1, 2, 3, 6, 7, 8, 9]));
});

describe("as of any entry", () => {
  test("the register is the replay up to it, page by page", async () => {
    for (let seq = 0; seq <= entries.length; seq += 7) {
      expect(await wholeRegister({ seq })).toEqual(rowsOf(upTo(seq)));
    }
    expect(await wholeRegister({})).toEqual(rowsOf(upTo(entries.length)));
  });

  test("the figures and the head are those of the replay", async () => {
    const state = emptyState();
    for (const entry of entries) {
      advance(state, entry, personOf);
      if (entry.seq % 5 !== 0) continue;
      const { head, totals } = await at({ seq: entry.seq });
      const { units, holders, accounts } = state;
      expect({ head, totals }).toEqual({ head: state.head, totals: { units, holders, accounts } });
    }
  });

  test("each row's lots sum to its units", async () => {
    for (const row of await wholeRegister({})) expect(sumLots(row.lots)).toBe(row.units);
  });
});

describe("a moment", () => {
  test("is the last entry at or before it, by time, day and block", async () => {
    for (const entry of entries.filter((_, index) => index % 11 === 0)) {
      const last = entries.findLast((each) => each.blockTime <= entry.blockTime)!;
      const time = new Date(entry.blockTime * 1000);
      const day = Math.floor((entry.blockTime + 9 * 3600) / 86_400);
      const block = written.blockOf(entry);
      const before = entries.findLast((each) => each.blockTime < entry.blockTime)?.seq ?? 0;
      expect((await at({ asOf: time })).seq).toBe(last.seq);
      expect((await at({ asOf: new Date(time.getTime() - 1) })).seq).toBe(before);
      expect((await at({ asOf: lastInstantOf(day) })).seq).toBe(last.seq);
      expect((await at({ asOf: lastInstantOf(day - 1) })).seq).toBe(before);
      expect((await at({ block })).seq).toBe(last.seq);
      expect((await at({ block: block - 1 })).seq).toBe(before);
    }
  });

  test("of the past names the entry's own block, of the present the cursor's", async () => {
    const entry = entries[100]!;
    const last = entries.findLast((each) => each.blockTime === entry.blockTime)!;
    const block = written.blocks[written.blockOf(last)]!;
    const past = await at({ asOf: new Date(entry.blockTime * 1000 + 1) });
    expect(past).toMatchObject({ seq: last.seq, block: block.number, hash: block.hash, head: last.head });
    expect(past.time.getTime()).toBe(block.time * 1000);
    const present = await at({});
    const now = written.blocks.at(-1)!;
    expect(present).toMatchObject({ seq: entries.length, block: now.number, hash: now.hash });
    const end = entries.at(-1)!;
    const named = await at({ asOf: new Date("2099-01-01Z") });
    // What has a moment has the same bytes when the chain goes on.
    expect(named).toMatchObject({ seq: end.seq, block: written.blockOf(end) });
  });

  test("before the first entry is empty", async () => {
    const nothing = await at({ asOf: lastInstantOf(firstDay - 1) });
    expect(nothing).toMatchObject({
      seq: 0,
      head: zeroWord,
      block: 0,
      totals: { units: 0n, holders: 0, accounts: 0 },
    });
    expect((await registerPage(pool, nothing, { limit: 9 })).rows).toEqual([]);
    expect((await entriesPage(pool, nothing, { limit: 9 })).lines).toEqual([]);
  });

  test("of an issue without entries is empty, of a database without blocks nothing", async () => {
    expect((await positionOf(pool, "iss_none"))!.seq).toBe(0);
    const fresh = (await createTestDatabase()).pool("genbo_api");
    expect(await positionOf(fresh, written.issueId)).toBeUndefined();
  });
});

describe("filters", () => {
  test("a broker's view has its own customers only", async () => {
    for (const seq of [50, 120, entries.length]) {
      const all = rowsOf(upTo(seq));
      for (const custodianId of [1, 2]) {
        const own = all.filter((row) => custodianOf(row.account) === custodianId);
        expect(await wholeRegister({ seq }, { custodianId })).toEqual(own);
      }
    }
    expect(await wholeRegister({}, { custodianId: 3 })).toEqual([]);
  });

  test("a person's view has all of the person's accounts", async () => {
    const personId = personOf(account(0));
    const own = rowsOf(upTo(120)).filter((row) => row.personId === personId);
    expect(await wholeRegister({ seq: 120 }, { personId }, 1)).toEqual(own);
  });

  test("classes sum to the issue's units", async () => {
    const position = await at({ seq: 150 });
    const classes = await totalsByClass(pool, position);
    const all = rowsOf(upTo(150));
    const expected = [1, 8].map((classBits) => {
      const own = all.filter((row) => classBitsOf(row.account) === classBits);
      const units = own.reduce((sum, row) => sum + row.units, 0n);
      return { classBits, holders: new Set(own.map((row) => row.personId)).size, units };
    });
    expect(classes).toEqual(expected.filter((each) => each.holders > 0));
  });
});

describe("entries", () => {
  test("come in order, without a gap, up to the position", async () => {
    const position = await at({ seq: 130 });
    const lines = [];
    for (let after: number | undefined; ; ) {
      const page = await entriesPage(pool, position, { after, limit: 50 });
      lines.push(...page.lines);
      if (page.next === null) break;
      after = page.next;
    }
    const emitted = lines.map(({ seq, kind, basis, units, ref, data, head }) => ({
      seq,
      kind,
      basis,
      units,
      ref,
      data,
      head,
    }));
    expect(emitted).toEqual(entries.slice(0, 130).map(({ from, to, blockTime, ...fields }) => fields));
  });

  test("of a broker or a person are those that concern its accounts", async () => {
    const touching = (own: (of: string) => boolean) =>
      entries.filter(({ from, to }) => own(from) || own(to)).map((entry) => entry.seq);
    const position = await at({});
    const broker = await entriesPage(pool, position, { custodianId: 1, limit: 1_000 });
    const isCustomer = (of: string) => BigInt(of) > 0n && custodianOf(of) === 1;
    expect(broker.lines.map((line) => line.seq)).toEqual(touching(isCustomer));
    const personId = personOf(account(2));
    const person = await entriesPage(pool, position, { personId, limit: 1_000 });
    expect(person.lines.map((line) => line.seq)).toEqual(
      touching((of) => BigInt(of) > 0n && personOf(of) === personId),
    );
  });
});

test("a holder's history is each period that stood by then, open where it had not ended", async () => {
  const personId = personOf(account(0));
  const history = await holderHistory(pool, await at({ seq: 120 }), personId, { limit: 1_000 });
  const pages = [];
  for (let after: (typeof history)[number] | undefined; ; ) {
    const page = await holderHistory(pool, await at({ seq: 120 }), personId, { after, limit: 1 });
    pages.push(...page.slice(0, 1));
    if (page.length < 2) break;
    after = page[0];
  }
  expect(pages).toEqual(history);
  for (const period of history) {
    const first = rowsOf(upTo(period.fromSeq)).find((row) => row.account === period.account);
    expect(period).toMatchObject({ units: first!.units, encumbered: first!.encumbered, lots: first!.lots });
    expect(period.from.getTime()).toBe(entries[period.fromSeq - 1]!.blockTime * 1000);
  }
  const open = history.filter((period) => period.toSeq === null);
  const standing = rowsOf(upTo(120)).filter((row) => row.personId === personId);
  expect(open.map((period) => period.account).sort()).toEqual(standing.map((row) => row.account));
});
