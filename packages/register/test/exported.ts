import { createHash } from "node:crypto";
import { refOf } from "@genbo/domain/ids";
import { encodeRecord } from "@genbo/domain/registry-record";
import { zeroWord } from "@genbo/domain/words";
import {
  type EntryLine,
  type ExportLine,
  type HeaderLine,
  lineText,
  type RecordLine,
} from "../src/export.ts";
import { advance } from "../src/fold.ts";
import { headAfterRecord } from "../src/head.ts";
import { createRoot, leafOf } from "../src/merkle.ts";
import type { ChainEntry } from "../src/state.ts";
import { emptyState } from "../src/state.ts";
import { account, issue, personOf } from "./chain.ts";

const mined = (block: number, time = 1_628_650_000) => ({ block, hash: refOf("block", block), time });

/** The lines that an export of these entries has: accounts 0 to `accounts` − 1 are in the registry. */
export function exportOf(entries: readonly ChainEntry[], accounts: number): ExportLine[] {
  let head = zeroWord;
  const records = Array.from({ length: accounts }, (_, n): RecordLine => {
    const person = {
      personId: personOf(account(n)),
      classBits: 8,
      flags: 0,
      validUntil: 4e9,
      country: 392,
      custodian: 1,
    };
    const line = {
      seq: n + 1,
      wallet: account(n),
      record: encodeRecord(person),
      particulars: refOf("name", n),
    };
    head = headAfterRecord(head, line);
    return { type: "record", ...line, head, ...mined(1) };
  });
  const state = emptyState();
  const lines = entries.map(({ blockTime, ...entry }): EntryLine => {
    advance(state, { ...entry, blockTime }, personOf);
    const totals = { totalUnits: state.units, totalHolders: state.holders, totalAccounts: state.accounts };
    return { type: "entry", ...entry, ...mined(2 + entry.seq, blockTime), ...totals };
  });
  const header: HeaderLine = {
    ...{ type: "header", format: "genbo-register-export", version: 3, issue, ref: refOf(issue) },
    ...{ token: account(900), chainId: 1, genesis: refOf("block", 0), registry: account(901) },
    ...mined(1_000),
    ...{ records: accounts, recordsHead: head, entries: state.seq, head: state.head },
    ...{ units: state.units, holders: state.holders, accounts: state.accounts },
  };
  const root = createRoot();
  for (const holding of [...state.holdings.values()].sort((a, b) => (a.account < b.account ? -1 : 1)))
    root.add(holding.account, leafOf(holding));
  return sealed([header, ...records, ...lines], root.root());
}

/** Lines with the end that belongs to them. */
export function sealed(lines: readonly ExportLine[], root: string): ExportLine[] {
  const count = (type: ExportLine["type"]) => lines.filter((line) => line.type === type).length;
  const text = lines.map((line) => `${lineText(line)}\n`).join("");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return [...lines, { type: "end", records: count("record"), entries: count("entry"), root, sha256 }];
}

export async function* bytesOf(lines: readonly ExportLine[]): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(lineText(line));
}
