import { type RefusalCode, refusal, refusalOf, refusalOfError } from "@genbo/domain/refusals";
import { contractInterface } from "./abi.ts";

export interface Revert {
  /** Number of the refusal; that of REVERTED where the contracts' own rules are not the reason. */
  code: number;
  /** Name of the custom error, for the operator. */
  error: string | undefined;
}

/** Every custom error of these is known to the interfaces of one token, the registry, the factory or the manager. */
const contracts = [
  "SecurityToken",
  "HolderRegistry",
  "TokenFactory",
  "AccessManager",
  "Settlement",
  "CashToken",
] as const;

/** ERC-20's errors mean units, but yen where a payment reverts. */
const ofCash: Readonly<Record<string, RefusalCode>> = {
  ERC20InsufficientBalance: "INSUFFICIENT_CASH",
  ERC20InsufficientAllowance: "CASH_ACCOUNT_CLOSED",
};

/**
 * Names why a transaction reverted.
 * @param data the revert data that a node gives, undefined where it gives none
 * @param paying the call was one of the Settlement contract or of a cash token
 */
export function decodeRevert(data: string | undefined, paying = false): Revert {
  const reverted = refusal("REVERTED").number;
  if (data === undefined || data.length < 10) return { code: reverted, error: undefined };
  for (const contract of contracts) {
    const parsed = parseError(contract, data);
    if (parsed === undefined) continue;
    if (parsed.name === "Refused")
      return { code: refusalOf(Number(parsed.args[0])).number, error: "Refused" };
    const cash = paying ? ofCash[parsed.name] : undefined;
    const named = cash === undefined ? refusalOfError(parsed.name) : refusal(cash);
    return { code: named?.number ?? reverted, error: parsed.name };
  }
  return { code: reverted, error: undefined };
}

function parseError(contract: (typeof contracts)[number], data: string) {
  try {
    return contractInterface(contract).parseError(data) ?? undefined;
  } catch {
    // The selector is known and the arguments are cut short.
    return undefined;
  }
}

/** What a node's refusal of a raw transaction means for its lane. */
export type SendRefusal =
  /** The node, or a block, has these very bytes already. */
  | "known"
  /** A transaction of this nonce is in a block: ours, or one that somebody else signed with the lane's key. */
  | "nonceUsed"
  /** Another transaction of this nonce waits in the node's pool. */
  | "nonceTaken"
  /** The node may take it later. */
  | "later"
  /** No node will ever take these bytes. */
  | "never";

/** Besu, GoQuorum's geth and anvil word their refusals in their own ways and share no codes. */
// geth calls a transaction underpriced too when its pool is full and the price zero, as everybody's is here.
const wordings: readonly [RegExp, SendRefusal][] = [
  [/already known|already imported|known transaction/i, "known"],
  [/nonce (is )?too low|nonce below/i, "nonceUsed"],
  [/replacement/i, "nonceTaken"],
  [/nonce (is )?too (far|distant|high)|too far in|lower nonce/i, "later"],
  [/pool is full|pool not enabled|underpriced|txpool|syncing|initial sync|timeout|rate/i, "later"],
];

/** @param message the node's own words */
export function classifySendRefusal(message: string): SendRefusal {
  return wordings.find(([wording]) => wording.test(message))?.[1] ?? "never";
}

/** What an operator changes at a node that refuses for good, by the node's own words. */
const advices: readonly [RegExp, string][] = [
  [/gas price|base fee|fee cap/i, "have every node take a gas price of 0"],
  [/not authorized|permission/i, "let this signer's account send at every node"],
  [/block.gas.limit|gas limit too high|per.transaction gas|size|large/i, "raise the node's limit"],
];

/** @param message the node's own words */
export function adviceOnRefusal(message: string): string {
  return advices.find(([wording]) => wording.test(message))?.[1] ?? "find out what it has against it";
}
