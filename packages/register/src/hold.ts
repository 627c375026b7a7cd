import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import { decodeHold, decodeSuccession, type Word, zeroAddress } from "@genbo/domain/words";
import { FoldError } from "./fold-error.ts";
import { keccakOf } from "./keccak.ts";
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

/** Every hold that an entry of one leaves: it, or a part of it and what is left. */
export function holdsAfter(before: Hold | null, entry: ChainEntry): Hold[] {
  if (entry.kind !== entryKinds.HOLD_SUCCEEDED) return [holdAfter(before, entry)];
  const { hold, parted } = succeededHold(before, entry);
  return parted === null ? [hold] : [hold, parted];
}

/** What the successor whom an entry names has of a hold, and what is left of the hold itself where he is one of several. */
export interface SucceededHold {
  hold: Hold;
  parted: Hold | null;
}

/**
 * A right that rests on units goes on at whoever succeeds their holder: whole to one, a part of it to each of several,
 * every part for the whole claim (CC 296, 350). The parts have together what it had and claimed.
 * @throws FoldError
 */
export function succeededHold(before: Hold | null, entry: ChainEntry): SucceededHold {
  const hold = open(before, entry);
  const { isPart, claimed } = decodeSuccession(entry.data);
  const { units, to, seq } = entry;
  if (to === zeroAddress || to === entry.from) throw bad(entry, "nobody succeeds");
  if (claimed < units || claimed > hold.claimed || claimed - units > hold.claimed - hold.units)
    throw bad(entry, "it claims what the hold does not");
  const passes: readonly number[] = [holdKinds.PLEDGE, holdKinds.ATTACHMENT, holdKinds.LOCKUP];
  if (claimed === 0n || !passes.includes(hold.kind)) throw bad(entry, "such a hold does not pass");
  if (!isPart) {
    if (claimed !== hold.claimed || units !== hold.units)
      throw bad(entry, "it leaves some of the hold behind");
    return { hold: { ...hold, account: to }, parted: null };
  }
  const behind = hold.behind === null ? null : partIdOf(hold.behind, to);
  const own = { id: partIdOf(hold.id, to), partOf: hold.partOf ?? hold.id, account: to, fromSeq: seq };
  return {
    hold: { ...hold, ...own, units, claimed, behind },
    parted: lowered(hold, entry, hold.claimed - claimed),
  };
}

/** The id of the part of a hold that a successor's account has: nobody can take it before. */
export function partIdOf(id: Word, account: string): Word {
  const bytes = Buffer.from(`${id.slice(2)}${account.slice(2).padStart(64, "0")}`, "hex");
  return `0x${"f".repeat(23)}e${keccakOf(bytes).slice(26)}`;
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
    partOf: null,
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
