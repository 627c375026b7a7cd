import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cell, cellHoldersMin, cellsBy, sizeBandOf, withoutSmallCells } from "../src/aggregates.ts";

const cell = (label: string, holders: number, units: bigint): Cell => ({ label, holders, units });

test("a lone small cell takes the next smallest with it, so that the total does not give it away", () => {
  const table = [cell("RETAIL", 200, 900n), cell("QII", 2, 500n), cell("CORPORATE", 30, 100n)];
  expect(withoutSmallCells(table)).toEqual({
    cells: [cell("RETAIL", 200, 900n)],
    others: { holders: 32, units: 600n },
  });
});

test("a table without small cells is shown whole; one that is small as a whole shows nothing", () => {
  const table = [cell("A", 5, 10n), cell("B", 6, 10n)];
  expect(withoutSmallCells(table)).toEqual({ cells: table, others: null });
  expect(withoutSmallCells([cell("A", 1, 10n), cell("B", 3, 20n)])).toEqual({
    cells: [],
    others: { holders: null, units: null },
  });
});

test("whatever the table: no figure that is shown, or follows from the total, is of fewer holders than the bound", () => {
  const tables = fc.uniqueArray(
    fc.record({
      label: fc.string(),
      holders: fc.integer({ min: 1, max: 40 }),
      units: fc.bigInt(1n, 10_000n),
    }),
    { selector: ({ label }) => label, maxLength: 12 },
  );
  fc.assert(
    fc.property(tables, (table) => {
      const { cells, others } = withoutSmallCells(table);
      const total = table.reduce((sum, { holders }) => sum + holders, 0);
      const shown = cells.reduce((sum, { holders }) => sum + holders, 0);
      expect(cells.every(({ holders }) => holders >= cellHoldersMin)).toBe(true);
      const hidden = table.length - cells.length;
      expect(hidden === 0 || hidden >= 2 || table.length === 1).toBe(true);
      expect(hidden === 0 || total - shown >= cellHoldersMin || cells.length === 0).toBe(true);
      if (others?.holders != null) expect(shown + others.holders).toBe(total);
      expect(others === null).toBe(hidden === 0);
    }),
  );
});

test("size bands have no gap", () => {
  const bands = [1n, 2n, 9n, 10n, 99n, 100n, 999n, 1_000n, 9_999n, 10_000n, 2n ** 62n].map(sizeBandOf);
  expect(bands).toEqual([
    "1",
    "2-9",
    "2-9",
    "10-99",
    "10-99",
    "100-999",
    "100-999",
    "1000-9999",
    "1000-9999",
    "10000+",
    "10000+",
  ]);
});

test("holders are summed by label", () => {
  const holders = [1n, 5n, 7n].map((units) => ({ units }));
  expect(cellsBy(holders, ({ units }) => sizeBandOf(units))).toEqual([cell("1", 1, 1n), cell("2-9", 2, 12n)]);
});
