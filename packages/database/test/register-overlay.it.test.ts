import { registerPage } from "@genbo/database/register/read";
import { totalsByClass } from "@genbo/database/register/read-classes";
import { entriesPage } from "@genbo/database/register/read-entries";
import { correctionsBetween, type Reading, readingOf } from "@genbo/database/register/read-overlay";
import { type PersonRow, personsPage } from "@genbo/database/register/read-persons";
import { type Moment, positionOf } from "@genbo/database/register/read-position";
import type { RegisterRow } from "@genbo/database/register/row";
import { readTree } from "@genbo/database/register/tree";
import type { Pool } from "@genbo/database/sql/connection";
import { correct } from "@genbo/register/correct";
import { verifyPath } from "@genbo/register/merkle";
import { correctionsOf } from "@genbo/register/rectification";
import type { ChainEntry, IssueState } from "@genbo/register/state";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { personOf } from "../../register/test/chain.ts";
import { knownCorrections, ratiosOf, rectifiedSample, replayed } from "../../register/test/rectified.ts";
import { classBitsOf, custodianOf, type WrittenIssue, writeIssue } from "./register-rows.ts";

/** A fixed random history; its first part is a register of its own, which knows nothing of the rest. */
const entries: ChainEntry[] = rectifiedSample(201);
const half = Math.floor(entries.length / 2);
let [pool, early]: Pool[] = [];
let [written, begun]: WrittenIssue[] = [];

beforeAll(async () => {
  const database = await createTestDatabase();
  const other = await createTestDatabase();
  [pool, early] = [database.pool("genbo_api"), other.pool("genbo_api")];
  written = await writeIssue(database.pool("genbo"), entries, personOf);
  begun = await writeIssue(other.pool("genbo"), entries.slice(0, half), personOf);
});

async function read(asOf: Moment, knownAt: Moment, of: "all" | "early" = "all"): Promise<Reading> {
  const [db, issue] = of === "all" ? [pool!, written!] : [early!, begun!];
  const at = async (moment: Moment) => (await positionOf(db, issue.issueId, moment))!;
  return readingOf(db, await at(asOf), await at(knownAt));
}

async function rowsOf(reading: Reading, filter = {}, db = pool!): Promise<RegisterRow[]> {
  const rows: RegisterRow[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await registerPage(db, reading, { ...filter, after, limit: 2 });
    expect(page.rows.length).toBeLessThanOrEqual(2);
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}

/** The persons of a reading, page by page. @param large reads as a register of many accounts is read */
async function personsOf(reading: Reading, large: boolean, custodianId?: number): Promise<PersonRow[]> {
  const at = large ? { ...reading, totals: { ...reading.totals, accounts: 1_000_000 } } : reading;
  const rows: PersonRow[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await personsPage(pool!, at, { custodianId, after, limit: 2 });
    expect(page.rows.length).toBeLessThanOrEqual(2);
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}

const groupedByPerson = (rows: readonly RegisterRow[]): PersonRow[] =>
  [...new Set(rows.map(({ personId }) => personId))]
    .sort()
    .map((personId) => ({ personId, holdings: rows.filter((row) => row.personId === personId) }));

/** The corrected history in memory, by the pure fold. */
function expected(seq: number, knownSeq: number): IssueState {
  const state = replayed(entries, seq);
  const time = new Date(entries[seq - 1]!.blockTime * 1_000);
  correct(
    state,
    correctionsOf({ seq, time }, knownCorrections(entries, knownSeq)),
    personOf,
    ratiosOf(entries),
  );
  return state;
}
const rowsIn = (state: IssueState): RegisterRow[] =>
  [...state.holdings.values()]
    .map(({ person, lots, ...holding }) => ({ ...holding, lots: [...lots], personId: person }))
    .sort((a, b) => (a.account < b.account ? -1 : 1));

const questions = fc.sample(fc.tuple(fc.nat(), fc.nat()), { seed: 7, numRuns: 60 }).map(([at, later]) => {
  const seq = 1 + (at % entries.length);
  return [seq, seq + (later % (entries.length - seq + 1))] as const;
});

describe("what stood at one entry as known at another", () => {
  test("is the fold of the corrected history: rows, sums, classes, filters, proofs [TA 186]", async () => {
    let [corrected, acrossRatios] = [0, 0];
    for (const [seq, knownSeq] of questions) {
      const reading = await read({ seq }, { seq: knownSeq });
      const state = expected(seq, knownSeq);
      const rows = rowsIn(state);
      expect(await rowsOf(reading)).toEqual(rows);
      const { units, holders, accounts } = state;
      expect(reading.totals).toEqual({ units, holders, accounts });
      for (const custodianId of [1, 2]) {
        const own = rows.filter((row) => custodianOf(row.account) === custodianId);
        expect(await rowsOf(reading, { custodianId })).toEqual(own);
      }
      for (const personId of new Set(entries.map(({ to }) => personOf(to))))
        expect(await rowsOf(reading, { personId })).toEqual(rows.filter((row) => row.personId === personId));
      const classes = await totalsByClass(pool!, reading);
      for (const { classBits, units: sum, holders: persons } of classes) {
        const own = rows.filter((row) => classBitsOf(row.account) === classBits);
        expect(sum).toBe(own.reduce((total, row) => total + row.units, 0n));
        expect(persons).toBe(new Set(own.map((row) => row.personId)).size);
      }
      expect(classes.reduce((total, each) => total + each.units, 0n)).toBe(units);
      if (reading.overlay === null) continue;
      corrected += 1;
      const last = reading.overlay.made.at(-1)?.entry.seq ?? seq;
      acrossRatios += Number(ratiosOf(entries.slice(seq, last)).length > 0);
      const tree = await readTree(pool!, reading);
      for (const row of rows) expect(verifyPath(row, tree.find(row.account)!.path, tree.root)).toBe(true);
    }
    expect(corrected).toBeGreaterThan(20);
    expect(acrossRatios).toBeGreaterThan(5);
  });

  test("is the same when more has entered since", async () => {
    for (const [seq, knownSeq] of questions.filter(([, knownSeq]) => knownSeq <= half)) {
      const [then, now] = [
        await read({ seq }, { seq: knownSeq }, "early"),
        await read({ seq }, { seq: knownSeq }),
      ];
      const { issueId: _, knownAt: _k, ...before } = then;
      expect(now).toMatchObject({ ...before, knownAt: { seq: knownSeq, head: then.knownAt.head } });
      expect(await rowsOf(now)).toEqual(await rowsOf(then, {}, early!));
    }
  });

  test("known at the same entry is the chain's own state", async () => {
    for (const [seq] of questions) {
      const reading = await read({ seq }, { seq });
      expect(reading.overlay).toBeNull();
      expect(await rowsOf(reading)).toEqual(rowsIn(replayed(entries, seq)));
    }
  });
});

test("a line shows what it corrects, and by what it was corrected as far as that was known", async () => {
  const last = entries.length;
  for (const knownSeq of [half, last]) {
    const reading = await read({ seq: half }, { seq: knownSeq });
    const { lines } = await entriesPage(pool!, reading, { limit: 1_000 }, knownSeq);
    const known = knownCorrections(entries, knownSeq);
    expect(lines.map(({ correctedBy }) => correctedBy)).toEqual(
      entries
        .slice(0, half)
        .map(({ seq }) => known.flatMap(({ corrects, entry }) => (corrects === seq ? [entry.seq] : []))),
    );
    const said = new Map(known.map(({ corrects, entry }) => [entry.seq, corrects]));
    expect(lines.map(({ corrects }) => corrects)).toEqual(lines.map(({ seq }) => said.get(seq) ?? null));
  }
});

test("the persons of a state have all their accounts together, however many there are [TA 189]", async () => {
  let several = 0;
  for (const [seq, knownSeq] of questions) {
    const reading = await read({ seq }, { seq: knownSeq });
    const rows = rowsIn(expected(seq, knownSeq));
    several += groupedByPerson(rows).filter(({ holdings }) => holdings.length > 1).length;
    for (const large of [false, true]) {
      expect(await personsOf(reading, large)).toEqual(groupedByPerson(rows));
      for (const custodianId of [1, 2]) {
        const own = rows.filter((row) => custodianOf(row.account) === custodianId);
        expect(await personsOf(reading, large, custodianId)).toEqual(groupedByPerson(own));
      }
    }
  }
  expect(several).toBeGreaterThan(20);
});

test("tells which corrections touch a state, whenever they were entered", async () => {
  for (const [seq] of questions) {
    const at = (await positionOf(pool!, written!.issueId, { seq }))!;
    const touching = correctionsOf({ seq, time: at.legalTime }, knownCorrections(entries));
    expect((await correctionsBetween(pool!, at)).map(({ entry }) => entry.seq)).toEqual(
      touching.map(({ entry }) => entry.seq),
    );
  }
});
