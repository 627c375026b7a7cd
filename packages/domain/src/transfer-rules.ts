import { classAdmitted } from "./investor-class.ts";
import type { Policy } from "./policy-word.ts";
import { type RefusalCode, refusal } from "./refusals.ts";
import type { RegistryRecord } from "./registry-record.ts";
import { zeroAddress } from "./words.ts";

export interface PartyFacts {
  account: string;
  /** What the registry says of the account; null when it says nothing. */
  record: RegistryRecord | null;
  /** Units of the person behind it over all its accounts; counts only where the policy tracks persons. */
  unitsOfPerson: bigint;
}

export interface TransferFacts {
  policy: Policy;
  /** Unix seconds at which the transfer would execute. */
  now: number;
  units: bigint;
  from: PartyFacts & {
    units: bigint;
    /** Units that no hold encumbers, or for the execution of a hold all the encumbered ones. */
    available: bigint;
  };
  to: PartyFacts;
  /** Persons with units of the issue. */
  holders: number;
  /** Units that the acquisition lot named by the request can still give; left out when it names none. */
  lotUnits?: bigint;
  /** The units are to move at once, without a request, acceptance or approval. */
  direct?: boolean;
}

type Rule = (facts: TransferFacts) => boolean;

/**
 * When each rule fails. Those below 100 mean exactly what the contract means by them: a sender needs registration
 * only, so that one whose check lapsed can still sell; a receiver needs a valid and eligible record.
 */
const rules: Partial<Record<RefusalCode, Rule>> = {
  INSUFFICIENT_UNITS: ({ units, from }) => units > from.available,
  SENDER_INVALID: ({ from }) => from.account === zeroAddress,
  RECEIVER_INVALID: ({ to }) => to.account === zeroAddress,
  UNITS_ZERO: ({ units }) => units === 0n,
  SAME_ACCOUNT: ({ from, to }) => from.account === to.account,
  PAUSED: ({ policy }) => policy.paused,
  TRANSFERS_FORBIDDEN: ({ policy }) => policy.transfersForbidden,
  LOCKED_UP: ({ policy, now }) => now < policy.lockUpUntil,
  LOT_SIZE: ({ policy, units }) => policy.lot > 1n && units % policy.lot !== 0n,
  WHOLE_HOLDING_ONLY: ({ policy, units, from }) => policy.wholeHoldingOnly && units !== from.units,
  NEEDS_REQUEST: ({ policy, direct }) =>
    direct === true && (policy.acceptanceRequired || policy.approvalRequired),
  MAX_UNITS_PER_PERSON: (facts) => {
    const { maxUnitsPerPerson } = facts.policy;
    return (
      countsPersons(facts) &&
      maxUnitsPerPerson !== 0n &&
      facts.to.unitsOfPerson + facts.units > maxUnitsPerPerson
    );
  },
  // A full sale frees the place that it takes; a cap set below the count lets nobody new in.
  MAX_HOLDERS: (facts) => {
    const { from, to, units, policy, holders } = facts;
    if (!countsPersons(facts) || policy.maxHolders === 0 || to.unitsOfPerson !== 0n) return false;
    const freed = from.record !== null && from.unitsOfPerson === units ? 1 : 0;
    return holders + 1 - freed > policy.maxHolders;
  },
  RATIO_IN_PROGRESS: ({ policy }) => policy.ratioInProgress,
  SENDER_NOT_REGISTERED: ({ from }) => from.record === null,
  SENDER_FROZEN: ({ from }) => from.record !== null && from.record.flags !== 0,
  RECEIVER_NOT_REGISTERED: ({ to }) => to.record === null,
  RECEIVER_CHECK_LAPSED: ({ to, now }) => to.record !== null && now > to.record.validUntil,
  RECEIVER_FROZEN: ({ to }) => to.record !== null && to.record.flags !== 0,
  RECEIVER_CLASS: ({ to, policy }) =>
    to.record !== null && !classAdmitted(policy.classMask, to.record.classBits),
  // The contract knows no lots; the register does (Trust Act 186(iv)).
  LOT_CLOSED: ({ lotUnits, units }) => lotUnits !== undefined && lotUnits < units,
};

const byNumber = (Object.entries(rules) as [RefusalCode, Rule][])
  .map(([code, fails]) => ({ number: refusal(code).number, fails }))
  .sort((a, b) => a.number - b.number);

/**
 * The numbers of all rules that a transfer fails, ascending; empty when it may go ahead. Pure: the same facts give the
 * same answer as the contract's `failingRules`, plus NEEDS_REQUEST for direct moves and the rules of the register.
 */
export function failingRules(facts: TransferFacts): number[] {
  return byNumber.filter(({ fails }) => fails(facts)).map(({ number }) => number);
}

/** Limits by person: a move between two accounts of one person changes neither count; an unregistered one has none. */
function countsPersons({ policy, from, to }: TransferFacts): boolean {
  return policy.unitsPerPersonTracked && to.record !== null && to.record.personId !== from.record?.personId;
}
