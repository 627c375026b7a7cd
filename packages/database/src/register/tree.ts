import { setImmediate as nextTurn } from "node:timers/promises";
import type { Word } from "@genbo/domain/words";
import { createRoot, leafOf } from "@genbo/register/merkle";
import { emptyTree, type MerkleTree } from "@genbo/register/merkle-tree";
import type { Queryable } from "../sql/connection.ts";
import { registerPage } from "./read.ts";
import { holdingsChanged } from "./read-changed.ts";
import type { Position, StateOf } from "./read-position.ts";

/** Holdings read and hashed at once, some 5 ms: the process does other things in between. */
const pageRows = 500;

type ChainState = Pick<Position, "issueId" | "seq" | "head">;

/** The Merkle tree over the holdings of one state of a register as the chain has it. */
export interface StateTree extends ChainState {
  tree: MerkleTree;
}

/** Reads all holdings of a state, page by page. A past state never changes, so its tree may be kept. */
export async function readTree(db: Queryable, at: StateOf): Promise<MerkleTree> {
  let tree = emptyTree;
  for (let after: string | null = ""; after !== null; ) {
    const page = await registerPage(db, at, { after, limit: pageRows });
    tree = tree.with(new Map(page.rows.map((row) => [row.account, leafOf(row)])));
    after = page.next;
  }
  return tree;
}

/**
 * The tree of another state of the same issue, earlier or later: reads and hashes what the entries between touch.
 * @returns undefined where the two are not states of one chain (a local one that went back), or are so far apart that
 * reading all holdings is less
 */
export async function treeFrom(
  db: Queryable,
  base: StateTree,
  at: ChainState,
): Promise<MerkleTree | undefined> {
  if (base.head === at.head) return base.tree;
  // An entry touches two accounts at most.
  if (Math.abs(base.seq - at.seq) * 2 > Math.max(base.tree.size, pageRows)) return undefined;
  const holdings = await holdingsChanged(db, at.issueId, { from: base, to: at });
  if (holdings === undefined) return undefined;
  let tree = base.tree;
  for (let from = 0; from < holdings.length; from += pageRows) {
    if (from > 0) await nextTurn();
    const part = holdings.slice(from, from + pageRows);
    tree = tree.with(new Map(part.map(({ account, row }) => [account, row === null ? null : leafOf(row)])));
  }
  return tree;
}

/** The root of a state alone: in the memory of one page, however many holdings there are. */
export async function rootOfState(db: Queryable, at: StateOf): Promise<Word> {
  const root = createRoot();
  for (let after: string | null = ""; after !== null; ) {
    const page = await registerPage(db, at, { after, limit: pageRows });
    for (const row of page.rows) root.add(row.account, leafOf(row));
    after = page.next;
  }
  return root.root();
}
