import { zeroWord } from "@genbo/domain/words";
import { keccak256, solidityPackedKeccak256 } from "ethers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRoot, type Leaf, leafOf, nodeOf, verifyPath } from "../src/merkle.ts";
import { emptyTree, type MerkleTree } from "../src/merkle-tree.ts";
import { account } from "./chain.ts";

const holdings = (count: number): Leaf[] =>
  Array.from({ length: count }, (_, n) => ({
    account: account(n),
    units: BigInt(n + 2),
    encumbered: BigInt(n % 2),
    lots: [
      { acquiredOn: 18_850, units: 1n },
      { acquiredOn: 18_900 + n, units: BigInt(n + 1) },
    ],
  }));

test("a leaf is what its description says, by another library", () => {
  const [holding] = holdings(1) as [Leaf];
  const words = (values: bigint[]) =>
    solidityPackedKeccak256(
      values.map(() => "uint256"),
      values,
    );
  const lots = words(holding.lots.flatMap((lot) => [BigInt(lot.acquiredOn), lot.units]));
  const inner = words([BigInt(holding.account), holding.units, holding.encumbered, BigInt(lots)]);
  expect(leafOf(holding)).toBe(keccak256(inner));
});

/** The description of the tree, word by word. */
function rootByDescription(all: readonly Leaf[]): string {
  const join = (part: readonly { bits: string; leaf: string }[], bit: number): string => {
    if (part.length === 1) return part[0]!.leaf;
    const [low, high] = ["0", "1"].map((side) => part.filter(({ bits }) => bits[bit] === side));
    if (low!.length === 0 || high!.length === 0) return join(part, bit + 1);
    return nodeOf(join(low!, bit + 1), join(high!, bit + 1));
  };
  const leaves = all.map((holding) => ({
    bits: BigInt(holding.account).toString(2).padStart(160, "0"),
    leaf: leafOf(holding),
  }));
  return leaves.length === 0 ? zeroWord : join(leaves, 0);
}

const treeOf = (all: readonly Leaf[]): MerkleTree =>
  emptyTree.with(new Map(all.map((holding) => [holding.account, leafOf(holding)])));

function streamedRoot(all: readonly Leaf[]): string {
  const root = createRoot();
  for (const holding of [...all].sort((a, b) => (a.account < b.account ? -1 : 1)))
    root.add(holding.account, leafOf(holding));
  return root.root();
}

/** Accounts that part early and late: random ones, neighbours, and such as share all but a bit. */
const accounts = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((n) => account(n)),
  fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }).map((n) => `0x${n.toString(16).padStart(40, "0")}`),
  fc.integer({ min: 0, max: 159 }).map((bit) => `0x${(1n << BigInt(bit)).toString(16).padStart(40, "0")}`),
);
const leafAt = (holder: string, units: bigint): Leaf => ({
  ...{ account: holder, units, encumbered: 0n },
  lots: [{ acquiredOn: 18_850, units }],
});

test("after any changes the kept tree is the one made from scratch, and that of its description", () => {
  const changes = fc.array(fc.tuple(accounts, fc.bigInt({ min: 0n, max: 3n })), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 8 }), (batches) => {
      const held = new Map<string, Leaf>();
      let tree = emptyTree;
      const states: [MerkleTree, Leaf[]][] = [];
      for (const batch of batches) {
        const leaves = new Map(
          batch.map(([holder, units]) => [holder, units === 0n ? null : leafOf(leafAt(holder, units))]),
        );
        for (const [holder, units] of batch) {
          if (units === 0n) held.delete(holder);
          else held.set(holder, leafAt(holder, units));
        }
        tree = tree.with(leaves);
        states.push([tree, [...held.values()]]);
      }
      // All of them, once the last is made: no state's tree has changed with a later one.
      for (const [then, all] of states) {
        const root = rootByDescription(all);
        expect([then.root, treeOf(all).root, streamedRoot(all)]).toEqual([root, root, root]);
        expect(then.size).toBe(all.length);
        for (const holding of all)
          expect(verifyPath(holding, then.find(holding.account)!.path, root)).toBe(true);
        expect(then.find(account(50))).toBeUndefined();
      }
    }),
    { numRuns: 150 },
  );
});

test("nothing of a holding can be altered, and no path serves another", () => {
  const all = holdings(13);
  const tree = treeOf(all);
  const { root } = tree;
  for (const [index, holding] of all.entries()) {
    const { path } = tree.find(holding.account)!;
    const [first, second] = holding.lots as [Leaf["lots"][number], Leaf["lots"][number]];
    const altered: Leaf[] = [
      { ...holding, units: holding.units + 1n },
      { ...holding, encumbered: holding.encumbered + 1n },
      { ...holding, account: account(50) },
      { ...holding, lots: [{ ...first, acquiredOn: first.acquiredOn + 1 }, second] },
      { ...holding, lots: [{ acquiredOn: first.acquiredOn, units: holding.units }] },
    ];
    for (const each of altered) expect(verifyPath(each, path, root)).toBe(false);
    expect(verifyPath(holding, tree.find(all[(index + 1) % all.length]!.account)!.path, root)).toBe(false);
    expect(verifyPath(holding, path.slice(1), root)).toBe(false);
  }
});

test("an issue without holdings has the root of nothing", () => {
  expect(emptyTree.root).toBe(zeroWord);
  expect(createRoot().root()).toBe(zeroWord);
});
