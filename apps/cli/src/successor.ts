import { createReadStream } from "node:fs";
import { linesOf } from "@genbo/register/lines";
import type { IssueState } from "@genbo/register/state";
import { firstDifference, type NotReady, notReady, openingOf } from "@genbo/register/successor";
import { readExport } from "@genbo/register/verify";

const usage = `Usage: genbo successor OLD_EXPORT [NEW_EXPORT]
  With one export: the opening entries for the contracts that succeed its own, as JSON.
  With two: whether the new issue opened as the old one closed. Exit code 0 equal, 1 differs.`;

const reasons: Record<NotReady, string> = {
  NOT_PAUSED: "The old issue is not paused: entries may follow this export. Stop it and export again.",
  PLEDGE_WITHOUT_UNITS:
    "A pledge stands of whose units none are left: it cannot be made anew. End it, then export again.",
  OPEN_REQUEST: "Transfers or deliveries are under way: end or cancel them, then export again.",
};

/** `genbo successor`: hands an issue over to new contracts and proves that nothing changed. @throws Error for the user */
export async function successor(args: readonly string[]): Promise<void> {
  const [oldFile, newFile, more] = args;
  if (oldFile === undefined || more !== undefined) throw new Error(usage);
  const closing = await stateOf(oldFile);
  const reason = notReady(closing);
  if (reason !== null) throw new Error(reasons[reason]);
  if (newFile === undefined) {
    console.log(JSON.stringify(openingOf(closing), undefined, 2));
    return;
  }
  const difference = firstDifference(closing, await stateOf(newFile));
  console.log(
    difference === null
      ? `Equal: ${closing.units} units of ${closing.holders} holders opened as they closed.`
      : `Differs: ${difference}.`,
  );
  if (difference !== null) process.exitCode = 1;
}

/** Whether an export is the chain's own is `genbo verify`'s to say. */
async function stateOf(file: string): Promise<IssueState> {
  const { state, finding } = await readExport(linesOf(createReadStream(file)));
  if (finding === null) return state;
  throw new Error(`${file} is no whole export (${finding.fault} at ${finding.at}): ${finding.detail}`);
}
