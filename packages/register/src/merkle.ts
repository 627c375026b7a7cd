import { type Word, zeroWord } from "@genbo/domain/words";
import { keccakOf } from "./keccak.ts";
import type { Holding } from "./state.ts";

/**
 * The Merkle tree over the holdings of an issue just after one of its entries.
 *
 * - One leaf a holding. The accounts alone, as numbers, say where it hangs: holdings part at the highest bit in which
 *   their accounts differ, again and again until each stands alone. So an entry changes no more than the paths of the
 *   accounts that it touches, whoever comes or goes (ADR 0032).
 * - lots = keccak256 of (day, units) for each lot, oldest first, each a 32-byte word; day = days since 1970 (JST).
 * - leaf = keccak256(keccak256(account ‖ units ‖ encumbered ‖ lots)), each a 32-byte word. Hashed twice, so that no
 *   leaf can pass for a node (64 bytes) of the tree.
 * - node = keccak256 of its two children, the lower first, as OpenZeppelin's MerkleProof hashes them.
 * - No holding: the root is 32 zero bytes.
 */
export type Leaf = Pick<Holding, "account" | "units" | "encumbered" | "lots">;

export function leafOf({ account, units, encumbered, lots }: Leaf): Word {
  const lotsHash = keccakOf(hexBytes(lots.map((lot) => wordOf(lot.acquiredOn) + wordOf(lot.units)).join("")));
  const inner = account.slice(2).padStart(64, "0") + wordOf(units) + wordOf(encumbered) + lotsHash.slice(2);
  return keccakOf(hexBytes(keccakOf(hexBytes(inner)).slice(2)));
}

/**
 * The highest bit in which two accounts differ, counted from the top: the lower the number, the nearer the root.
 * @param a lower-case hex, as long as `b` and another
 */
export function partingOf(a: string, b: string): number {
  let at = 2;
  while (a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return (at - 2) * 4 + Math.clz32(digitAt(a, at) ^ digitAt(b, at)) - 28;
}

/** The bit of an account at a parting: which side it is on. */
export const sideOf = (account: string, parting: number): number =>
  (digitAt(account, 2 + (parting >> 2)) >> (3 - (parting & 3))) & 1;

function digitAt(account: string, at: number): number {
  const code = account.charCodeAt(at);
  return code < 58 ? code - 48 : code - 87;
}

/** The root, from leaves in the order of their accounts: one node a bit at most, so any number of holdings takes constant memory. */
export function createRoot(): { add(account: string, leaf: Word): void; root(): Word } {
  /** Finished subtrees from left to right, each with where it parts from what follows: nearer the root, earlier. */
  const pending: { node: Word; parting: number }[] = [];
  let last: { account: string; node: Word } | undefined;
  return {
    add: (account, leaf) => {
      if (last !== undefined) {
        const parting = partingOf(last.account, account);
        let { node } = last;
        while ((pending.at(-1)?.parting ?? -1) > parting) node = nodeOf(pending.pop()!.node, node);
        pending.push({ node, parting });
      }
      last = { account, node: leaf };
    },
    root: () =>
      last === undefined
        ? zeroWord
        : pending.reduceRight((right, { node }) => nodeOf(node, right), last.node),
  };
}

/** Whether a holding stands in the state of that root. */
export const verifyPath = (holding: Leaf, path: readonly Word[], root: Word): boolean =>
  path.reduce(nodeOf, leafOf(holding)) === root;

/** Words are lower-case hex, so their text has the order of their bytes. */
export function nodeOf(a: Word, b: Word): Word {
  const [low, high] = a < b ? [a, b] : [b, a];
  return keccakOf(hexBytes(low.slice(2) + high.slice(2)));
}

const wordOf = (value: bigint | number): string => value.toString(16).padStart(64, "0");
const hexBytes = (hex: string): Buffer => Buffer.from(hex, "hex");
