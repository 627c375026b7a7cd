import { readTree, type StateTree, treeFrom } from "@genbo/database/register/tree";
import type { Pool } from "@genbo/database/sql/connection";
import { refOf } from "@genbo/domain/ids";
import { zeroWord } from "@genbo/domain/words";
import { leafOf } from "@genbo/register/merkle";
import { emptyTree } from "@genbo/register/merkle-tree";
import type { ChainEntry } from "@genbo/register/state";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { personOf } from "../../register/test/chain.ts";
import { rectifiedSample, replayed } from "../../register/test/rectified.ts";
import { type WrittenIssue, writeIssue } from "./register-rows.ts";

/** A fixed random history. */
const entries: ChainEntry[] = rectifiedSample(30);
let pool: Pool;
let written: WrittenIssue;
beforeAll(async () => {
  const database = await createTestDatabase();
  pool = database.pool("genbo_api");
  written = await writeIssue(database.pool("genbo"), entries, personOf);
});

const stateAt = (seq: number) => ({
  issueId: written.issueId,
  seq,
  head: seq === 0 ? zeroWord : entries[seq - 1]!.head,
});
const treeAt = (seq: number): StateTree => {
  const holdings = [...replayed(entries, seq).holdings.values()];
  const tree = emptyTree.with(new Map(holdings.map((holding) => [holding.account, leafOf(holding)])));
  return { ...stateAt(seq), tree };
};

test("the tree of any state, from that of any other, earlier or later, is the one made from scratch", async () => {
  const pairs = fc.sample(fc.tuple(fc.nat(entries.length), fc.nat(entries.length)), { seed: 4, numRuns: 80 });
  for (const [from, to] of pairs) {
    const { tree } = treeAt(to);
    expect((await readTree(pool, stateAt(to))).root).toBe(tree.root);
    const made = (await treeFrom(pool, treeAt(from), stateAt(to)))!;
    expect([made.root, made.size], `${to} from ${from}`).toEqual([tree.root, tree.size]);
  }
});

test("nothing is made of a state that the register has not, as after a local chain went back", async () => {
  const last = treeAt(entries.length);
  const earlier = stateAt(entries.length - 5);
  const strange = refOf("another chain");
  expect(await treeFrom(pool, { ...last, head: strange }, earlier)).toBeUndefined();
  expect(await treeFrom(pool, last, { ...earlier, head: strange })).toBeUndefined();
  expect(await treeFrom(pool, last, { ...earlier, seq: earlier.seq + 9, head: strange })).toBeUndefined();
});
