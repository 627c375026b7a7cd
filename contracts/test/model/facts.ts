export interface Entry {
  kind: number;
  basis: number;
  units: bigint;
  from: string;
  to: string;
  ref: string;
  data: bigint;
}

export interface Person {
  id: bigint;
  classes: bigint;
  flags: bigint;
  validUntil: number;
  custodian: number;
}

export interface ModelHold {
  account: string;
  to: string;
  kind: number;
  basis: number;
  units: bigint;
  /** What an attachment or a pledge behind another claims while it waits for some of it. */
  claim: bigint;
  /** Of a pledge behind another: the first pledge on the same units. */
  first: string | null;
  controller: string;
  expiryMinutes: number;
  days: bigint;
  state: "open" | "accepted" | "closed";
}

/** What one of those who succeed a holder gets. */
export interface ModelSuccessor {
  to: string;
  /** Outside holds. */
  units: bigint;
  ref: string;
  data: bigint;
  /** Of each hold, in the order in which the holds are named. */
  parts: { units: bigint; claim: bigint }[];
}

export interface ModelPolicy {
  paused: boolean;
  acceptance: boolean;
  approval: boolean;
  wholeHolding: boolean;
  forbidden: boolean;
  tracked: boolean;
  /** A consolidation or split is carried out. */
  ratio: boolean;
  classMask: bigint;
  lot: bigint;
  lockedUntil: number;
  maxUnits: bigint;
  maxHolders: number;
}

export const nobody = `0x${"0".repeat(40)}`;
