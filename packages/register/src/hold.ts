import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import { decodeHold, zeroAddress } from "@genbo/domain/words";
import { FoldError } from "./fold-error.ts";
import { scaleHold } from "./ratio.ts";
import type { ChainEntry, Hold } from "./state.ts";

/**
 * A hold after one of its entries; the register and every reader of its past come through here.
 * @param before null for the entry that makes it
 * @throws FoldError when the entry cannot be true of the hold
 */
export function holdAfter(before: Hold | null, entry: ChainEntry): Hold {
  if (entry.kind === entryKinds.HOLD_CREATED) return created(before, entry);
  const hold = open(before, entry);
  switch (entry.kind) {
    case entryKinds.RATIO:
      return scaleHold(hold, entry);
    case entryKinds.HOLD_ACCEPTED:
      return { ...hold, accepted: true };
    case entryKinds.HOLD_EXECUTED:
      return lowered(hold, entry, hold.claimed - entry.units);
    case entryKinds.HOLD_RELEASED:
      // What waits may be released before it has got any units.
      if (entry.units === 0n && hold.units !== 0n) throw bad(entry, "it releases nothing");
      return lowered(hold, entry, entry.units === hold.units ? 0n : hold.claimed - entry.units);
    case entryKinds.HOLD_RANKED:
      return ranked(hold, entry);
    case entryKinds.HOLD_ASSIGNED:
      return assigned(hold, entry);
    default:
      return changed(hold, entry);
  }
}

function created(before: Hold | null, entry: ChainEntry): Hold {
  if (before !== null) throw new FoldError("HOLD_EXISTS", entry.seq, `hold ${entry.ref} is open already`);
  const { kind, controller, expiryMinutes } = decodeHold(entry.data);
  if (kind < 1 || kind > 6) throw bad(entry, `hold kind ${kind} is not known`);
  // Units that stay where they are: frozen ones, and an attachment that ranks behind the holds on them.
  const waits = entry.from === entry.to;
  if (waits && kind !== holdKinds.ATTACHMENT && kind !== holdKinds.FREEZE)
    throw bad(entry, "a hold of this kind cannot wait");
  // A pledge that encumbers nothing says in its next line whose units it claims.
  const mayBeEmpty = waits ? kind === holdKinds.FREEZE : kind === holdKinds.PLEDGE;
  if (entry.units === 0n && !mayBeEmpty) throw bad(entry, "it holds nothing");
  return {
    id: entry.ref,
    account: entry.from,
    target: waits || entry.to === zeroAddress ? null : entry.to,
    kind,
    controller,
    units: waits ? 0n : entry.units,
    claimed: entry.units,
    behind: null,
    expiryMinutes,
    accepted: false,
    data: entry.data,
    fromSeq: entry.seq,
    toSeq: null,
  };
}

/** A new pledge without units claims those of the pledges that stand on them already (Trust Act 200(2)). */
function ranked(hold: Hold, entry: ChainEntry): Hold {
  const fresh = hold.kind === holdKinds.PLEDGE && hold.claimed === 0n;
  if (!fresh || entry.units === 0n || entry.to !== entry.from) throw bad(entry, "it ranks no new pledge");
  return { ...hold, claimed: entry.units, behind: entry.data };
}

/** Another pledgee takes over the secured claim, and the pledge with its rank. */
function assigned(hold: Hold, entry: ChainEntry): Hold {
  const { kind, controller } = decodeHold(entry.data);
  const fits = hold.kind === holdKinds.PLEDGE && kind === hold.kind && entry.units === hold.units;
  const names = entry.to !== zeroAddress && entry.to !== entry.from;
  if (!fits || !names) throw bad(entry, "it assigns no pledge");
  return { ...hold, target: entry.to, controller, data: entry.data };
}

/** Another controller, more of the units that it waits for, other frozen units, or another wallet of its person. */
function changed(hold: Hold, entry: ChainEntry): Hold {
  const { kind, controller, expiryMinutes } = decodeHold(entry.data);
  if (kind !== hold.kind) throw bad(entry, "it changes the kind of a hold");
  if (entry.to === zeroAddress) throw bad(entry, "it leaves the hold without an account");
  const next = { ...hold, controller, expiryMinutes, data: entry.data, account: entry.to };
  const moves = entry.from !== entry.to;
  if (kind === holdKinds.FREEZE && hold.units === 0n && !moves) return { ...next, claimed: entry.units };
  const fits = moves ? entry.units === hold.units : entry.units >= hold.units && entry.units <= hold.claimed;
  if (!fits) throw bad(entry, "it changes the units of a hold");
  return { ...next, units: entry.units };
}

const grows: ReadonlySet<number> = new Set([
  entryKinds.HOLD_CHANGED,
  entryKinds.RATIO,
  entryKinds.HOLD_RANKED,
]);

function open(hold: Hold | null, entry: ChainEntry): Hold {
  if (hold === null) throw new FoldError("UNKNOWN_HOLD", entry.seq, `hold ${entry.ref} is not open`);
  if (hold.account !== entry.from) throw bad(entry, "the hold is on another account");
  if (entry.units > hold.units && !grows.has(entry.kind))
    throw new FoldError("NEGATIVE", entry.seq, "the hold has fewer units");
  return hold;
}

/** It ends with its claim: what was executed for what it had still waits for the rest. */
const lowered = (hold: Hold, { units, seq }: ChainEntry, claimed: bigint): Hold => ({
  ...hold,
  units: hold.units - units,
  claimed,
  toSeq: claimed === 0n ? seq : null,
});

const bad = (entry: ChainEntry, detail: string): FoldError => new FoldError("BAD_PAYLOAD", entry.seq, detail);
