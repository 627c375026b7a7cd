import { zeroAddress } from "@genbo/domain/words";
import { contractInterface } from "./abi.ts";
import { type BatchCall, type CallRow, checkRow, encodeBatch, isBatchCall } from "./calls.ts";
import { batchGas, carriedRowGas, legalCallGas, singleCallGas } from "./gas.ts";
import { bytesOf } from "./hex.ts";
import { encodeIssueCall, isIssueCall, issueCallRows } from "./issue-calls.ts";
import { encodeLegalCall, isLegalCall } from "./legal-calls.ts";
import { encodeOrderCall, isOrderCall } from "./orders.ts";
import { encodeSettlementCall, isSettlementCall, type SettlementTargets } from "./settlement-calls.ts";

/** A row of the outbox, as the api puts it there. */
export interface ChainCommand {
  call: string;
  /** null: the one contract that the call belongs to. */
  target: string | null;
  ref: string;
  /** bigints as decimal strings. */
  args: Readonly<Record<string, unknown>>;
}

/** The contracts that calls without a target belong to. */
export interface CallTargets extends SettlementTargets {
  manager: string;
  registry: string;
  factory: string;
  anchor: string;
}

export interface ContractCall {
  to: string;
  data: Buffer;
  gasLimit: number;
}

/** A command that no contract can carry out as it stands. Never retryable. */
export class BadCommand extends Error {
  override readonly name = "BadCommand";
}

/** Checks one command by itself, so that it cannot spoil the batch it would go into. @throws BadCommand */
export function checkCommand(command: ChainCommand): void {
  try {
    if (isBatchCall(command.call)) checkRow(command.call, rowOf(command));
    else if (isLegalCall(command.call)) encodeLegalCall(command.call, command.args);
    else if (isOrderCall(command.call)) encodeOrderCall(command.args);
    else if (isIssueCall(command.call)) encodeIssueCall(command.call, command.ref, command.args);
    else if (isSettlementCall(command.call))
      encodeSettlementCall(command.call, command.args, { settlement: zeroAddress, cash: zeroAddress });
    else singleCall(command, noTargets);
  } catch (cause) {
    throw new BadCommand(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The call that carries out `commands`, which are of one call and target; a call that is not batched takes one. */
export function encodeCommands(commands: readonly ChainCommand[], targets: CallTargets): ContractCall {
  const [first] = commands;
  if (first === undefined) throw new RangeError("A call carries at least one command.");
  if (isLegalCall(first.call)) {
    if (first.target === null) throw new BadCommand(`${first.call} needs a target.`);
    const { data, rows } = encodeLegalCall(first.call, first.args);
    return { to: first.target, data: bytesOf(data), gasLimit: legalCallGas(rows) };
  }
  if (isIssueCall(first.call)) {
    if (first.target === null) throw new BadCommand(`${first.call} needs a target.`);
    const data = bytesOf(encodeIssueCall(first.call, first.ref, first.args));
    const rows = issueCallRows(first.call, first.args);
    return { to: first.target, data, gasLimit: singleCallGas + rows * carriedRowGas };
  }
  if (isOrderCall(first.call)) {
    if (first.target === null) throw new BadCommand(`${first.call} needs a target.`);
    return { to: first.target, data: bytesOf(encodeOrderCall(first.args)), gasLimit: legalCallGas(1) };
  }
  if (isSettlementCall(first.call)) {
    const { to, data, gasLimit } = encodeSettlementCall(first.call, first.args, targets);
    return { to: to.toLowerCase(), data: bytesOf(data), gasLimit };
  }
  if (!isBatchCall(first.call)) {
    const { to, data } = singleCall(first, targets);
    return { to: to.toLowerCase(), data: bytesOf(data), gasLimit: singleCallGas };
  }
  const call: BatchCall = first.call;
  const to = first.target ?? (call === "setRecords" ? targets.registry : undefined);
  if (to === undefined) throw new BadCommand(`${call} needs a target.`);
  const data = encodeBatch(call, commands.map(rowOf), false);
  return { to: to.toLowerCase(), data, gasLimit: batchGas(call, commands.length) };
}

function rowOf({ ref, args }: ChainCommand): CallRow {
  const { units, ...rest } = args;
  const row = { ...rest, ref } as CallRow;
  return units === undefined ? row : { ...row, units: integer(units) };
}

const noTargets: CallTargets = {
  manager: "",
  registry: "",
  factory: "",
  anchor: "",
  settlement: "",
  cash: null,
};

/** Calls of the deployment's own contracts that take one command each. */
export const singleCalls = ["createIssue", "grantRole", "setCustodian", "consentToMove", "anchor"] as const;

function singleCall({ call, ref, args }: ChainCommand, targets: CallTargets): { to: string; data: string } {
  switch (call as (typeof singleCalls)[number]) {
    case "createIssue": {
      const { name, symbol, cap, policy, termsHash, issuerRole } = args;
      const terms = {
        ref,
        name,
        symbol,
        cap: integer(cap),
        policy: integer(policy),
        termsHash,
        issuerRole: integer(issuerRole),
      };
      const data = contractInterface("TokenFactory").encodeFunctionData("createIssue", [terms]);
      return { to: targets.factory, data };
    }
    case "grantRole": {
      const values = [integer(args.role), String(args.account), 0];
      const data = contractInterface("AccessManager").encodeFunctionData("grantRole", values);
      return { to: targets.manager, data };
    }
    case "setCustodian": {
      const values = [String(args.signer), integer(args.id)];
      const data = contractInterface("HolderRegistry").encodeFunctionData("setCustodian", values);
      return { to: targets.registry, data };
    }
    case "consentToMove": {
      const values = [wallets(args.wallets), integer(args.to), args.consents === true, true];
      const data = contractInterface("HolderRegistry").encodeFunctionData("consentToMove", values);
      return { to: targets.registry, data };
    }
    case "anchor": {
      const { subject, kind, day, root, supersedes } = args;
      const values = [subject, kind, day, root, supersedes];
      const data = contractInterface("RegisterAnchor").encodeFunctionData("anchor", values);
      return { to: targets.anchor, data };
    }
    default:
      throw new BadCommand(`There is no call "${call}".`);
  }
}

/** A consent writes a slot, 30,000 gas: so many fit below the limit of a single call. */
export const consentWalletsMax = 50;

function wallets(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > consentWalletsMax)
    throw new RangeError(`A consent is for 1 to ${consentWalletsMax} wallets.`);
  return value;
}

/** Decimal or 0x text, or a small number, as JSON brings it. */
function integer(value: unknown): bigint {
  if (typeof value === "string" && value !== "") return BigInt(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw new RangeError(`Not a whole number: ${String(value)}`);
}
