import type { Figure } from "./figure.ts";

const heads = ["name", "value", "unit", "ceiling", "ratio", "goal", "met"] as const;

/** Figures for people: one a line, numbers to the right. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => heads.map((head) => cell(figure[head])));
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]!.length)));
  const lineOf = (cells: readonly string[]) =>
    cells.map((text, at) => (isText(at) ? text.padEnd(widths[at]!) : text.padStart(widths[at]!))).join("  ");
  return [lineOf(heads), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(lineOf)]
    .map((line) => line.trimEnd())
    .join("\n");
}

const isText = (at: number) => heads[at] === "name" || heads[at] === "unit" || heads[at] === "met";

function cell(value: Figure[keyof Figure]): string {
  if (value === null) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
