import { type Word, zeroWord } from "@genbo/domain/words";
import { keccakOf } from "./keccak.ts";
import type { Holding } from "./state.ts";

/**
 * The Merkle tree over the holdings of an issue just after one of its entries.
 *
 * - One leaf a holding, in the order of the accounts (as numbers, lowest first).
 * - lots = keccak256 of (day, units) for each lot, oldest first, each a 32-byte word; day = days since 1970 (JST).
 * - leaf = keccak256(keccak256(account ‖ units ‖ encumbered ‖ lots)), each a 32-byte word. Hashed twice, so that no
 *   leaf can pass for a node (64 bytes) of the tree.
 * - node = keccak256 of its two children, the lower first, as OpenZeppelin's MerkleProof hashes them. A last node
 *   without a sibling goes up as it is.
 * - No holding: the root is 32 zero bytes.
 */
export type Leaf = Pick<Holding, "account" | "units" | "encumbered" | "lots">;

export function leafOf({ account, units, encumbered, lots }: Leaf): Word {
  const lotsHash = keccakOf(wordsOf(lots.flatMap((lot) => [BigInt(lot.acquiredOn), lot.units])));
  const inner = keccakOf(wordsOf([BigInt(account), units, encumbered, BigInt(lotsHash)]));
  return keccakOf(Buffer.from(inner.slice(2), "hex"));
}

/** The root, from leaves as they come: holds one node a level, so any number of holdings takes constant memory. */
export function createRoot(): { add(leaf: Word): void; root(): Word } {
  /** Finished subtrees, largest first; each has twice the leaves of the next or more. */
  const pending: { node: Word; size: number }[] = [];
  return {
    add: (leaf) => {
      let [node, size] = [leaf, 1];
      while (pending.at(-1)?.size === size) {
        node = nodeOf(pending.pop()!.node, node);
        size *= 2;
      }
      pending.push({ node, size });
    },
    root: () => {
      const nodes = pending.map(({ node }) => node);
      return nodes.length === 0 ? zeroWord : nodes.reduceRight((right, left) => nodeOf(left, right));
    },
  };
}

/** All levels of a tree, leaves first, root last: for many paths of one state. */
export function levelsOf(leaves: readonly Word[]): Word[][] {
  const levels = [[...leaves]];
  for (let level = levels[0]!; level.length > 1; ) {
    const above: Word[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at]!, level[at + 1]];
      above.push(right === undefined ? left : nodeOf(left, right));
    }
    levels.push(above);
    level = above;
  }
  return levels;
}

export const rootOf = (levels: readonly Word[][]): Word => levels.at(-1)?.[0] ?? zeroWord;

/** The siblings from the leaf at `index` up to the root; a level where it has none is left out. */
export function pathOf(levels: readonly Word[][], index: number): Word[] {
  return levels.flatMap((level, height) => {
    const sibling = level[Math.floor(index / 2 ** height) ^ 1];
    return sibling === undefined ? [] : [sibling];
  });
}

/** Whether a holding stands in the state of that root. */
export const verifyPath = (holding: Leaf, path: readonly Word[], root: Word): boolean =>
  path.reduce(nodeOf, leafOf(holding)) === root;

/** Words are lower-case hex, so their text has the order of their bytes. */
function nodeOf(a: Word, b: Word): Word {
  const [low, high] = a < b ? [a, b] : [b, a];
  return keccakOf(Buffer.from(low.slice(2) + high.slice(2), "hex"));
}

const wordsOf = (values: readonly bigint[]): Buffer =>
  Buffer.from(values.map((value) => value.toString(16).padStart(64, "0")).join(""), "hex");
