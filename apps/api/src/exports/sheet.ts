import type { RegisterExport } from "@genbo/database/register/exports";
import type { ProfileName } from "@genbo/domain/profiles";

/** What a cell holds: text, a whole number, or several texts. Null is an empty cell. */
export type Cell = string | bigint | number | readonly string[] | null;

/** A column of a sheet: the key of JSON lines, and the heading of the profile's register (受益権原簿, 社債原簿). */
export interface Column<Row> {
  key: string;
  heading: Readonly<Record<ProfileName, string>>;
  of(row: Row): Cell;
  /** Left out of an export without names. */
  isName?: boolean;
}

export interface SheetPage {
  rows: Cell[][];
  /** The key after which the next page begins; null on the last. */
  next: string | null;
}

/** An export as rows, before it has a format. The pages after a key are the same whenever they are read. */
export interface Sheet {
  keys: readonly string[];
  headings: readonly string[];
  pages(after: string): AsyncGenerator<SheetPage>;
}

/** One heading for both profiles. */
export const both = (heading: string): Column<never>["heading"] => ({
  TRUST_BENEFICIAL: heading,
  BOND: heading,
});

/** A sheet of these columns. @param rowsAfter reads one page of what becomes rows */
export function sheetOf<Row>(
  order: Pick<RegisterExport, "names">,
  profile: ProfileName,
  columns: readonly Column<Row>[],
  rowsAfter: (after: string) => Promise<{ rows: Row[]; next: string | null }>,
): Sheet {
  const shown = columns.filter(({ isName }) => order.names || isName !== true);
  return {
    keys: shown.map(({ key }) => key),
    headings: shown.map(({ heading }) => heading[profile]),
    pages: async function* (from) {
      for (let after: string | null = from; after !== null; ) {
        const page: { rows: Row[]; next: string | null } = await rowsAfter(after);
        yield { rows: page.rows.map((row) => shown.map(({ of }) => of(row))), next: page.next };
        after = page.next;
      }
    },
  };
}

/** A cell as one text: what CSV has room for. */
export const textOf = (cell: Cell): string =>
  cell === null ? "" : typeof cell === "object" ? cell.join(" / ") : String(cell);
