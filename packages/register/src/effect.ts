import { entryKinds } from "@genbo/domain/entry-kinds";
import { jstDayOfSeconds } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { decodeHold, decodeMove, decodeSuccession, type EntryDates, zeroAddress } from "@genbo/domain/words";
import { FoldError } from "./fold-error.ts";
import { holdAfter, succeededHold } from "./hold.ts";
import { mergeLots, sumLots, takeLots } from "./lots.ts";
import { checkWhole, ratioOf, scaledBy, scaleLots } from "./ratio.ts";
import { saidOfThePast } from "./rectification.ts";
import type { ChainEntry, Hold, Holding, Lot, PartialState } from "./state.ts";
import type { Effect, HoldingChange, Party, PersonOf } from "./step.ts";

interface Context {
  state: PartialState;
  entry: ChainEntry;
  personOf: PersonOf;
}

type Handler = (context: Context) => Effect;

const handlers: Record<number, Handler> = {
  [entryKinds.ISSUE]: move,
  [entryKinds.REDEEM]: move,
  [entryKinds.TRANSFER]: move,
  [entryKinds.FORCED_TRANSFER]: move,
  [entryKinds.RECOVERY]: move,
  [entryKinds.HOLD_CREATED]: createHold,
  [entryKinds.HOLD_ACCEPTED]: noteHold,
  [entryKinds.HOLD_EXECUTED]: executeHold,
  [entryKinds.HOLD_RELEASED]: releaseHold,
  [entryKinds.HOLD_CHANGED]: changeHold,
  [entryKinds.POLICY]: (context) => ({ ...plain(context), policy: context.entry.data }),
  [entryKinds.RATIO]: ratio,
  [entryKinds.MARK]: mark,
  [entryKinds.TERMS]: plain,
  [entryKinds.HOLD_RANKED]: noteHold,
  [entryKinds.HOLD_ASSIGNED]: noteHold,
  [entryKinds.HOLD_SUCCEEDED]: succeed,
};

/** What an entry does. Pure. @throws FoldError when the entry cannot be true of `state`. */
export function effectOf(state: PartialState, entry: ChainEntry, personOf: PersonOf): Effect {
  const handler = handlers[entry.kind];
  if (handler === undefined)
    throw new FoldError("UNKNOWN_KIND", entry.seq, `kind ${entry.kind} is not known`);
  return handler({ state, entry, personOf });
}

/** Made anew for each entry, and completed by who has asked for it: a spread of it cost as much as the move itself. */
function plain(context: Context): Effect {
  const { entry, state } = context;
  const { corrects, effectiveOn } = saidOfThePast(entry);
  return {
    from: partyOf(context, entry.from),
    to: partyOf(context, entry.to),
    tradeDate: null,
    acquiredOn: null,
    settlementDate: null,
    corrects,
    effectiveOn,
    holdId: null,
    lots: [],
    lotShortfall: 0n,
    holdings: [],
    hold: null,
    parted: null,
    policy: state.policy,
  };
}

function move(context: Context): Effect {
  const { entry } = context;
  const isIssue = entry.kind === entryKinds.ISSUE;
  const isRedemption = entry.kind === entryKinds.REDEEM;
  if ((entry.from === zeroAddress) !== isIssue || (entry.to === zeroAddress) !== isRedemption) {
    throw new FoldError("BAD_PAYLOAD", entry.seq, "its parties do not fit its kind");
  }
  const data = decodeMove(entry.data);
  // A lost wallet's units go back to the same person, who acquired them when they were first acquired.
  const keepDates = data.keepDates || entry.kind === entryKinds.RECOVERY;
  return moveUnits(context, data, keepDates, null);
}

function executeHold(context: Context): Effect {
  const hold = nextHold(context);
  return moveUnits(context, decodeHold(hold.data), false, hold);
}

/** Units go to whoever succeeds their holder, and what rests on them goes along (CC 896; TA 200(2), CA 693). */
function succeed(context: Context): Effect {
  const { entry, state } = context;
  const { hold, parted } = succeededHold(state.holds.get(entry.ref) ?? null, entry);
  if (parted !== null && state.holds.has(hold.id))
    throw new FoldError("HOLD_EXISTS", entry.seq, `hold ${hold.id} is open already`);
  const data = decodeSuccession(entry.data);
  // What waits for units may have none.
  if (entry.units === 0n) return { ...plain(context), holdId: hold.id, hold, parted };
  return { ...moveUnits(context, data, data.keepDates, hold, entry.units), parted };
}

/**
 * Moves units out of the free part of an account, or out of the units of a hold, whose word's top digit is its kind
 * and no flag.
 * @param hold as it stands after the move
 * @param encumbered how many of them are encumbered where they arrive
 */
function moveUnits(
  context: Context,
  dates: EntryDates,
  keepDates: boolean,
  hold: Hold | null,
  encumbered = 0n,
): Effect {
  const { entry, state } = context;
  const { units, from, to, seq } = entry;
  if (units === 0n || from === to) throw new FoldError("BAD_PAYLOAD", seq, "it moves nothing");
  const today = dates.acquiredOn || jstDayOfSeconds(entry.blockTime);
  const holdings: HoldingChange[] = [];
  let lots: Lot[] = [{ acquiredOn: today, units }];
  let shortfall = 0n;
  if (from !== zeroAddress) {
    const before = holdingFor(context, from, hold === null ? units : 0n);
    const split = takeLots(before.lots, units, dates.lotAcquiredOn);
    lots = split.taken;
    shortfall = split.shortfall;
    const left = hold === null ? before.encumbered : before.encumbered - units;
    holdings.push(
      changeOf(seq, before, { ...before, units: before.units - units, encumbered: left, lots: split.left }),
    );
  }
  if (to !== zeroAddress) {
    const before = state.holdings.get(to) ?? newHolding(context, to);
    const made = keepDates ? lots : [{ acquiredOn: today, units }];
    const after = {
      ...before,
      units: before.units + units,
      encumbered: before.encumbered + encumbered,
      lots: mergeLots(before.lots, made),
    };
    holdings.push(changeOf(seq, before.units === 0n ? null : before, after));
  }
  const effect = plain(context);
  effect.tradeDate = dates.tradeDate || null;
  effect.settlementDate = dates.settlementDate || null;
  effect.acquiredOn = keepDates || to === zeroAddress ? null : today;
  effect.holdId = hold?.id ?? null;
  effect.lots = lots;
  effect.lotShortfall = shortfall;
  effect.holdings = holdings;
  effect.hold = hold;
  return effect;
}

function mark(context: Context): Effect {
  return context.entry.basis === basisCode("RECTIFICATION") ? rectifyDates(context) : plain(context);
}

/**
 * Units of a wrongly dated lot get their right day of acquisition (Trust Act 186(iv)): as many of those that were
 * dated wrongly as the lot still has. Units that went on have their own day.
 */
function rectifyDates(context: Context): Effect {
  const { entry, state } = context;
  const { lotAcquiredOn: wrong, acquiredOn: right, ...dates } = decodeMove(entry.data);
  const effect = { ...plain(context), ...shown(dates), acquiredOn: right || null };
  const before = state.holdings.get(entry.to);
  const lot = before?.lots.find(({ acquiredOn }) => acquiredOn === wrong);
  if (before === undefined || lot === undefined || right === 0 || right === wrong) return effect;
  const units = sumLots(takeLots([lot], entry.units, wrong).taken);
  if (units === 0n) return effect;
  const { taken, left } = takeLots(before.lots, units, wrong);
  const after = { ...before, lots: mergeLots(left, [{ acquiredOn: right, units }]) };
  return { ...effect, lots: taken, holdings: [changeOf(entry.seq, before, after)] };
}

function createHold(context: Context): Effect {
  const { entry, state } = context;
  const hold = holdAfter(state.holds.get(entry.ref) ?? null, entry);
  const data = decodeHold(entry.data);
  return {
    ...plain(context),
    ...shown(data),
    acquiredOn: data.acquiredOn || null,
    holdId: hold.id,
    holdings: encumber(context, hold.account, hold.units),
    hold,
  };
}

/** Says something of a hold, and moves nothing. */
function noteHold(context: Context): Effect {
  const hold = nextHold(context);
  return { ...plain(context), holdId: hold.id, hold };
}

function releaseHold(context: Context): Effect {
  const { entry } = context;
  const hold = nextHold(context);
  const holdings = encumber(context, hold.account, -entry.units);
  return { ...plain(context), holdId: hold.id, holdings, hold };
}

function changeHold(context: Context): Effect {
  const { entry, state } = context;
  const before = state.holds.get(entry.ref);
  const hold = nextHold(context);
  const moves = before !== undefined && before.account !== hold.account;
  const holdings = moves
    ? carry(context, entry.units)
    : encumber(context, hold.account, hold.units - (before?.units ?? 0n));
  return { ...plain(context), holdId: hold.id, holdings, hold };
}

/** A lost wallet's held units go to another wallet of the same person, still held, with their acquisition dates. */
function carry(context: Context, units: bigint): HoldingChange[] {
  const { entry, state } = context;
  if (units === 0n) return [];
  const lost = holdingFor(context, entry.from, 0n);
  const before = state.holdings.get(entry.to) ?? newHolding(context, entry.to);
  if (before.person !== lost.person)
    throw new FoldError("BAD_PAYLOAD", entry.seq, "it carries a hold to another person");
  const { taken, left } = takeLots(lost.lots, units, 0);
  const rest = { ...lost, units: lost.units - units, encumbered: lost.encumbered - units, lots: left };
  const after = {
    ...before,
    units: before.units + units,
    encumbered: before.encumbered + units,
    lots: mergeLots(before.lots, taken),
  };
  return [changeOf(entry.seq, lost, rest), changeOf(entry.seq, before.units === 0n ? null : before, after)];
}

function encumber(context: Context, account: string, units: bigint): HoldingChange[] {
  if (units === 0n) return [];
  const before = holdingFor(context, account, units);
  return [changeOf(context.entry.seq, before, { ...before, encumbered: before.encumbered + units })];
}

/** Consolidation or split: of the issue as a whole, of an account, or of a hold (TA 197(2), 197(3), TA 204). */
function ratio(context: Context): Effect {
  const { entry, state } = context;
  if (entry.from === zeroAddress) {
    checkWhole(state, entry);
    return plain(context);
  }
  if (entry.to === zeroAddress) {
    const before = state.holds.get(entry.ref);
    const hold = nextHold(context);
    const holdings = encumber(context, hold.account, hold.units - (before?.units ?? 0n));
    return { ...plain(context), holdId: hold.id, holdings, hold };
  }
  if (entry.to !== entry.from) throw new FoldError("BAD_PAYLOAD", entry.seq, "it names two accounts");
  const before = state.holdings.get(entry.from) ?? null;
  const units = scaledBy(entry, before?.units ?? 0n);
  // An account without units is carried for the attachments that wait on it.
  if (before === null) return plain(context);
  const lots = scaleLots(before.lots, ratioOf(entry));
  return { ...plain(context), lots, holdings: [changeOf(entry.seq, before, { ...before, units, lots })] };
}

const nextHold = ({ entry, state }: Context): Hold => holdAfter(state.holds.get(entry.ref) ?? null, entry);

/** The holding of an account that must have at least `free` units that no hold encumbers. */
function holdingFor({ entry, state }: Context, account: string, free: bigint): Holding {
  const holding = state.holdings.get(account);
  if (holding === undefined || holding.units - holding.encumbered < free) {
    throw new FoldError("NEGATIVE", entry.seq, `account ${account} has too few units`);
  }
  return holding;
}

function newHolding({ entry, personOf }: Context, account: string): Holding {
  const person = personOf(account);
  if (person === undefined)
    throw new FoldError("UNKNOWN_ACCOUNT", entry.seq, `account ${account} is not registered`);
  return { account, person, units: 0n, encumbered: 0n, lots: [], fromSeq: entry.seq };
}

function changeOf(seq: number, before: Holding | null, after: Holding): HoldingChange {
  if (after.encumbered < 0n || after.encumbered > after.units) {
    throw new FoldError("NEGATIVE", seq, `account ${after.account} has fewer units than are encumbered`);
  }
  const { account, person, units, encumbered, lots } = after;
  return {
    account,
    before,
    after: units === 0n ? null : { account, person, units, encumbered, lots, fromSeq: seq },
  };
}

function partyOf({ state, personOf }: Context, account: string): Party | null {
  if (account === zeroAddress) return null;
  return { account, person: state.holdings.get(account)?.person ?? personOf(account) ?? null };
}

const shown = (dates: Pick<EntryDates, "tradeDate" | "settlementDate">) => ({
  tradeDate: dates.tradeDate || null,
  settlementDate: dates.settlementDate || null,
});
