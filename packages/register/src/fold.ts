import { entryKinds } from "@genbo/domain/entry-kinds";
import { legalBasisOf } from "@genbo/domain/legal-basis";
import { maxUnits } from "@genbo/domain/units";
import { type Word, zeroAddress } from "@genbo/domain/words";
import { effectOf } from "./effect.ts";
import { FoldError } from "./fold-error.ts";
import { headAfterEntry } from "./head.ts";
import {
  type ChainEntry,
  copyState,
  type Holding,
  type IssueState,
  type Keyed,
  type PartialState,
} from "./state.ts";
import type { Effect, PersonOf, Step } from "./step.ts";

/**
 * Folds one entry without touching `state`. The register's only rule of change: the indexer, a rebuild and a
 * verifier all come through here, so a rebuild from block 0 gives the same rows as the incremental run.
 * @throws FoldError when the entry must not enter the register
 */
export function step(state: PartialState, entry: ChainEntry, personOf: PersonOf): Step {
  checkChain(state, entry);
  return stepOf(state, entry, personOf);
}

/** The same for an entry that does not follow `state` in the chain: what it does, wherever it stands. */
export function stepOf(state: PartialState, entry: ChainEntry, personOf: PersonOf): Step {
  const effect = effectOf(state, entry, personOf);
  const accountsOfPerson = countAccounts(state, effect);
  let holders = state.holders;
  for (const [person, count] of accountsOfPerson) {
    holders += Number(count > 0) - Number((state.accountsOfPerson.get(person) ?? 0) > 0);
  }
  let { units, accounts } = state;
  for (const { before, after } of effect.holdings) {
    units += (after?.units ?? 0n) - (before?.units ?? 0n);
    accounts += Number(after !== null) - Number(before !== null);
  }
  if (units > maxUnits)
    throw new FoldError("BAD_PAYLOAD", entry.seq, "the issue has more units than the register keeps");
  return {
    entry,
    effect,
    totals: { seq: entry.seq, head: entry.head, units, holders, accounts, policy: effect.policy },
    accountsOfPerson,
  };
}

/** Brings `state` to where it stands after `done`. Constant time: only what the entry touched is written. */
export function apply(state: PartialState, done: Step): void {
  Object.assign(state, done.totals);
  for (const { account, after } of done.effect.holdings) put(state.holdings, account, after);
  const { hold, parted } = done.effect;
  for (const each of [parted, hold])
    if (each !== null) put(state.holds, each.id, each.toSeq === null ? each : null);
  for (const [person, count] of done.accountsOfPerson) put(state.accountsOfPerson, person, count || null);
}

/** `step` and `apply` in one: the state moves on, the step says how. A refused entry leaves the state as it was. */
export function advance(state: PartialState, entry: ChainEntry, personOf: PersonOf): Step {
  const done = step(state, entry, personOf);
  apply(state, done);
  return done;
}

/** The fold as a pure function of state and entry; copies the maps, so for many entries use `advance`. */
export function fold(state: IssueState, entry: ChainEntry, personOf: PersonOf): IssueState {
  const next = copyState(state);
  apply(next, step(state, entry, personOf));
  return next;
}

/** What entries touch. */
export interface TouchedByEntries {
  accounts: Set<string>;
  holds: Set<Word>;
  /** By account: how many units leave it at most. */
  leaving: Map<string, bigint>;
}

/**
 * The accounts and holds that entries name; with the accounts of those holds, and with the counts of persons whose
 * account `mayOpenOrEnd`, all that a partial state must hold.
 */
export function touchedBy(
  entries: Iterable<Pick<ChainEntry, "kind" | "units" | "from" | "to" | "ref">>,
): TouchedByEntries {
  const accounts = new Set<string>();
  const holds = new Set<Word>();
  const leaving = new Map<string, bigint>();
  for (const { kind, units, from, to, ref } of entries) {
    accounts.add(from).add(to);
    // Units leave the account that an entry names first, as many as it names; a ratio may round all of them away.
    leaving.set(from, (leaving.get(from) ?? 0n) + (kind === entryKinds.RATIO ? maxUnits : units));
    const ofHold =
      (kind >= entryKinds.HOLD_CREATED && kind <= entryKinds.HOLD_CHANGED) || kind >= entryKinds.HOLD_RANKED;
    if (ofHold || (kind === entryKinds.RATIO && to === zeroAddress)) holds.add(ref);
  }
  return { accounts, holds, leaving };
}

/** Whether, among entries by which `leaving` units leave an account, it may come to have units or to have none. */
export const mayOpenOrEnd = (holding: Holding | undefined, leaving: bigint): boolean =>
  holding === undefined || leaving >= holding.units;

/** Every line of the chain of entries is there, in order, unaltered. */
function checkChain(state: PartialState, entry: ChainEntry): void {
  if (entry.seq !== state.seq + 1) {
    throw new FoldError("GAP", entry.seq, `entry ${state.seq + 1} was expected`);
  }
  // The chain counts to 2^96, the register's columns to 2^63 (ADR 0003).
  if (entry.units > maxUnits) {
    throw new FoldError("BAD_PAYLOAD", entry.seq, "it has more units than the register keeps");
  }
  if (headAfterEntry(state.head, entry) !== entry.head) {
    throw new FoldError("HEAD_DIFFERS", entry.seq, "the recomputed head is not the event's");
  }
  if (legalBasisOf(entry.basis) === undefined) {
    throw new FoldError("UNKNOWN_BASIS", entry.seq, `legal basis ${entry.basis} is not known`);
  }
}

/** Of most entries, which neither open nor end an account. */
const noCounts: ReadonlyMap<string, number> = new Map();

function countAccounts(state: PartialState, effect: Effect): ReadonlyMap<string, number> {
  if (effect.holdings.every(({ before, after }) => (before === null) === (after === null))) return noCounts;
  const counts = new Map<string, number>();
  for (const { before, after } of effect.holdings) {
    const person = (after ?? before)!.person;
    const change = Number(after !== null) - Number(before !== null);
    if (change !== 0)
      counts.set(person, (counts.get(person) ?? state.accountsOfPerson.get(person) ?? 0) + change);
  }
  return counts;
}

function put<V>(map: Keyed<V>, key: string, value: V | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}
