import { zeroWord } from "@genbo/domain/words";
import { keccak256, solidityPackedKeccak256 } from "ethers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRoot, type Leaf, leafOf, levelsOf, pathOf, rootOf, verifyPath } from "../src/merkle.ts";
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

test("every holder's path leads to the root, whatever their number", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), (count) => {
      const all = holdings(count);
      const levels = levelsOf(all.map(leafOf));
      const root = rootOf(levels);
      const streamed = createRoot();
      for (const holding of all) streamed.add(leafOf(holding));
      expect(streamed.root()).toBe(root);
      for (const [index, holding] of all.entries())
        expect(verifyPath(holding, pathOf(levels, index), root)).toBe(true);
    }),
    { numRuns: 70 },
  );
});

test("nothing of a holding can be altered, and no path serves another", () => {
  const all = holdings(13);
  const levels = levelsOf(all.map(leafOf));
  const root = rootOf(levels);
  for (const [index, holding] of all.entries()) {
    const path = pathOf(levels, index);
    const [first, second] = holding.lots as [Leaf["lots"][number], Leaf["lots"][number]];
    const altered: Leaf[] = [
      { ...holding, units: holding.units + 1n },
      { ...holding, encumbered: holding.encumbered + 1n },
      { ...holding, account: account(50) },
      { ...holding, lots: [{ ...first, acquiredOn: first.acquiredOn + 1 }, second] },
      { ...holding, lots: [{ acquiredOn: first.acquiredOn, units: holding.units }] },
    ];
    for (const each of altered) expect(verifyPath(each, path, root)).toBe(false);
    expect(verifyPath(holding, pathOf(levels, (index + 1) % all.length), root)).toBe(false);
    expect(verifyPath(holding, path.slice(1), root)).toBe(false);
  }
});

test("an issue without holdings has the root of nothing", () => {
  expect(rootOf(levelsOf([]))).toBe(zeroWord);
  expect(createRoot().root()).toBe(zeroWord);
});
