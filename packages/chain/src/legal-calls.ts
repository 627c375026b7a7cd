import type { Word } from "@genbo/domain/words";
import { contractInterface } from "./abi.ts";

/**
 * Calls of legal acts (contracts/interfaces/ILegalActs.sol). Each is a command of its own with all its rows, and atomic:
 * an act is entered as a whole or not at all, and it shares its transaction with no other.
 */
export const legalCalls = [
  "createHolds",
  "releaseHolds",
  "releaseByOrder",
  "executeHolds",
  "enforceTransfers",
  "recover",
  "succeed",
  "changeController",
  "assignPledge",
  "mark",
] as const;
export type LegalCall = (typeof legalCalls)[number];
export const isLegalCall = (call: string): call is LegalCall =>
  (legalCalls as readonly string[]).includes(call);

type Args = Readonly<Record<string, unknown>>;

/** The holds that an act of this many rows may break or carry are far fewer than a block's gas allows. */
export const legalRowsMax = 50;

/** @throws RangeError, TypeError when the arguments are not the call's */
export function encodeLegalCall(call: LegalCall, args: Args): { data: string; rows: number } {
  const values = valuesOf[call](args);
  const rows = rowCount(call, args);
  if (rows > legalRowsMax) throw new RangeError(`${call} of ${rows} rows; ${legalRowsMax} are the most.`);
  return { data: contractInterface("SecurityToken").encodeFunctionData(call, values), rows };
}

const atomic = true;

const valuesOf: Record<LegalCall, (args: Args) => unknown[]> = {
  createHolds: ({ rows }) => [list(rows).map(unitsOf), atomic],
  releaseHolds: ({ holdIds }) => [words(holdIds), atomic],
  releaseByOrder: ({ holdIds, basis }) => [words(holdIds), basis, atomic],
  executeHolds: ({ rows }) => [list(rows).map(unitsOf), atomic],
  enforceTransfers: ({ rows }) => [list(rows).map(unitsOf), atomic],
  recover: ({ lost, replacement, ref, holdIds }) => [lost, replacement, ref, words(holdIds)],
  succeed: ({ from, rows, holdIds }) => [from, list(rows).map(successorOf), words(holdIds)],
  changeController: ({ holdId, controller }) => [holdId, controller],
  assignPledge: ({ holdId, pledgee, controller }) => [holdId, pledgee, controller],
  mark: ({ account, basis, ref, data, ...row }) => [account, unitsOf(row).units, basis, ref, data],
};

/** Rows of any kind, broken and carried holds among them. */
function rowCount(call: LegalCall, args: Args): number {
  if (call === "changeController" || call === "assignPledge" || call === "mark") return 1;
  if (call === "recover") return 1 + words(args.holdIds).length;
  if (call === "succeed") return list(args.rows).length * (1 + words(args.holdIds).length);
  if (call === "releaseHolds" || call === "releaseByOrder") return words(args.holdIds).length;
  return list(args.rows).reduce(
    (sum, { breaks }) => sum + 1 + (Array.isArray(breaks) ? breaks.length : 0),
    0,
  );
}

function list(value: unknown): Args[] {
  if (!Array.isArray(value) || value.length === 0) throw new RangeError("A legal act has at least one row.");
  return value as Args[];
}

function words(value: unknown): Word[] {
  if (!Array.isArray(value)) throw new RangeError("Holds are named by a list of ids.");
  return value as Word[];
}

const successorOf = (row: Args): Args => ({ ...unitsOf(row), parts: list(row.parts).map(partOf) });

const partOf = (part: Args): Args => ({ ...unitsOf(part), claim: unitsOf({ units: part.claim }).units });

/** JSON brings units as decimal text. */
const unitsOf = ({ units, ...rest }: Args): Args => {
  if (typeof units !== "string") throw new RangeError(`Not a whole number: ${String(units)}`);
  return { ...rest, units: BigInt(units) };
};
