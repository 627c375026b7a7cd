import { holdingAt } from "@genbo/database/register/read-changed";
import type { Reading } from "@genbo/database/register/read-overlay";
import type { RegisterRow } from "@genbo/database/register/row";
import { readTree, type StateTree, treeFrom } from "@genbo/database/register/tree";
import type { Pool } from "@genbo/database/sql/connection";
import { createGate, type Gate } from "@genbo/database/sql/gate";
import type { Word } from "@genbo/domain/words";
import { leafOf } from "@genbo/register/merkle";
import type { MerkleTree } from "@genbo/register/merkle-tree";

/** Trees that are kept: one of 100,000 holdings is some 40 MB, and states of one issue share most of theirs. */
const treesMax = 8;

/** How long the tree of an issue that nobody asked for of late may wait while those of others are made. */
const turnWaitMs = 20_000;

interface ProvenState {
  root: Word;
  /** A holding of that state with the path from its leaf to the root; undefined for an account without units. */
  prove(account: string): Promise<{ row: RegisterRow; leaf: Word; path: Word[] } | undefined>;
}

interface Kept extends Pick<Reading, "issueId" | "seq" | "head"> {
  tree: Promise<MerkleTree>;
}

/** The Merkle tree over the holdings of a state, with what is known of it since. */
export interface TreeOf {
  (at: Reading): Promise<ProvenState>;
  /** What was kept is not the register's any more: another one has taken its place. */
  forget(): void;
}

/**
 * Keeps the trees that were asked for last. That of another state of the same issue is made from the nearest of them,
 * by what the entries between have touched; only the first one reads all holdings.
 */
export function createTrees(pool: Pool): TreeOf {
  /** What was asked for last stands last. */
  let kept: Kept[] = [];
  // A second of work for 100,000 holdings: whoever asks for fifty issues at once waits, and not everybody else.
  const inTurn = createGate(1, turnWaitMs);
  const treeOf = (at: Reading): Promise<MerkleTree> => {
    const { issueId, seq, head } = at;
    // By head and not by number: a local chain that went back has other entries under the same numbers.
    const same = kept.find((each) => each.issueId === issueId && each.seq === seq && each.head === head);
    const tree = same?.tree ?? makeTree(pool, at, nearest(kept, at), inTurn);
    const own = { issueId, seq, head, tree };
    kept = [...kept.filter((each) => each !== same), own].slice(-treesMax);
    tree.catch(() => {
      kept = kept.filter((each) => each.tree !== tree);
    });
    return tree;
  };
  const prove = async (at: Reading): Promise<ProvenState> => {
    const tree = corrected(await treeOf(at), at);
    return {
      root: tree.root,
      prove: async (account) => {
        const found = tree.find(account);
        const row = found && (await rowAt(pool, at, account));
        return found && row ? { row, ...found } : undefined;
      },
    };
  };
  const forget = () => {
    kept = [];
  };
  return Object.assign(prove, { forget });
}

const nearest = (kept: readonly Kept[], { issueId, seq }: Reading): Kept | undefined =>
  kept
    .filter((each) => each.issueId === issueId)
    .sort((a, b) => Math.abs(a.seq - seq) - Math.abs(b.seq - seq))[0];

async function makeTree(pool: Pool, at: Reading, base: Kept | undefined, inTurn: Gate): Promise<MerkleTree> {
  const tree = await base?.tree.catch(() => undefined);
  if (base !== undefined && tree !== undefined) {
    const state: StateTree = { ...base, tree };
    const made = await treeFrom(pool, state, at);
    if (made !== undefined) return made;
  }
  return inTurn(() => readTree(pool, { ...at, overlay: null }));
}

/** The chain's state with what is known of it since. */
function corrected(tree: MerkleTree, { overlay }: Reading): MerkleTree {
  if (overlay === null) return tree;
  const leaves = [...overlay.accounts].map(
    ([account, { row }]) => [account, row === null ? null : leafOf(row)] as const,
  );
  return tree.with(new Map(leaves));
}

function rowAt(pool: Pool, at: Reading, account: string): Promise<RegisterRow | null> | RegisterRow | null {
  const own = at.overlay?.accounts.get(account);
  return own === undefined ? holdingAt(pool, at, account) : own.row;
}
