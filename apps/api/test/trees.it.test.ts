import { registerPage } from "@genbo/database/register/read";
import { rootOfState } from "@genbo/database/register/tree";
import type { Pool } from "@genbo/database/sql/connection";
import { leafOf, verifyPath } from "@genbo/register/merkle";
import fc from "fast-check";
import { expect, test } from "vitest";
import { account } from "../../../packages/register/test/chain.ts";
import { createTrees } from "../src/register/trees.ts";
import { rectifiedRegister } from "./support/rectified-register.ts";

const { pool, entries, readingAt } = await rectifiedRegister();

/** Statements that the pool was asked, by name. */
function counting(of: Pool): { pool: Pool; names: string[] } {
  const names: string[] = [];
  const query = (statement: { name: string }) => {
    names.push(statement.name);
    return of.query(statement as never);
  };
  return { pool: { query } as unknown as Pool, names };
}

test("states asked for in any order, at once, corrected or not: each holding's path leads to the root", async () => {
  const treeOf = createTrees(pool);
  const asked = fc.sample(fc.tuple(fc.nat(), fc.nat()), { seed: 5, numRuns: 60 }).map(([at, later]) => {
    const seq = 1 + (at % entries.length);
    return [seq, seq + (later % (entries.length - seq + 1))] as const;
  });
  const readings = await Promise.all(asked.map(([seq, known]) => readingAt(seq, known)));
  expect(readings.filter(({ overlay }) => overlay !== null).length).toBeGreaterThan(10);
  const states = await Promise.all(readings.map(treeOf));
  for (const [n, reading] of readings.entries()) {
    const state = states[n]!;
    expect(state.root).toBe(await rootOfState(pool, reading));
    const { rows } = await registerPage(pool, reading, { limit: 100 });
    for (const row of rows) {
      const proof = (await state.prove(row.account))!;
      expect(proof.row).toEqual(row);
      expect(proof.leaf).toBe(leafOf(row));
      expect(verifyPath(row, proof.path, state.root)).toBe(true);
    }
    expect(await state.prove(account(77))).toBeUndefined();
  }
});

test("only the first state of an issue reads the whole register", async () => {
  const { pool: counted, names } = counting(pool);
  const treeOf = createTrees(counted);
  const [last, before] = [entries.length, entries.length - 3];
  await Promise.all([treeOf(await readingAt(before, before)), treeOf(await readingAt(last, last))]);
  await treeOf(await readingAt(before, before));
  const pages = names.filter((name) => name.startsWith("register-page"));
  expect(pages).toHaveLength(1);
  expect(names.filter((name) => name === "register-holdings-changed")).toHaveLength(1);
});

test("whole registers are read one after the other, however many are asked for", async () => {
  let [reading, most] = [0, 0];
  const query = async (statement: string) => {
    reading += 1;
    most = Math.max(most, reading);
    const found = await pool.query(statement);
    reading -= 1;
    return found;
  };
  const treeOf = createTrees({ query } as unknown as Pool);
  const at = await readingAt(entries.length, entries.length);
  await Promise.all(Array.from({ length: 6 }, (_, n) => treeOf({ ...at, issueId: `iss_${n}` })));
  expect(most).toBe(1);
});
