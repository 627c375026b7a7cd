import { type EntryKind, entryKinds } from "@genbo/domain/entry-kinds";
import { refOf } from "@genbo/domain/ids";
import { dayOfIso, startOfDay } from "@genbo/domain/jst";
import {
  encodeHold,
  encodeMove,
  type HoldData,
  type MoveData,
  type Word,
  zeroAddress,
  zeroWord,
} from "@genbo/domain/words";
import { type EntryFields, headAfterEntry } from "../src/head.ts";
import type { ChainEntry } from "../src/state.ts";

export const issue = "iss_018f0000000070008000000000000000";

/** Account n belongs to person floor(n / 2): pairs of wallets of one person. */
export const account = (n: number): string => `0x${(n + 1).toString(16).padStart(40, "0")}`;
export const personOf = (of: string): string => `0x${(BigInt(of) + 1n) / 2n}`.padEnd(26, "0");

export const firstDay = dayOfIso("2021-08-11")!;

/** Writes entries as a token would emit them: numbered, chained by head, at noon JST of `firstDay` + `day`. */
export function createChain() {
  const entries: ChainEntry[] = [];
  let head: Word = zeroWord;
  function emit(kind: EntryKind, fields: Partial<EntryFields>, day = 0): ChainEntry {
    const seq = entries.length + 1;
    const plain = {
      basis: 1,
      units: 0n,
      from: zeroAddress,
      to: zeroAddress,
      // A token's first line bears the issue's own name.
      ref: seq === 1 ? refOf(issue) : refOf("op", seq),
      data: zeroWord,
    };
    const entry: EntryFields = { ...plain, ...fields, seq, kind: entryKinds[kind] };
    head = headAfterEntry(head, entry);
    const emitted = { ...entry, head, blockTime: startOfDay(firstDay + day).getTime() / 1000 + 43_200 };
    entries.push(emitted);
    return emitted;
  }
  return {
    entries,
    emit,
    /** As if the last entry had not been emitted: what the contract refuses. */
    takeBack: () => {
      entries.pop();
      head = entries.at(-1)?.head ?? zeroWord;
    },
    issue: (to: string, units: bigint, day = 0) => emit("ISSUE", { to, units }, day),
    redeem: (from: string, units: bigint, day = 0) => emit("REDEEM", { from, units, basis: 15 }, day),
    move: (from: string, to: string, units: bigint, day = 0, data: Partial<MoveData> = {}) =>
      emit("TRANSFER", { from, to, units, basis: 2, data: encodeMove(data) }, day),
    hold: (from: string, to: string, units: bigint, day = 0, data: Partial<HoldData> = {}) =>
      emit("HOLD_CREATED", { from, to, units, basis: 2, data: holdWord(data) }, day),
    /** A later entry of a hold repeats its parties and word, as the contract does. */
    onHold: (
      kind: EntryKind,
      hold: ChainEntry,
      units = hold.units,
      day = 0,
      more: Partial<EntryFields> = {},
    ) =>
      emit(
        kind,
        { from: hold.from, to: hold.to, units, basis: 2, ref: hold.ref, data: hold.data, ...more },
        day,
      ),
  };
}

export function holdWord(data: Partial<HoldData>): Word {
  const dates = { tradeDate: 0, acquiredOn: 0, settlementDate: 0, lotAcquiredOn: 0 };
  return encodeHold({ kind: 1, expiryMinutes: 0, controller: zeroAddress, ...dates, ...data });
}
