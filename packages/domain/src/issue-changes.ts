import type { Role } from "./permissions.ts";

/** What changes an issue as a whole: redemption, transfer policy, consolidation or split, stop and resumption, terms, documents (ERC-1643). */
export const changeKinds = [
  "REDEMPTION",
  "POLICY",
  "RATIO",
  "PAUSE",
  "RESUME",
  "TERMS",
  "DOCUMENT",
  "DOCUMENT_REMOVAL",
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** open → approved → entered; or refused (by the trustee or by the chain), or withdrawn by who proposed it. */
export const changeStates = ["open", "approved", "entered", "refused", "withdrawn"] as const;
export type ChangeState = (typeof changeStates)[number];

/** Units and policy are the issuer's to ask for, and the trustee's to grant; to stop an issue is the trustee's alone. */
const proposers: Record<ChangeKind, readonly Role[]> = {
  REDEMPTION: ["issuer"],
  POLICY: ["issuer"],
  RATIO: ["issuer"],
  PAUSE: ["trustee"],
  RESUME: ["trustee"],
  TERMS: ["issuer", "trustee"],
  DOCUMENT: ["issuer", "trustee"],
  DOCUMENT_REMOVAL: ["issuer", "trustee"],
};
export const mayPropose = (role: Role, kind: ChangeKind): boolean => proposers[kind].includes(role);

/** What the issuer says on chain at once, and holders and brokers see for a day before it may be approved. */
export const isNoticed = (kind: string): boolean => kind === "POLICY" || kind === "RATIO";

/** A stop must not wait for a second person; that it ends does. */
export const isImmediate = (kind: ChangeKind): boolean => kind === "PAUSE";

/** What the issuer asks for, holders and brokers see a day ahead: the contract counts in whole minutes. */
export const policyDelayMs = 24 * 3_600_000 + 60_000;

/** The name of a document as a word on chain: ASCII, at most 31 characters, so that it ends in a zero. */
export const documentWord = (name: string): string =>
  `0x${Buffer.from(name, "ascii").toString("hex").padEnd(64, "0")}`;
