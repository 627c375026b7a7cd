import type { Consents } from "../custody.ts";
import type { Person } from "../model/facts.ts";
import type { Platform } from "../platform.ts";

export interface DifferentialResult {
  calls: number;
  done: number;
  refused: number;
  tokens: number;
  /** Wallets that went to another custodian. */
  moved: number;
  /** How often each code came up, 0: done. */
  codes: Record<number, number>;
  /** How often each of the combinations that are rare came about. */
  reached: Record<string, number>;
}

/** What all games of a run share. */
export interface Ground {
  platform: Platform;
  random: (below: number) => number;
  records: Map<string, Person>;
  consents: Consents;
  result: DifferentialResult;
}
