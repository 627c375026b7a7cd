import { expect, test } from "vitest";
import { grownSince, measureGas, readSnapshot } from "../../scripts/contracts/gas.ts";

test("every act is within its budget, and takes no 1 % more gas than agreed (`npm run gas -- --write`)", async () => {
  const [snapshot, figures] = [await readSnapshot(), await measureGas()];
  expect(figures.filter(({ met }) => !met)).toEqual([]);
  expect(grownSince(snapshot, figures)).toEqual([]);
  expect(figures.map(({ name }) => name)).toEqual(Object.keys(snapshot));
}, 120_000);

test("growth by more than 1 % and acts without a figure are named", () => {
  const figures = ["same", "grown a little", "grown", "new"].map((name, index) => ({
    name,
    gas: [1000, 1010, 1011, 5][index]!,
  }));
  expect(grownSince({ same: 1000, "grown a little": 1000, grown: 1000 }, figures)).toEqual([
    "grown: 1011, was 1000",
    "new: 5, was not measured",
  ]);
});
