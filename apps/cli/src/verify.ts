import { createReadStream } from "node:fs";
import { createRpc, type Rpc } from "@genbo/chain/rpc";
import { parseLine } from "@genbo/register/export";
import { linesOf } from "@genbo/register/lines";
import { type Finding, type ReadExport, readExport } from "@genbo/register/verify";
import { readArgs } from "./read-args.ts";
import { type ComparedAnchors, checkAnchors } from "./verify-anchors.ts";
import {
  CannotTell,
  chainLines,
  checkBlocks,
  checkContracts,
  checkHeads,
  checkPlaces,
  fieldsThatDiffer,
} from "./verify-chain.ts";

const usage = "Usage: genbo verify EXPORT --rpc URL [--json]";

export interface Verdict {
  verdict: "equal" | "differs" | "cannot tell";
  issue: string | null;
  entries: number;
  head: string;
  records: number;
  units: string;
  holders: number;
  /** Root of the Merkle tree over the holdings. */
  root: string;
  block: number | null;
  /** Closes of days and record dates whose anchored roots are what the export comes to. */
  anchors: number;
  /** The last version of a record date's list that was anchored after the export's block and that it does not come to. */
  unread: ComparedAnchors["unread"];
  /** The first line that differs, and how. */
  finding: Finding | null;
  reason: string | null;
}

const exitCodes = { equal: 0, differs: 1, "cannot tell": 2 } as const;

/** `genbo verify EXPORT --rpc URL`: whether an export is the chain's own register. Exit code 0 equal, 1 differs, 2 cannot tell. */
export async function verify(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArgs(usage, {
    args,
    allowPositionals: true,
    options: { rpc: { type: "string" }, json: { type: "boolean", default: false } },
  });
  const [file] = positionals;
  if (file === undefined || values.rpc === undefined) throw new Error(usage);
  const rpc = createRpc([values.rpc]);
  const verdict = await verifyFile(file, rpc).finally(() => rpc.close());
  console.log(values.json ? JSON.stringify(verdict) : sentenceOf(verdict));
  process.exitCode = exitCodes[verdict.verdict];
}

/** Recomputes an export and holds it against what the contracts say. */
export async function verifyFile(file: string, rpc: Rpc): Promise<Verdict> {
  const read = await readExport(linesOf(createReadStream(file)));
  try {
    const difference = await findDifference(file, rpc, read);
    if (difference !== null) return verdictOf(read, "differs", difference, null);
    const { finding, compared: anchors, unread } = await checkAnchors(file, rpc, read.header!);
    return { ...verdictOf(read, finding === null ? "equal" : "differs", finding, null), anchors, unread };
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return verdictOf(read, "cannot tell", null, error.message);
  }
}

async function findDifference(file: string, rpc: Rpc, read: ReadExport): Promise<Finding | null> {
  const { header, finding } = read;
  if (header === null || finding?.at === "header") return finding;
  if (finding !== null && finding.at !== "end") return explain(rpc, read, finding, file);
  // Under no head are the blocks, their times and the header's addresses: altered, they show at the end alone.
  const block = await checkBlocks(rpc, header, read.blocks);
  if (block !== null) return block;
  const differs = await checkHeads(rpc, read, header).catch((error: unknown) => {
    if (finding !== null && error instanceof CannotTell) return finding;
    throw error;
  });
  if (finding === null && differs === null)
    return (await checkContracts(rpc, header)) ?? (await checkPlaces(rpc, read));
  if (differs === null || differs === finding) return finding;
  return differs.fault === "NO_CONTRACT" ? differs : ((await firstOnChain(file, rpc, read)) ?? differs);
}

/** Adds the fields in which the line differs from the chain's own, where the node still has it. */
async function explain(rpc: Rpc, read: ReadExport, finding: Finding, file: string): Promise<Finding> {
  const { at, seq, fault, detail } = finding;
  if (fault !== "HEAD_DIFFERS" || (at !== "record" && at !== "entry")) return finding;
  for await (const onChain of chainLines(rpc, read.header!, at)) {
    if (onChain.seq !== seq) continue;
    for await (const line of linesOfType(file, at)) {
      if (line.seq !== seq) continue;
      const fields = fieldsThatDiffer(onChain, line);
      return fields.length === 0 ? finding : { ...finding, detail: `${fields.join("; ")} (${detail})` };
    }
  }
  return finding;
}

/** An export whose heads were all made up anew: the first line that is not the chain's. */
async function firstOnChain(file: string, rpc: Rpc, read: ReadExport): Promise<Finding | null> {
  for (const at of ["record", "entry"] as const) {
    const onChain = chainLines(rpc, read.header!, at);
    for await (const line of linesOfType(file, at)) {
      const { value, done } = await onChain.next();
      const fields = done ? [`the chain has no ${at} ${line.seq}`] : fieldsThatDiffer(value, line);
      if (fields.length > 0) return { at, seq: line.seq, fault: "CHAIN_DIFFERS", detail: fields.join("; ") };
    }
    const { value, done } = await onChain.next();
    if (!done) {
      const seq = Number(value.seq);
      return { at, seq, fault: "MISSING", detail: `the chain has ${at} ${seq}, the export has not` };
    }
  }
  return null;
}

async function* linesOfType(file: string, type: "record" | "entry") {
  for await (const bytes of linesOf(createReadStream(file))) {
    const line = parseLine(bytes);
    if (line?.type === type) yield line as Extract<typeof line, { seq: number }>;
  }
}

function verdictOf(
  { header, state, records, root }: ReadExport,
  verdict: Verdict["verdict"],
  finding: Finding | null,
  reason: string | null,
): Verdict {
  const { seq: entries, head, units, holders } = state;
  const figures = { entries, head, records, units: units.toString(), holders, root };
  const [issue, block] = [header?.issue ?? null, header?.block ?? null];
  return { verdict, issue, ...figures, block, anchors: 0, unread: null, finding, reason };
}

function sentenceOf({
  verdict,
  finding,
  reason,
  issue,
  entries,
  records,
  head,
  units,
  holders,
  root,
  block,
  anchors,
  unread,
}: Verdict): string {
  if (verdict === "cannot tell") return `Cannot tell. ${reason}`;
  if (finding !== null) {
    const place = finding.seq === null ? finding.at : `${finding.at} ${finding.seq}`;
    return `Differs at ${place} (${finding.fault}): ${finding.detail}.`;
  }
  const later =
    unread === null
      ? ""
      : `\n  not compared: the list of record date ${unread.day} that was anchored after that; take an export of block ${unread.block} or later`;
  return `Equal: the chain says the same at block ${block}.
  issue    ${issue}
  entries  ${entries}, head ${head}
  records  ${records}
  units    ${units} of ${holders} holders
  root     ${root}
  anchors  ${anchors} closes of days and record dates${later}`;
}
