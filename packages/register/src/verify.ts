import { createHash } from "node:crypto";
import { refOf } from "@genbo/domain/ids";
import { type Word, zeroWord } from "@genbo/domain/words";
import { type EntryLine, type HeaderLine, parseLine, type RecordLine } from "./export.ts";
import { advance } from "./fold.ts";
import { FoldError } from "./fold-error.ts";
import { headAfterEntry, headAfterRecord } from "./head.ts";
import { createRoot, leafOf } from "./merkle.ts";
import { emptyState, type IssueState } from "./state.ts";

/** A line of an export: the header, a record or an entry by its number, or the end. Or a root that the chain holds. */
export interface Place {
  at: "header" | "record" | "entry" | "end" | "anchor";
  seq: number | null;
}

export type ExportFault =
  | "UNREADABLE"
  | "MISSING"
  | "OUT_OF_ORDER" // it stands there twice, or after a later one
  | "NUMBER_DIFFERS" // its head is that of the number that belongs there
  | "HEAD_DIFFERS" // a field that the head covers, or the head itself, was altered
  | "IMPOSSIBLE" // the chain of heads holds, and yet it cannot be true
  | "SUM_DIFFERS"
  | "BYTES_DIFFER";

/** The first line that differs, and how. */
export interface Finding extends Place {
  fault: ExportFault | "CHAIN_DIFFERS" | "NO_CONTRACT" | "ANCHOR_DIFFERS";
  detail: string;
}

/** A block as a line of the export says it. */
export interface ClaimedBlock extends Place {
  block: number;
  hash: Word;
  time: number;
}

/** Lines of one kind that name one block, up to number `through`. */
export interface Run {
  block: number;
  through: number;
}

/** What an export comes to, by itself. It is the chain's register only when the contracts say the same heads. */
export interface ReadExport {
  header: HeaderLine | null;
  records: number;
  recordsHead: Word;
  state: IssueState;
  root: Word;
  /** Each block that lines name, once as each of them says it. */
  blocks: ClaimedBlock[];
  /** In which block each line stands, as the lines say it. */
  runs: Readonly<Record<"record" | "entry", readonly Run[]>>;
  finding: Finding | null;
}

class Differs extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(finding.detail);
    this.finding = finding;
  }
}

const differs = (at: Place["at"], seq: number | null, fault: ExportFault, detail: string): Differs =>
  new Differs({ at, seq, fault, detail });

/**
 * Reads an export from its first byte to its last: recomputes the heads of registry and token, folds the entries and
 * compares every sum. Stops at the first line that differs. Needs neither our database nor our trust.
 * @param lines without their line breaks
 */
export async function readExport(lines: AsyncIterable<Uint8Array>): Promise<ReadExport> {
  const reader = createReader();
  let finding: Finding | null = null;
  try {
    for await (const line of lines) reader.take(line);
    reader.finish();
  } catch (error) {
    if (!(error instanceof Differs)) throw error;
    finding = error.finding;
  }
  return { ...reader.result(), finding };
}

function createReader() {
  const digest = createHash("sha256");
  const state = emptyState();
  const persons = new Map<string, string>();
  const blocks = new Map<string, ClaimedBlock>();
  const runs: Record<"record" | "entry", Run[]> = { record: [], entry: [] };
  let header: HeaderLine | null = null;
  let [records, recordsHead] = [0, zeroWord];
  let registryEnded = false;
  let ended = false;

  /** What the next line ought to be. */
  const expected = (): Place => {
    if (header === null) return { at: "header", seq: null };
    if (!registryEnded && records < header.records) return { at: "record", seq: records + 1 };
    return state.seq < header.entries ? { at: "entry", seq: state.seq + 1 } : { at: "end", seq: null };
  };
  const claim = (place: Place, { block, hash, time }: Omit<ClaimedBlock, keyof Place>) => {
    const key = `${block} ${hash} ${time}`;
    if (!blocks.has(key)) blocks.set(key, { ...place, block, hash, time });
  };
  const stand = (at: "record" | "entry", line: RecordLine | EntryLine) => {
    const last = runs[at].at(-1);
    if (last?.block === line.block) last.through = line.seq;
    else runs[at].push({ block: line.block, through: line.seq });
    claim({ at, seq: line.seq }, line);
  };

  const endRegistry = (of: HeaderLine) => {
    if (registryEnded) return;
    registryEnded = true;
    if (records === of.records && recordsHead === of.recordsHead) return;
    if (records < of.records && recordsHead !== of.recordsHead)
      throw differs("record", records + 1, "MISSING", `record ${records + 1} is missing`);
    throw differs("header", null, "SUM_DIFFERS", `the records lead to ${records} and ${recordsHead}`);
  };

  const takeHeader = (line: HeaderLine) => {
    if (header !== null) throw differs("header", null, "OUT_OF_ORDER", "the header stands there twice");
    header = line;
    if (refOf(line.issue) !== line.ref)
      throw differs("header", null, "SUM_DIFFERS", "`ref` is not the sha256 of `issue`");
    claim({ at: "header", seq: null }, line);
  };

  const takeRecord = (line: RecordLine) => {
    const head = nextHead("record", line, records, (seq) => headAfterRecord(recordsHead, { ...line, seq }));
    if (registryEnded) throw differs("record", line.seq, "OUT_OF_ORDER", "it stands after the first entry");
    [records, recordsHead] = [line.seq, head];
    persons.set(line.wallet, `0x${line.record.slice(2, 26)}`);
    stand("record", line);
  };

  const takeEntry = (of: HeaderLine, line: EntryLine) => {
    nextHead("entry", line, state.seq, (seq) => headAfterEntry(state.head, { ...line, seq }));
    // A token's first line bears its issue's name on chain. Under another one its anchors would be looked for in vain.
    if (line.seq === 1 && line.ref !== of.ref)
      throw differs("header", null, "SUM_DIFFERS", `entry 1 is of the issue ${line.ref}, not ${of.ref}`);
    try {
      advance(state, { ...line, blockTime: line.time }, (account) => persons.get(account));
    } catch (error) {
      if (!(error instanceof FoldError)) throw error;
      throw differs("entry", line.seq, "IMPOSSIBLE", `${error.fault}: ${error.message}`);
    }
    for (const [name, says, is] of [
      ["totalUnits", line.totalUnits, state.units],
      ["totalHolders", line.totalHolders, state.holders],
      ["totalAccounts", line.totalAccounts, state.accounts],
    ] as const) {
      if (says !== is) throw differs("entry", line.seq, "SUM_DIFFERS", `${name} is ${is}, not ${says}`);
    }
    stand("entry", line);
  };

  const takeEnd = (of: HeaderLine, end: { records: number; entries: number; root: Word; sha256: string }) => {
    if (state.seq < of.entries && state.head !== of.head)
      throw differs("entry", state.seq + 1, "MISSING", `entry ${state.seq + 1} is missing`);
    compare("header", of, { entries: state.seq, head: state.head, units: state.units });
    compare("header", of, { holders: state.holders, accounts: state.accounts });
    compare("end", end, { records, entries: state.seq, root: rootOf(state) });
    if (end.sha256 !== digest.digest("hex"))
      throw differs("end", null, "BYTES_DIFFER", "sha256 is not that of the lines before it");
    ended = true;
  };

  return {
    take: (bytes: Uint8Array) => {
      const place = expected();
      if (ended) throw differs("end", null, "OUT_OF_ORDER", "lines follow the end");
      const line = parseLine(bytes);
      if (line === undefined)
        throw differs(place.at, place.seq, "UNREADABLE", "it is no line of this format");
      if (line.type !== "header" && header === null)
        throw differs("header", null, "MISSING", "it does not begin with the header");
      if (line.type !== "end") digest.update(bytes).update("\n");
      if (line.type === "header") return takeHeader(line);
      if (line.type === "record") return takeRecord(line);
      endRegistry(header!);
      if (line.type === "entry") takeEntry(header!, line);
      else takeEnd(header!, line);
    },
    finish: () => {
      if (ended) return;
      const place = expected();
      throw differs(place.at, place.seq, "MISSING", "the export ends before its end");
    },
    result: () => ({
      header,
      records,
      recordsHead,
      state,
      root: rootOf(state),
      blocks: [...blocks.values()],
      runs,
    }),
  };
}

/** The head after a line whose number must follow `last`. @throws Differs saying which line is wrong */
function nextHead(
  at: "record" | "entry",
  line: { seq: number; head: Word },
  last: number,
  headWith: (seq: number) => Word,
): Word {
  const seq = last + 1;
  const head = headWith(seq);
  if (line.seq === seq && head === line.head) return head;
  if (line.seq === seq)
    throw differs(at, seq, "HEAD_DIFFERS", `its head should be ${head}, not ${line.head}`);
  if (head === line.head)
    throw differs(at, seq, "NUMBER_DIFFERS", `its number should be ${seq}, not ${line.seq}`);
  if (line.seq > seq) throw differs(at, seq, "MISSING", `${at} ${line.seq} stands in the place of ${seq}`);
  throw differs(at, line.seq, "OUT_OF_ORDER", `${at} ${line.seq} stands in the place of ${seq}`);
}

function compare<L extends object>(at: "header" | "end", says: L, is: Partial<L>): void {
  for (const [name, value] of Object.entries(is)) {
    const said = says[name as keyof L];
    if (said !== value) throw differs(at, null, "SUM_DIFFERS", `${name} is ${value}, not ${said}`);
  }
}

function rootOf(state: IssueState): Word {
  const root = createRoot();
  const holdings = [...state.holdings.values()].sort((a, b) => (a.account < b.account ? -1 : 1));
  for (const holding of holdings) root.add(holding.account, leafOf(holding));
  return root.root();
}
