/** Why an entry cannot enter the register. Each quarantines its issue: a break is opened, other issues go on. */
export type FoldFault =
  | "GAP" // its number does not follow the last one
  | "HEAD_DIFFERS" // the recomputed head is not the event's
  | "UNKNOWN_KIND"
  | "UNKNOWN_BASIS"
  | "UNKNOWN_ACCOUNT" // an account without a record in the registry would receive units
  | "UNKNOWN_HOLD"
  | "HOLD_EXISTS"
  | "BAD_PAYLOAD" // parties, units or data word that its kind cannot have
  | "INDIVISIBLE" // a correction whose units are no whole ones of before a ratio
  | "NEGATIVE"; // more units than the account, its free part or its hold has

/** An entry that does not fit the register. Never retryable: the same entry always fails the same way. */
export class FoldError extends Error {
  override readonly name = "FoldError";
  readonly fault: FoldFault;
  readonly seq: number;

  constructor(fault: FoldFault, seq: number, message: string) {
    super(`entry ${seq}: ${message}`);
    this.fault = fault;
    this.seq = seq;
  }
}
