import type { Correction } from "@genbo/register/rectification";
import type { Holding, Lot } from "@genbo/register/state";

/** One account of the register as of a position. `free` = units − encumbered. */
export interface RegisterRow {
  account: string;
  personId: string;
  units: bigint;
  encumbered: bigint;
  /** Oldest first. */
  lots: Lot[];
  /** The entry since which it stands so. */
  fromSeq: number;
}

/** What later entries say of a past state: few accounts of many. */
export interface Overlay {
  /** By number. */
  made: Correction[];
  /** What reaches back to that state and cannot be true of it. */
  impossible: Correction[];
  /** The accounts that stand otherwise than the chain's state has them; a row of null has no units. */
  accounts: ReadonlyMap<string, { row: RegisterRow | null; custodian: number }>;
  /** Their persons, with every holding that these have. */
  persons: string[];
  holdings: Holding[];
}
