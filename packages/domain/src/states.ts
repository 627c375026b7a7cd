/** draft → approved → active (it has a token) → closed; or rejected by its trustee. */
export const issueStates = ["draft", "approved", "active", "rejected", "closed"] as const;
export type StateOfIssue = (typeof issueStates)[number];

export const transferStates = [
  "requested",
  "held",
  "accepted",
  "entered",
  "rejected",
  "cancelled",
  "refused",
] as const;
export type StateOfTransfer = (typeof transferStates)[number];

export const walletStates = ["pending", "registered", "refused"] as const;
export type StateOfWallet = (typeof walletStates)[number];

/** How the key of an account is kept: by its broker, or by the investor. */
export const custodies = ["CUSTODIED", "SELF"] as const;
export type Custody = (typeof custodies)[number];

export const proofStates = ["asked", "proved", "approved", "refused"] as const;
export type StateOfProof = (typeof proofStates)[number];

export const inspectionStates = ["open", "granted", "refused"] as const;
export type StateOfInspection = (typeof inspectionStates)[number];

/** accepted → queued → sent → mined → entered (perfected) | refused | failed. */
export const operationStates = [
  "accepted",
  "queued",
  "sent",
  "mined",
  "entered",
  "refused",
  "failed",
] as const;
export type StateOfOperation = (typeof operationStates)[number];

export const rowStates = ["queued", "taken", "entered", "refused", "failed"] as const;
