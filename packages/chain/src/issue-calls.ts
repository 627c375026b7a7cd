import { contractInterface } from "./abi.ts";

/** Calls that change an issue as a whole (contracts/interfaces/ICorporateActs.sol, IDocuments.sol); each stands alone. */
export const issueCalls = [
  "proposePolicy",
  "executePolicy",
  "setPaused",
  "changeTerms",
  "setDocument",
  "removeDocument",
  "proposeRatio",
  "beginRatio",
  "carry",
  "endRatio",
] as const;
export type IssueCall = (typeof issueCalls)[number];
export const isIssueCall = (call: string): call is IssueCall =>
  (issueCalls as readonly string[]).includes(call);

type Args = Readonly<Record<string, unknown>>;

const valuesOf: Record<IssueCall, (args: Args, ref: string) => unknown[]> = {
  proposePolicy: ({ policy }) => [word(policy)],
  executePolicy: ({ policy }, ref) => [word(policy), ref],
  setPaused: ({ paused }, ref) => [paused, ref],
  changeTerms: ({ termsHash }, ref) => [termsHash, ref],
  // The entry of a document bears its name as its ref.
  setDocument: ({ uri, hash }, name) => [name, uri, hash],
  removeDocument: (_, name) => [name],
  proposeRatio: ({ n, d }) => [count(n), count(d)],
  beginRatio: ({ n, d }, ref) => [count(n), count(d), ref],
  carry: ({ rows }) => [rows],
  endRatio: (_, ref) => [ref],
};

/** @throws RangeError, TypeError when the arguments are not the call's */
export const encodeIssueCall = (call: IssueCall, ref: string, args: Args): string =>
  contractInterface("SecurityToken").encodeFunctionData(call, valuesOf[call](args, ref));

/** Rows of a call: of a carry its accounts and their holds, of any other none. */
export function issueCallRows(call: IssueCall, { rows }: Args): number {
  if (call !== "carry") return 0;
  return (rows as { holdIds: string[] }[]).reduce((sum, { holdIds }) => sum + 1 + holdIds.length, 0);
}

/** A number of units as decimal text. */
function count(value: unknown): bigint {
  if (typeof value !== "string") throw new RangeError(`Not a whole number: ${String(value)}`);
  return BigInt(value);
}

/** 32 bytes as 0x text. */
function word(value: unknown): bigint {
  if (typeof value !== "string" || !/^0x[0-9a-f]{64}$/.test(value))
    throw new RangeError(`Not 32 bytes: ${String(value)}`);
  return BigInt(value);
}
