import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isBinaryNamed } from "../consortium/binary.ts";
import type { Figure } from "./figure.ts";
import type { Phase } from "./phase.ts";
import { type Platform, startPlatform } from "./platform.ts";
import type { Run } from "./run.ts";

/** Sizes that a run may change; the defaults keep each bench below a minute. */
export interface Sizes {
  /** Entries of the histories that are folded. */
  entries: number;
  holders: number;
  issues: number;
  /** Single transfers sent end to end. */
  transfers: number;
}

/** The wait for the last block is among the time of what is sent: two seconds on validators, which 4,000 take seven for. */
const transfers = isBinaryNamed() ? 12_000 : 4_000;

export const defaultSizes: Sizes = { entries: 100_000, holders: 10_000, issues: 5, transfers };

export interface BenchContext extends Run {
  sizes: Sizes;
  /** The one platform of this run, with parties, accounts and an issue; started at the first call. */
  platform(): Promise<Platform>;
  /** Work that ended on chain, as it was measured; the ceilings are measured after all of it. */
  phases: { single?: Phase; bulk?: Phase };
}

export type Bench = (context: BenchContext) => Promise<Figure[]>;

export function createContext(sizes: Sizes): BenchContext & { end(): Promise<void> } {
  const undo: (() => unknown)[] = [];
  let platform: Promise<Platform> | undefined;
  const context: BenchContext = {
    sizes,
    phases: {},
    say: (line) => process.stderr.write(`${line}\n`),
    platform: () => {
      platform ??= startPlatform(context);
      return platform;
    },
    folder: (name) => {
      const path = mkdtempSync(join(tmpdir(), `genbo-bench-${name}-`));
      undo.push(() => rmSync(path, { recursive: true, force: true }));
      return path;
    },
    atEnd: (step) => void undo.push(step),
  };
  return {
    ...context,
    end: async () => {
      for (const step of undo.splice(0).reverse()) await step();
    },
  };
}
