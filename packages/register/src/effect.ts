import { entryKinds } from "@genbo/domain/entry-kinds";
import { jstDayOfSeconds } from "@genbo/domain/jst";
import { decodeHold, decodeMove, type EntryDates, zeroAddress } from "@genbo/domain/words";
import { FoldError } from "./fold-error.ts";
import { mergeLots, takeLots } from "./lots.ts";
import type { ChainEntry, Hold, Holding, IssueState, Lot } from "./state.ts";
import type { Effect, HoldingChange, Party, PersonOf } from "./step.ts";

interface Context {
  state: IssueState;
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
  [entryKinds.HOLD_ACCEPTED]: acceptHold,
  [entryKinds.HOLD_EXECUTED]: executeHold,
  [entryKinds.HOLD_RELEASED]: releaseHold,
  [entryKinds.HOLD_CHANGED]: changeHold,
  [entryKinds.POLICY]: (context) => ({ ...plain(context), policy: context.entry.data }),
  // A line of the register that moves no units: the contract's holdings stand still at these three.
  [entryKinds.RATIO]: plain,
  [entryKinds.MARK]: plain,
  [entryKinds.TERMS]: plain,
};

/** What an entry does. Pure. @throws FoldError when the entry cannot be true of `state`. */
export function effectOf(state: IssueState, entry: ChainEntry, personOf: PersonOf): Effect {
  const handler = handlers[entry.kind];
  if (handler === undefined)
    throw new FoldError("UNKNOWN_KIND", entry.seq, `kind ${entry.kind} is not known`);
  return handler({ state, entry, personOf });
}

function plain(context: Context): Effect {
  const { entry, state } = context;
  return {
    from: partyOf(context, entry.from),
    to: partyOf(context, entry.to),
    tradeDate: null,
    acquiredOn: null,
    settlementDate: null,
    holdId: null,
    lots: [],
    lotShortfall: 0n,
    holdings: [],
    hold: null,
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
  const hold = openHold(context);
  return moveUnits(context, decodeHold(hold.data), false, hold);
}

/** Moves units out of the free part of an account, or out of `hold`, whose word's top digit is its kind and no flag. */
function moveUnits(context: Context, dates: EntryDates, keepDates: boolean, hold: Hold | null): Effect {
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
    const encumbered = hold === null ? before.encumbered : before.encumbered - units;
    holdings.push(
      changeOf(seq, before, { ...before, units: before.units - units, encumbered, lots: split.left }),
    );
  }
  if (to !== zeroAddress) {
    const before = state.holdings.get(to) ?? newHolding(context, to);
    const made = keepDates ? lots : [{ acquiredOn: today, units }];
    const after = { ...before, units: before.units + units, lots: mergeLots(before.lots, made) };
    holdings.push(changeOf(seq, before.units === 0n ? null : before, after));
  }
  return {
    ...plain(context),
    ...shown(dates),
    acquiredOn: keepDates || to === zeroAddress ? null : today,
    holdId: hold?.id ?? null,
    lots,
    lotShortfall: shortfall,
    holdings,
    hold: hold === null ? null : lowered(hold, units, seq),
  };
}

function createHold(context: Context): Effect {
  const { entry, state } = context;
  if (entry.units === 0n) throw new FoldError("BAD_PAYLOAD", entry.seq, "it holds nothing");
  if (state.holds.has(entry.ref))
    throw new FoldError("HOLD_EXISTS", entry.seq, `hold ${entry.ref} is open already`);
  const data = decodeHold(entry.data);
  const hold: Hold = {
    id: entry.ref,
    account: entry.from,
    target: entry.to === zeroAddress ? null : entry.to,
    kind: data.kind,
    controller: data.controller,
    units: entry.units,
    expiryMinutes: data.expiryMinutes,
    accepted: false,
    data: entry.data,
    fromSeq: entry.seq,
    toSeq: null,
  };
  if (hold.kind < 1 || hold.kind > 6)
    throw new FoldError("BAD_PAYLOAD", entry.seq, `hold kind ${hold.kind} is not known`);
  const before = holdingFor(context, entry.from, entry.units);
  const after = { ...before, encumbered: before.encumbered + entry.units };
  return {
    ...plain(context),
    ...shown(data),
    acquiredOn: data.acquiredOn || null,
    holdId: hold.id,
    holdings: [changeOf(entry.seq, before, after)],
    hold,
  };
}

function acceptHold(context: Context): Effect {
  const hold = openHold(context);
  return { ...plain(context), holdId: hold.id, hold: { ...hold, accepted: true } };
}

function releaseHold(context: Context): Effect {
  const { entry } = context;
  const hold = openHold(context);
  if (entry.units === 0n) throw new FoldError("BAD_PAYLOAD", entry.seq, "it releases nothing");
  const before = holdingFor(context, hold.account, 0n);
  const after = { ...before, encumbered: before.encumbered - entry.units };
  return {
    ...plain(context),
    holdId: hold.id,
    holdings: [changeOf(entry.seq, before, after)],
    hold: lowered(hold, entry.units, entry.seq),
  };
}

/** A new word for an open hold (another controller or expiry); its units change only by release and execution. */
function changeHold(context: Context): Effect {
  const { entry } = context;
  const hold = openHold(context);
  if (entry.units !== hold.units)
    throw new FoldError("BAD_PAYLOAD", entry.seq, "it changes the units of a hold");
  const { controller, expiryMinutes, kind } = decodeHold(entry.data);
  if (kind !== hold.kind) throw new FoldError("BAD_PAYLOAD", entry.seq, "it changes the kind of a hold");
  const target = entry.to === zeroAddress ? null : entry.to;
  return {
    ...plain(context),
    holdId: hold.id,
    hold: { ...hold, controller, expiryMinutes, target, data: entry.data },
  };
}

function openHold({ entry, state }: Context): Hold {
  const hold = state.holds.get(entry.ref);
  if (hold === undefined) throw new FoldError("UNKNOWN_HOLD", entry.seq, `hold ${entry.ref} is not open`);
  if (hold.account !== entry.from)
    throw new FoldError("BAD_PAYLOAD", entry.seq, "the hold is on another account");
  if (entry.units > hold.units) throw new FoldError("NEGATIVE", entry.seq, "the hold has fewer units");
  return hold;
}

const lowered = (hold: Hold, units: bigint, seq: number): Hold => ({
  ...hold,
  units: hold.units - units,
  toSeq: hold.units === units ? seq : null,
});

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
  return { account: after.account, before, after: after.units === 0n ? null : { ...after, fromSeq: seq } };
}

function partyOf({ state, personOf }: Context, account: string): Party | null {
  if (account === zeroAddress) return null;
  return { account, person: state.holdings.get(account)?.person ?? personOf(account) ?? null };
}

const shown = (dates: EntryDates) => ({
  tradeDate: dates.tradeDate || null,
  settlementDate: dates.settlementDate || null,
});
