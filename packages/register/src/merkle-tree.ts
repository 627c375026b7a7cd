import { type Word, zeroWord } from "@genbo/domain/words";
import { nodeOf, partingOf, sideOf } from "./merkle.ts";

interface LeafNode {
  account: string;
  hash: Word;
}
interface Fork {
  /** Any account below: all of them agree above the parting. */
  account: string;
  parting: number;
  sides: readonly [Node, Node];
  hash: Word;
}
type Node = LeafNode | Fork;

/** The Merkle tree of one state (merkle.ts). Never changed in place: the tree of the next state shares what is the same. */
export interface MerkleTree {
  readonly root: Word;
  /** Holdings. */
  readonly size: number;
  /** The leaf of an account with its siblings up to the root; undefined without units. */
  find(account: string): { leaf: Word; path: Word[] } | undefined;
  /** The tree with other leaves for some accounts, null where one has no units. Hashes only the paths to them. */
  with(changes: ReadonlyMap<string, Word | null>): MerkleTree;
}

export const emptyTree: MerkleTree = treeOf(null, 0);

function treeOf(top: Node | null, size: number): MerkleTree {
  return {
    root: top?.hash ?? zeroWord,
    size,
    find: (account) => (top === null ? undefined : findIn(top, account)),
    with: (changes) => {
      const sorted = [...changes]
        .map(([account, hash]): Change => ({ account, hash }))
        .sort((a, b) => (a.account < b.account ? -1 : 1));
      const count = { size };
      return treeOf(changed(top, sorted, count), count.size);
    },
  };
}

function findIn(top: Node, account: string): { leaf: Word; path: Word[] } | undefined {
  const path: Word[] = [];
  let node = top;
  while ("sides" in node) {
    const side = sideOf(account, node.parting);
    path.push(node.sides[1 - side]!.hash);
    node = node.sides[side]!;
  }
  return node.account === account ? { leaf: node.hash, path: path.reverse() } : undefined;
}

interface Change {
  account: string;
  hash: Word | null;
}

/** @param changes of distinct accounts, in their order */
function changed(node: Node | null, changes: readonly Change[], count: { size: number }): Node | null {
  if (changes.length === 0) return node;
  if (node === null || !("sides" in node)) return grown(node, changes, count);
  const [first, last] = [changes[0]!.account, changes.at(-1)!.account];
  const parting = Math.min(node.parting, partingFrom(node, first), partingFrom(node, last));
  const parts = parted(changes, parting);
  if (parting === node.parting) {
    const [low, high] = node.sides;
    const [left, right] = [changed(low, parts[0], count), changed(high, parts[1], count)];
    return left === low && right === high ? node : joined(parting, left, right);
  }
  // Some accounts part from all below this node before these part from each other.
  const side = sideOf(node.account, parting);
  const here = changed(node, parts[side]!, count);
  const there = grown(null, parts[1 - side]!, count);
  return side === 0 ? joined(parting, here, there) : joined(parting, there, here);
}

/** Where an account leaves the common part of a node's accounts; below its parting when it does not. */
const partingFrom = ({ account, parting }: Fork, other: string): number =>
  other === account ? parting : partingOf(account, other);

/** At most one leaf, and what comes to it. */
function grown(leaf: LeafNode | null, changes: readonly Change[], count: { size: number }): Node | null {
  const old = leaf === null || changes.some(({ account }) => account === leaf.account) ? [] : [leaf];
  const leaves = [...changes.filter((change): change is LeafNode => change.hash !== null), ...old];
  count.size += leaves.length - (leaf === null ? 0 : 1);
  leaves.sort((a, b) => (a.account < b.account ? -1 : 1));
  return built(leaves, 0, leaves.length);
}

function built(leaves: readonly LeafNode[], from: number, to: number): Node | null {
  if (to - from <= 1) return from === to ? null : leaves[from]!;
  const parting = partingOf(leaves[from]!.account, leaves[to - 1]!.account);
  const middle = from + firstHigh(leaves, from, to, parting);
  return joined(parting, built(leaves, from, middle), built(leaves, middle, to));
}

function parted(changes: readonly Change[], parting: number): [Change[], Change[]] {
  const middle = firstHigh(changes, 0, changes.length, parting);
  return [changes.slice(0, middle), changes.slice(middle)];
}

/** How many of the sorted accounts are on the low side of a parting before which all agree. */
function firstHigh(
  sorted: readonly { account: string }[],
  from: number,
  to: number,
  parting: number,
): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sideOf(sorted[middle]!.account, parting) === 0) low = middle + 1;
    else high = middle;
  }
  return low - from;
}

function joined(parting: number, left: Node | null, right: Node | null): Node | null {
  if (left === null || right === null) return left ?? right;
  const hash = nodeOf(left.hash, right.hash);
  return { account: left.account, parting, sides: [left, right], hash };
}
