export interface Column {
  title: string;
  align?: "left" | "right";
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const zero = /\p{Mn}/u;

/** Terminal columns that `text` takes: kanji, kana and full-width forms take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += zero.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return width;
}

/** Lays rows out in columns for a terminal, one string a line; the first two lines are the titles and a rule. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, at) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[at] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map((column, at) => pad(cells[at] ?? "", widths[at]!, column.align))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(columns.map((column) => column.title)), rule, ...rows.map(line)];
}

function pad(text: string, width: number, align: Column["align"]): string {
  const space = " ".repeat(width - displayWidth(text));
  return align === "right" ? space + text : text + space;
}
