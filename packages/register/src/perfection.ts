import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import { basisCode } from "@genbo/domain/legal-basis";
import type { Step } from "./step.ts";

const movesTitle: ReadonlySet<number> = new Set([
  entryKinds.ISSUE,
  entryKinds.REDEEM,
  entryKinds.TRANSFER,
  entryKinds.FORCED_TRANSFER,
  entryKinds.RECOVERY,
  entryKinds.HOLD_EXECUTED,
  entryKinds.HOLD_SUCCEEDED,
]);
const makesOrEndsHold: ReadonlySet<number> = new Set([
  entryKinds.HOLD_CREATED,
  entryKinds.HOLD_RELEASED,
  entryKinds.HOLD_CHANGED,
  entryKinds.HOLD_RANKED,
  entryKinds.HOLD_ASSIGNED,
]);
/** A request, a lock-up or a freeze bars the holder and gives nobody a right in the units. */
const rights: ReadonlySet<number> = new Set([holdKinds.PLEDGE, holdKinds.ATTACHMENT]);

const trustProperty = basisCode("TRUST_PROPERTY_MARK");

/**
 * Whether an entry perfects anything: title to units (Trust Act 195; Companies Act 688), or a pledge (Trust Act 200(2);
 * Companies Act 693) or an attachment of them, or that they are another trust's property (Trust Act 206(1); Companies
 * Act 695-2(1)). A request and its acceptance, a policy, terms and the trustee's capacity are lines of the register that
 * perfect nothing.
 */
export function perfects({ entry, effect }: Pick<Step, "entry" | "effect">): boolean {
  if (movesTitle.has(entry.kind)) return true;
  if (entry.kind === entryKinds.MARK) return entry.basis === trustProperty;
  return makesOrEndsHold.has(entry.kind) && effect.hold !== null && rights.has(effect.hold.kind);
}
