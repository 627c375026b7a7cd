import { digits, hex, type Word } from "./words.ts";

/** The transfer policy of an issue: one word on chain. A limit of 0 is no limit. */
export interface Policy {
  paused: boolean;
  acceptanceRequired: boolean;
  approvalRequired: boolean;
  /** 一括譲渡, DEF 13(3)(i): a holder moves all of its units or none. */
  wholeHoldingOnly: boolean;
  transfersForbidden: boolean;
  /** Set at issue, never changed: the contract counts units and holders by person. */
  unitsPerPersonTracked: boolean;
  /** Set by the contract alone, while a consolidation or split is carried out: nothing else moves. */
  ratioInProgress: boolean;
  /** Receiver classes admitted; 0 = every class. */
  classMask: number;
  lot: bigint;
  /** Unix seconds; 0 = no lock-up. */
  lockUpUntil: number;
  maxUnitsPerPerson: bigint;
  maxHolders: number;
}

const flagBits = {
  paused: 1,
  acceptanceRequired: 2,
  approvalRequired: 4,
  wholeHoldingOnly: 8,
  transfersForbidden: 16,
  unitsPerPersonTracked: 32,
  ratioInProgress: 64,
} as const;
const flagNames = Object.keys(flagBits) as (keyof typeof flagBits)[];

export function encodePolicy(policy: Partial<Policy>): Word {
  const flags = flagNames.reduce((bits, name) => bits | (policy[name] ? flagBits[name] : 0), 0);
  const fields = [
    hex(flags, 2),
    hex(policy.classMask ?? 0, 4),
    hex(policy.lot ?? 0n, 8),
    hex(policy.lockUpUntil ?? 0, 10),
    hex(policy.maxUnitsPerPerson ?? 0n, 24),
    hex(policy.maxHolders ?? 0, 8),
  ];
  return `0x${fields.join("")}${"0".repeat(8)}`;
}

export function decodePolicy(word: Word): Policy {
  const flags = digits(word, 0, 2);
  const has = (name: keyof typeof flagBits) => (flags & flagBits[name]) !== 0;
  return {
    paused: has("paused"),
    acceptanceRequired: has("acceptanceRequired"),
    approvalRequired: has("approvalRequired"),
    wholeHoldingOnly: has("wholeHoldingOnly"),
    transfersForbidden: has("transfersForbidden"),
    unitsPerPersonTracked: has("unitsPerPersonTracked"),
    ratioInProgress: has("ratioInProgress"),
    classMask: digits(word, 2, 6),
    lot: BigInt(digits(word, 6, 14)),
    lockUpUntil: digits(word, 14, 24),
    maxUnitsPerPerson: BigInt(`0x${word.slice(26, 50)}`),
    maxHolders: digits(word, 48, 56),
  };
}
