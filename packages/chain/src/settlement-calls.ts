import { MaxUint256 } from "ethers";
import { contractInterface } from "./abi.ts";
import { legalCallGas } from "./gas.ts";

/**
 * Calls of delivery versus payment, each a transaction of its own. They go to the one Settlement contract or to the
 * sandbox's CashToken, whatever token a command names as the one whose register it enters.
 */
export const settlementCalls = [
  "fund",
  "attest",
  "settle",
  "giveBack",
  "admitCash",
  "mintCash",
  "allowCash",
] as const;
export type SettlementCall = (typeof settlementCalls)[number];
export const isSettlementCall = (call: string): call is SettlementCall =>
  (settlementCalls as readonly string[]).includes(call);

export interface SettlementTargets {
  settlement: string;
  /** Null where no cash token is connected. */
  cash: string | null;
}

type Args = Readonly<Record<string, unknown>>;

/** @throws RangeError, TypeError when the arguments are not the call's, or there is no cash token to call */
export function encodeSettlementCall(
  call: SettlementCall,
  args: Args,
  { settlement, cash }: SettlementTargets,
): { to: string; data: string; gasLimit: number } {
  if (isCashCall(call)) {
    if (cash === null) throw new RangeError("This platform has no cash token.");
    const data = contractInterface("CashToken").encodeFunctionData(...cashCall(call, args, settlement));
    return { to: cash, data, gasLimit: legalCallGas(1) };
  }
  const { instruction, leg, evidence } = args;
  const values = { fund: [leg], attest: [leg, evidence], settle: [], giveBack: [leg] }[call];
  const data = contractInterface("Settlement").encodeFunctionData(call, [instruction, ...values]);
  return { to: settlement, data, gasLimit: legalCallGas(legsOf(instruction)) };
}

type CashCall = "admitCash" | "mintCash" | "allowCash";
const isCashCall = (call: SettlementCall): call is CashCall => call.endsWith("Cash");

function cashCall(call: CashCall, args: Args, settlement: string): [string, unknown[]] {
  switch (call) {
    case "admitCash":
      // Without an account: the Settlement contract itself, which holds what was funded.
      return ["admit", [args.account ?? settlement, true]];
    case "mintCash":
      return ["mint", [args.account, yen(args.yen)]];
    case "allowCash":
      // The Settlement contract takes only what the payer itself funds.
      return ["approve", [settlement, MaxUint256]];
  }
}

function legsOf(instruction: unknown): number {
  const legs = (instruction as { legs?: unknown } | undefined)?.legs;
  if (!Array.isArray(legs)) throw new RangeError("An instruction has legs.");
  return legs.length;
}

/** JSON brings yen as decimal text. */
function yen(value: unknown): bigint {
  if (typeof value !== "string" || !/^\d+$/.test(value)) throw new RangeError(`No yen: ${String(value)}`);
  return BigInt(value);
}
