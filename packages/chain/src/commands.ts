import { contractInterface } from "./abi.ts";
import { type BatchCall, type CallRow, checkRow, encodeBatch, isBatchCall } from "./calls.ts";
import { type Addresses, grantRole, setCustodian } from "./deployment.ts";
import { batchGas, singleCallGas } from "./gas.ts";
import { bytesOf } from "./hex.ts";

/** A row of the outbox as the chain needs it: see "How a command reaches the chain" in docs. */
export interface ChainCommand {
  call: string;
  /** null: the one contract that the call belongs to. */
  target: string | null;
  ref: string;
  /** bigints as decimal strings. */
  args: Readonly<Record<string, unknown>>;
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
    else singleCall(command, noAddresses);
  } catch (cause) {
    throw new BadCommand(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The call that carries out `commands`, which are of one call and target; a call that is not batched takes one. */
export function encodeCommands(commands: readonly ChainCommand[], addresses: Addresses): ContractCall {
  const [first] = commands;
  if (first === undefined) throw new RangeError("A call carries at least one command.");
  if (!isBatchCall(first.call)) {
    const { to, data } = singleCall(first, addresses);
    return { to: to.toLowerCase(), data: bytesOf(data), gasLimit: singleCallGas };
  }
  const call: BatchCall = first.call;
  const to = first.target ?? (call === "setRecords" ? addresses.holderRegistry : undefined);
  if (to === undefined) throw new BadCommand(`${call} needs a target.`);
  const data = encodeBatch(call, commands.map(rowOf), false);
  return { to: to.toLowerCase(), data, gasLimit: batchGas(call, commands.length) };
}

function rowOf({ ref, args }: ChainCommand): CallRow {
  const { units, ...rest } = args;
  const row = { ...rest, ref } as CallRow;
  return units === undefined ? row : { ...row, units: integer(units) };
}

const noAddress = `0x${"00".repeat(20)}`;
const noAddresses: Addresses = {
  accessManager: noAddress,
  holderRegistry: noAddress,
  securityToken: noAddress,
  tokenFactory: noAddress,
};

function singleCall({ call, ref, args }: ChainCommand, addresses: Addresses): { to: string; data: string } {
  switch (call) {
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
      return { to: addresses.tokenFactory, data };
    }
    case "grantRole":
      return required(grantRole(addresses, integer(args.role), String(args.account)));
    case "setCustodian":
      return required(setCustodian(addresses, String(args.signer), Number(integer(args.id))));
    default:
      throw new BadCommand(`There is no call "${call}".`);
  }
}

function required({ to, data }: { to: string | null; data: string }): { to: string; data: string } {
  if (to === null) throw new BadCommand("A call needs a contract.");
  return { to, data };
}

/** Decimal or 0x text, or a small number, as JSON brings it. */
function integer(value: unknown): bigint {
  if (typeof value === "string" && value !== "") return BigInt(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw new RangeError(`Not a whole number: ${String(value)}`);
}
