import { type Refusal, refusals } from "./refusals.ts";

/** The catalogue of refusals as a page: number, stable code, errors of the contracts, both texts and the remedy. */
export function refusalsMarkdown(): string {
  return `${head}${refusals.map(row).join("\n")}\n`;
}

const head = `# Why the platform says no

Written by \`scripts/refusals-page.ts\` from \`packages/domain/src/refusals/\`. Below 100 stand the contracts' codes: the number
of \`Refused(code)\`, of \`Rejected(row, ref, code)\` and of ERC-1404, unless the row names an error of its own. From 100 on the
register itself refuses, before anything is sent. A client branches on the code. ↻: the same call may succeed later.

| number | code | error | English | 日本語 | what to do |
|---|---|---|---|---|---|
`;

function row({ number, code, errors, en, ja, fix, retryable }: Refusal): string {
  const named = errors.map((error) => `\`${error}\``).join(" ") || (number < 100 ? "`Refused`" : "");
  return `| ${number} | \`${code}\`${retryable ? " ↻" : ""} | ${named} | ${en} | ${ja} | ${fix} |`;
}
