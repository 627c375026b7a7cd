import { AbiCoder, keccak256 } from "ethers";
import { type Entry, type ModelHold, type ModelPolicy, nobody } from "./facts.ts";

export const keepDays = 1n << 252n;
export const daysOf = (data: bigint): bigint => BigInt.asUintN(64, data);
export const hex = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

/** The id under which the frozen units of an account are entered. */
export const freezeId = (account: string): string => `0x${"f".repeat(24)}${account.slice(2).toLowerCase()}`;

export function holdWord(hold: ModelHold): bigint {
  return (
    (BigInt(hold.kind) << 252n) |
    (BigInt(hold.expiryMinutes) << 224n) |
    (BigInt(hold.controller) << 64n) |
    hold.days
  );
}

/** What an entry says of the hold that it is about. */
export const ofHold = (hold: ModelHold): Pick<Entry, "basis" | "units" | "from" | "to" | "data"> => ({
  basis: hold.basis,
  units: hold.units,
  from: hold.account,
  to: hold.to,
  data: holdWord(hold),
});

/** The entry of a policy, but for its reference. */
export const ofPolicy = (policy: ModelPolicy): Omit<Entry, "ref"> => ({
  kind: 11,
  ...{ basis: 0, units: 0n, from: nobody, to: nobody },
  data: policyWord(policy),
});

export function policyWord(policy: ModelPolicy): bigint {
  const flags = [
    policy.paused,
    policy.acceptance,
    policy.approval,
    policy.wholeHolding,
    policy.forbidden,
    policy.tracked,
    policy.ratio,
  ];
  const bits = flags.reduce((sum, set, index) => sum | (set ? 1 << index : 0), 0);
  return (
    (BigInt(bits) << 248n) |
    (policy.classMask << 232n) |
    (policy.lot << 200n) |
    (BigInt(policy.lockedUntil) << 160n) |
    (policy.maxUnits << 64n) |
    (BigInt(policy.maxHolders) << 32n)
  );
}

export const isPart = (id: string): boolean => id.startsWith(`0x${"f".repeat(23)}e`);

/** The id of what one of several successors gets of a hold. */
export function partId(id: string, account: string): string {
  const hash = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "address"], [id, account]));
  return `0x${"f".repeat(23)}e${hash.slice(26)}`;
}
