import { patiently } from "@genbo/database/sql/lock-briefly";
import type { Progress } from "./rebuild.ts";
import { type ReindexContext, rebuildAndCompare, whyNotSwitch } from "./reindex.ts";
import { dropOld, switchRegisters } from "./reindex-switch.ts";
import { openReindexBreaks } from "./reindex-tell.ts";
import { textOf } from "./reindex-text.ts";

export interface ReindexOptions {
  /** Puts the rebuilt register in the live one's place. */
  switch: boolean;
  /** Begins at block 0 even where an interrupted rebuild could go on. */
  anew: boolean;
  openBreaks: boolean;
  /** Drops what an earlier switch kept, and does nothing else. */
  dropOld: boolean;
  json: boolean;
}

const equal = 0;
const differs = 1;
const refused = 2;

const sayEveryMs = 2_000;
const number = (value: number): string => Math.round(value).toLocaleString("en");

/** `genbo reindex`. @returns exit code: 0 equal or switched, 1 the register differs, 2 it could not be done */
export async function runReindex(
  open: Omit<ReindexContext, "onStep" | "onProgress">,
  actor: string,
  options: ReindexOptions,
  print: (line: string) => void = console.log,
): Promise<number> {
  const say = options.json ? () => undefined : print;
  if (options.dropOld) {
    const had = await dropOld(open);
    print(had ? "Dropped the register that the last switch replaced." : "No replaced register is kept.");
    return equal;
  }
  const speed = createSpeed(say);
  const context: ReindexContext = {
    ...open,
    onProgress: speed.note,
    onStep: (step) => {
      if (step === "compares") say(speed.sum());
      say(steps[step]);
    },
  };
  const found = await rebuildAndCompare(context, options.anew);
  say(textOf(found, options.switch));
  const reason = whyNotSwitch(found);
  let breakIds: string[] = [];
  if (options.openBreaks && found.differences.length > 0) {
    breakIds = await patiently(() =>
      context.leadership.transaction((tx) => openReindexBreaks(tx, found.differences, context.log)),
    );
    say(`Breaks opened: ${breakIds.join(", ") || "none, all are held already"}.`);
  }
  let switched: Awaited<ReturnType<typeof switchRegisters>> | null = null;
  if (options.switch && reason === undefined) {
    switched = await switchRegisters(context, { actor, ...context, differences: found.differences });
    say(
      `Switched at block ${number(switched.block)}; readers waited ${Math.ceil(switched.waitedMs)} ms at most. ` +
        "The replaced tables are kept in the schema register_old until the next switch or `genbo reindex --drop-old`.",
    );
  }
  if (options.json) print(JSON.stringify({ ...found, ...speed.figures(), breakIds, switched }));
  if (switched !== null) return equal;
  if (reason !== undefined) return refused;
  return found.differences.length === 0 ? equal : differs;
}

const steps: Record<Parameters<ReindexContext["onStep"]>[0], string> = {
  begun: "Rebuilding the register from block 0 beside the live one …",
  resumed: "Going on with the rebuild that is there …",
  compares: "Comparing with the live register …",
  waits: "Waiting for transactions that began before …",
  switches: "Switching …",
};

/** Tells how far the rebuild is and how fast it goes. */
function createSpeed(say: (line: string) => void) {
  const began = performance.now();
  let saidMs = began;
  let endedMs = began;
  let [block, entries, records] = [0, 0, 0];
  const seconds = () => (endedMs - began) / 1000;
  const rate = () => (seconds() === 0 ? 0 : entries / seconds());
  return {
    note: (progress: Progress) => {
      block = progress.block;
      entries += progress.entries;
      records += progress.records;
      endedMs = performance.now();
      if (endedMs - saidMs < sayEveryMs) return;
      saidMs = endedMs;
      say(
        `  block ${number(block)} of ${number(progress.until)}, ${number(entries)} entries, ${number(rate())} entries/s`,
      );
    },
    sum: () =>
      entries + records === 0
        ? "Nothing was left to rebuild."
        : `Rebuilt up to block ${number(block)}: ${number(entries)} entries and ${number(records)} lines of the holder registry in ${seconds().toFixed(1)} s, ${number(rate())} entries/s.`,
    figures: () => ({ entries, records, seconds: seconds(), entriesPerSecond: rate() }),
  };
}
