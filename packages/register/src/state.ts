import type { Day } from "@genbo/domain/jst";
import { type Word, zeroWord } from "@genbo/domain/words";
import type { EntryFields } from "./head.ts";

/** An entry as the chain emits it, with the time of its block: all that the fold may know. */
export interface ChainEntry extends EntryFields {
  /** The head after this entry, as the event says it. */
  head: Word;
  /** Unix seconds. Block time is legal time. */
  blockTime: number;
}

/** Units with one acquisition date (Trust Act 186(iv)). Lots of a holding: oldest first, one a date, none empty. */
export interface Lot {
  acquiredOn: Day;
  units: bigint;
}

/** Units of one issue in one account. Invariants: Σ lots = units > 0; 0 <= encumbered <= units. */
export interface Holding {
  account: string;
  /** The person in the registry behind the account: the holder. */
  person: string;
  units: bigint;
  encumbered: bigint;
  lots: readonly Lot[];
  /** The entry since which it stands so. */
  fromSeq: number;
}

/** An encumbrance. Its id is the ref of the entry that created it; it ends with its claim. */
export interface Hold {
  id: Word;
  account: string;
  /** Who receives the units if it executes, of a pledge the pledgee; null when nobody is named. */
  target: string | null;
  /** Code of `holdKinds`. */
  kind: number;
  controller: string;
  /** Still held: what it encumbers. */
  units: bigint;
  /**
   * What it lays hands on: its units, and those under earlier holds that it waits for. Frozen units
   * (ERC-7943) are claimed and not encumbered, since they may exceed the holding.
   */
  claimed: bigint;
  /** Of a pledge behind another: the first pledge on the same units, whose id they share though it may have ended. */
  behind: Word | null;
  /** Of a part that one of several successors has: the undivided hold, whose id all its parts share (`partIdOf`). */
  partOf: Word | null;
  /** Minutes since 1970; 0 = never. */
  expiryMinutes: number;
  accepted: boolean;
  data: Word;
  fromSeq: number;
  toSeq: number | null;
}

/** The figures of an issue after an entry: the row of `issue_state`. */
export interface IssueTotals {
  seq: number;
  head: Word;
  /** Σ holdings = totalSupply. */
  units: bigint;
  /** Persons with units, as the contract counts them. */
  holders: number;
  /** Accounts with units: a person may have several. */
  accounts: number;
  policy: Word;
}

/** What the fold asks of a map: whoever has many accounts keeps them as they like. */
export interface Keyed<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): unknown;
  delete(key: string): unknown;
}

/**
 * An issue as the fold sees it. A state may hold just the accounts, holds and persons that the next entries touch
 * (`touchedBy`); whatever is in its maps must be complete, and an account that is absent has no units.
 */
export interface PartialState extends IssueTotals {
  /** By account. */
  holdings: Keyed<Holding>;
  /** Open holds by id. */
  holds: Map<Word, Hold>;
  /** How many accounts with units each person has. */
  accountsOfPerson: Keyed<number>;
}

/** All of an issue. */
export interface IssueState extends PartialState {
  holdings: Map<string, Holding>;
  accountsOfPerson: Map<string, number>;
}

/** An issue before its first entry. */
export function emptyState(): IssueState {
  return {
    seq: 0,
    head: zeroWord,
    units: 0n,
    holders: 0,
    accounts: 0,
    policy: zeroWord,
    holdings: new Map(),
    holds: new Map(),
    accountsOfPerson: new Map(),
  };
}

/** A copy that shares no map with its original. Holdings, lots and holds are never changed in place, so they are shared. */
export function copyState(state: IssueState): IssueState {
  return {
    ...state,
    holdings: new Map(state.holdings),
    holds: new Map(state.holds),
    accountsOfPerson: new Map(state.accountsOfPerson),
  };
}
