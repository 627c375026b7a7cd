import type { TableDifference } from "@genbo/database/reconcile/rebuild-compare";
import { type Comparison, nameOf, whyNotSwitch } from "./reindex.ts";

const shown = 60;
const short = (text: string | null): string =>
  text === null ? "nothing" : text.length > shown ? `${text.slice(0, shown)}…` : text;

/** The first row of a difference in one line. */
function sentenceOf({ table, issueId, rows, key, what, columns }: TableDifference): string {
  const own = Object.entries(key).filter(([, value]) => value !== issueId);
  const at = own.map(([name, value]) => `${name} ${value}`);
  const where = [issueId ?? "", ...at].filter(Boolean).join(", ");
  const others = rows === 1 ? "" : ` (the first of ${rows} rows)`;
  const says = {
    missing: "is missing in the register",
    extra: "is in the register and not on the chain",
    differs: columns
      .map(({ name, live, chain }) => `${name} is ${short(live)}, the chain says ${short(chain)}`)
      .join("; "),
  }[what];
  return `  ${table} ${where}${others}: ${says}`;
}

/** What a comparison found and what to do about it. */
export function textOf(found: Comparison, isSwitching: boolean): string {
  const { block, hash, differences, held, faults, heads, unanswered } = found;
  const at = `block ${block} (${hash})`;
  const lines =
    differences.length === 0
      ? [`Equal: every row of the register at ${at} is what the chain says.`]
      : [`The register differs from the chain at ${at}:`, ...differences.map(sentenceOf)];
  for (const { issueId, kind, message, block: where } of faults)
    lines.push(`  the chain does not fold from block ${where}: ${nameOf(issueId)}, ${kind}: ${message}`);
  for (const { issueId, registerSays, contractSays } of heads)
    lines.push(
      `  ${nameOf(issueId)}: the rebuilt register says ${JSON.stringify(registerSays)}, the contract ${JSON.stringify(contractSays)}`,
    );
  for (const issueId of held)
    lines.push(`  A break holds ${nameOf(issueId)}: compared up to what had entered before it.`);
  if (unanswered > 0) lines.push(`  No node answers for the heads of ${unanswered} lines: not compared.`);
  const reason = whyNotSwitch(found);
  if (reason !== undefined) lines.push(`The rebuilt register may not take its place: ${reason}.`);
  else if (differences.length > 0 && !isSwitching) lines.push(whatToDo);
  return lines.join("\n");
}

const whatToDo = `What to do:
  genbo reindex --switch       puts the rebuilt tables in the place of the live ones, which are kept aside in the schema register_old
  genbo reindex --open-breaks  stops new entries of these issues until two persons of compliance have closed the breaks
  Find out who wrote the rows: only the indexer's role and the owner of the schema may. docs/operations/reindex.md`;
