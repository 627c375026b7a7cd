/**
 * Whoever knows what some holders of a cell hold, their own holding first of all, learns the rest by subtraction. Of five
 * holders four would have to tell each other what they hold before the fifth's were known.
 */
export const cellHoldersMin = 5;

/** Holders and units that share a label. */
export interface Cell {
  label: string;
  holders: number;
  units: bigint;
}

/** What of a table may be shown: `others` are the cells that are not, together; null figures are too small even so. */
export interface ShownTable {
  cells: Cell[];
  others: { holders: number; units: bigint } | { holders: null; units: null } | null;
}

/**
 * Takes cells of fewer than `cellHoldersMin` holders out of a table whose total is known, label and all. Since the total
 * gives what was taken out, at least two cells and so many holders go together: the next smallest ones go with them.
 */
export function withoutSmallCells(cells: readonly Cell[]): ShownTable {
  const bySize = [...cells].sort((a, b) => a.holders - b.holders || (a.label < b.label ? -1 : 1));
  let hidden = bySize.filter(({ holders }) => holders < cellHoldersMin).length;
  if (hidden === 0) return { cells: [...cells], others: null };
  const holdersOf = (count: number) => bySize.slice(0, count).reduce((sum, { holders }) => sum + holders, 0);
  while (hidden < bySize.length && (hidden < 2 || holdersOf(hidden) < cellHoldersMin)) hidden += 1;
  const [holders, units] = [
    holdersOf(hidden),
    bySize.slice(0, hidden).reduce((sum, each) => sum + each.units, 0n),
  ];
  const kept = new Set(bySize.slice(hidden));
  const others = holders < cellHoldersMin ? { holders: null, units: null } : { holders, units };
  return { cells: cells.filter((cell) => kept.has(cell)), others };
}

/** Upper bounds of the size bands, in units; the last band has none. */
const bandEnds = [1n, 9n, 99n, 999n, 9_999n];

/** The band of a holding: `1`, `2-9`, `10-99`, … `10000+`. */
export function sizeBandOf(units: bigint): string {
  const at = bandEnds.findIndex((end) => units <= end);
  const from = at === 0 ? 1n : bandEnds.at(at < 0 ? -1 : at - 1)! + 1n;
  if (at < 0) return `${from}+`;
  return from === bandEnds[at] ? `${from}` : `${from}-${bandEnds[at]}`;
}

/** Sums holders into cells by a label of theirs, in the order in which the labels first come. */
export function cellsBy<Holder extends { units: bigint }>(
  holders: readonly Holder[],
  labelOf: (holder: Holder) => string,
): Cell[] {
  const cells = new Map<string, Cell>();
  for (const holder of holders) {
    const label = labelOf(holder);
    const cell = cells.get(label) ?? { label, holders: 0, units: 0n };
    cells.set(label, { label, holders: cell.holders + 1, units: cell.units + holder.units });
  }
  return [...cells.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
}
