import { type Word, zeroWord } from "@genbo/domain/words";
import { type EntryFields, headAfterEntry } from "./head.ts";

/** One line of an export of entries: the fields that the head covers, and the head as the register says it. */
export interface ExportedEntry extends EntryFields {
  head: Word;
}

/** What is wrong with an export, at the first entry where it shows. */
export type ExportFault =
  | { fault: "GAP"; seq: number; expected: number }
  | { fault: "HEAD_DIFFERS"; seq: number; head: Word; expected: Word };

export interface Verified {
  /** Entries that were read and found right. */
  entries: number;
  /** The head after them: equal to the token's `head()` exactly when none is missing and none was altered. */
  head: Word;
  fault: ExportFault | null;
}

/** Recomputes the chain of heads from an export, from the first entry. Needs neither our database nor our trust. */
export function verifyEntries(lines: Iterable<ExportedEntry>): Verified {
  let head = zeroWord;
  let entries = 0;
  for (const line of lines) {
    const expected = entries + 1;
    if (line.seq !== expected) return { entries, head, fault: { fault: "GAP", seq: line.seq, expected } };
    const next = headAfterEntry(head, line);
    if (next !== line.head) {
      return {
        entries,
        head,
        fault: { fault: "HEAD_DIFFERS", seq: line.seq, head: line.head, expected: next },
      };
    }
    head = next;
    entries = expected;
  }
  return { entries, head, fault: null };
}
