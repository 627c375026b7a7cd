import type { Day } from "@genbo/domain/jst";
import type { Word } from "@genbo/domain/words";
import type { ChainEntry, Hold, Holding, IssueTotals, Lot } from "./state.ts";

/** The person in the registry behind an account, or undefined for an account that was never registered. */
export type PersonOf = (account: string) => string | undefined;

/** A side of an entry; the person is null only where no units arrive, such as the target of a mere request. */
export interface Party {
  account: string;
  person: string | null;
}

/** `before` ends with this entry (its period closes), `after` begins with it (a period opens); null = no units. */
export interface HoldingChange {
  account: string;
  before: Holding | null;
  after: Holding | null;
}

/** What an entry does to holdings and holds, and what its line in the register shows. */
export interface Effect {
  from: Party | null;
  to: Party | null;
  tradeDate: Day | null;
  /** The date of the lot that this entry makes; null when it makes none or keeps the dates it found. */
  acquiredOn: Day | null;
  settlementDate: Day | null;
  /** The earlier entry that this one rectifies. */
  corrects: number | null;
  /** The past day from whose beginning an order of a court has effect. */
  effectiveOn: Day | null;
  /** The hold that this entry makes, changes or ends. */
  holdId: Word | null;
  /** The lots made by an ISSUE; else the lots taken from the sender. */
  lots: Lot[];
  /** Units that the named lot lacked; see `takeLots`. */
  lotShortfall: bigint;
  holdings: HoldingChange[];
  /** The hold after this entry. */
  hold: Hold | null;
  /** The hold of which it has become a part, after this entry. */
  parted: Hold | null;
  policy: Word;
}

/** One entry folded: `effect` as rows, `totals` as the issue's figures after it. */
export interface Step {
  entry: ChainEntry;
  effect: Effect;
  totals: IssueTotals;
  /** New counts of accounts with units, by person. */
  accountsOfPerson: ReadonlyMap<string, number>;
}
