import type { FoldFault } from "@genbo/register/fold-error";

/** Whether a break of a kind holds its register back until two persons have closed it: an issue's, or the registry's. */
const holdsBack = {
  GAP: true,
  HEAD_DIFFERS: true,
  UNKNOWN_KIND: true,
  UNKNOWN_BASIS: true,
  UNKNOWN_ACCOUNT: true,
  UNKNOWN_HOLD: true,
  HOLD_EXISTS: true,
  BAD_PAYLOAD: true,
  INDIVISIBLE: true,
  NEGATIVE: true,
  REGISTRY_GAP: true,
  REGISTRY_HEAD_DIFFERS: true,
  REGISTRY_BAD_PAYLOAD: true,
  /** A contract says otherwise than the register at one block. */
  HEAD_MISMATCH: true,
  REGISTRY_HEAD_MISMATCH: true,
  RECONCILIATION: true,
  /** A register that was rebuilt from the chain differs. */
  REINDEX: true,
  /** A token was created with other terms than its issue's, which it therefore does not become. */
  TERMS_DIFFER: false,
  /** The chain as a whole took blocks back that were final. */
  REORG: false,
  /** A lane whose key somebody else uses; `detail` names the signer. */
  NONCE_TAKEN: false,
  /** A root that the chain keeps refusing; `detail` names its issue. */
  ANCHOR_REFUSED: false,
} as const satisfies Record<FoldFault, true> & Record<string, boolean>;

/** Why a break was opened. */
export type BreakKind = keyof typeof holdsBack;

const kinds = Object.keys(holdsBack) as BreakKind[];

const listOf = (which: readonly BreakKind[]): string => `(${which.map((kind) => `'${kind}'`).join(", ")})`;

/** Kinds that hold back no register, as SQL. */
export const holdNothing = listOf(kinds.filter((kind) => !holdsBack[kind]));

/** A break that holds a register back, or held it and what it held back has not entered yet, as SQL of its columns. */
export const isCatchingUp = `resumed_at is null and kind not in ${holdNothing}`;

/**
 * A break that says that lines are missing which came before its own block, as SQL of its columns: the chain has gone on
 * from where the register stands, and no line that it does not take is the reason.
 */
export const lacksEarlier = `(kind in ${listOf(["GAP", "REGISTRY_GAP", "HEAD_MISMATCH", "REGISTRY_HEAD_MISMATCH"])}
  or detail -> 'differences' @> '[{"what": "seq"}]')`;
