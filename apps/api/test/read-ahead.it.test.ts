import { registerPage } from "@genbo/database/register/read";
import type { Reading } from "@genbo/database/register/read-overlay";
import type { RegisterRow } from "@genbo/database/register/row";
import type { Pool } from "@genbo/database/sql/connection";
import { expect, test } from "vitest";
import { createReadAhead, type ReadAhead } from "../src/register/read-ahead.ts";
import { rectifiedRegister } from "./support/rectified-register.ts";

const { pool, entries, readingAt } = await rectifiedRegister();

/** @param fails whether the n-th page that is read (from 1) cannot be read */
function counting(fails: (n: number) => boolean = () => false): { db: Pool; read: () => number } {
  let pages = 0;
  const query = async (statement: { name: string }) => {
    pages += 1;
    if (fails(pages)) throw new Error("the connection died");
    return pool.query(statement as never);
  };
  return { db: { query } as unknown as Pool, read: () => pages };
}

async function walk(ahead: ReadAhead, at: Reading, limit: number): Promise<RegisterRow[]> {
  const rows: RegisterRow[] = [];
  for (let after: string | undefined; ; ) {
    const page = await ahead.page(at, after, limit);
    rows.push(...page.rows);
    if (page.next === null) return rows;
    after = page.next;
  }
}

test("pages of several states that are walked in turns are each of their own state", async () => {
  const ahead = createReadAhead(pool);
  const last = entries.length;
  const middle = Math.floor(last / 2);
  const states = [[last], [last - 5], [middle], [middle, last]] as const;
  const readings = await Promise.all(states.map(([seq, known]) => readingAt(seq, known)));
  expect(readings[3]!.overlay?.accounts.size).toBeGreaterThan(0);
  const accounts = (await registerPage(pool, readings[0]!, { limit: 100 })).rows.map((row) => row.account);
  for (const after of [undefined, ...accounts]) {
    for (const at of readings)
      expect(await ahead.page(at, after, 1)).toEqual(await registerPage(pool, at, { after, limit: 1 }));
    // What one has read ahead is there when another asks for the same account.
    readings.reverse();
  }
});

test("a walk reads no page twice, and whoever stops at the first page has nothing read ahead", async () => {
  const at = await readingAt(entries.length);
  const { db, read } = counting();
  const ahead = createReadAhead(db);
  const first = await ahead.page(at, undefined, 1);
  expect(read()).toBe(1);
  const second = await ahead.page(at, first.next!, 1);
  expect(second.next).not.toBeNull();
  expect(read()).toBe(3);
  await ahead.page(at, second.next!, 1);
  expect(read()).toBeLessThanOrEqual(4);

  const whole = counting();
  const rows = await walk(createReadAhead(whole.db), at, 1);
  expect(rows.length).toBeGreaterThan(3);
  expect(whole.read()).toBe(rows.length);
});

test("what could not be read ahead is read when it is asked for", async () => {
  const at = await readingAt(entries.length);
  const { db } = counting((n) => n === 3);
  expect(await walk(createReadAhead(db), at, 1)).toEqual((await registerPage(pool, at, { limit: 100 })).rows);
});
