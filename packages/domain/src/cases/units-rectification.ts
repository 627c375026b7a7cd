import { entryKinds } from "../entry-kinds.ts";
import { refOf } from "../ids.ts";
import { scaledWhole } from "../ratios.ts";
import { encodeMove, type MoveData } from "../words.ts";
import { enforce, rejectRequests } from "./calls.ts";
import { type CorrectedEntry, type DatedUnits, gaveUnits, rectification } from "./corrected.ts";
import type { CaseRules } from "./rules.ts";
import { reachFaults, receiverFaults, requestsInTheWay, type Situation } from "./situation.ts";

export interface UnitsRectificationFacts {
  /** The number of the entry. */
  corrects: number;
  /** Who ought to have received. */
  to: string;
  /** How many units of then; 0 where none ought to have moved. */
  units: bigint;
}

interface Move {
  from: string;
  to: string;
  /** In units of now. */
  units: bigint;
  data: Partial<MoveData>;
}

/**
 * Wrong units, or units to the wrong holder: they go where the entry ought to have taken them, each lot with the day
 * that it would have, in lines that name the entry. There is no good-faith acquisition to stand against it (TA 196 is of
 * certificates); whoever is entered wrongly consents, or a court has decided (TA 198, TAR 21(2)(i)).
 */
export const unitsRectification: CaseRules<UnitsRectificationFacts> = {
  basis: "RECTIFICATION",
  accounts: ({ to }) => [to],
  corrects: ({ corrects }) => corrects,
  documents: () => [["ERROR_REPORT"], ["HOLDER_CONSENT", "JUDGMENT", "SETTLEMENT_RECORD"]],
  faults: (facts, situation) => {
    const { corrected } = situation;
    if (corrected === undefined || !gaveUnits(corrected)) return ["ENTRY_NOT_CORRECTABLE"];
    // Nothing comes from outside the register, and nothing goes there, but by an issue and a redemption.
    if (corrected.from === null && facts.units !== corrected.units) return ["SUPPLY_STANDS"];
    if (corrected.from === facts.to) return ["SAME_ACCOUNT"];
    if (corrected.correctedBy.some(({ kind }) => kind === entryKinds.FORCED_TRANSFER))
      return ["ALREADY_CORRECTED"];
    const moves = movesOf(facts, corrected);
    if (moves === null) return ["UNITS_DO_NOT_DIVIDE"];
    if (moves.length === 0) return ["NOTHING_CHANGES"];
    const given = new Map<string, bigint>();
    for (const { from, units } of moves) given.set(from, (given.get(from) ?? 0n) + units);
    const receivers = new Set(moves.map(({ to }) => to));
    return [
      ...new Set([
        ...[...receivers].flatMap((to) => receiverFaults(situation, to)),
        ...[...given].flatMap(([from, units]) => reachFaults(situation, from, units)),
      ]),
    ];
  },
  plan: ({ id, ref, facts }, situation) => {
    const moves = movesOf(facts, situation.corrected!)!;
    const rows = moves.map(({ data, ...move }, row) => ({
      ...move,
      basis: rectification,
      ref: row === 0 ? ref : refOf(id, row),
      data: encodeMove({ ...data, corrects: facts.corrects }),
      breaks: [],
    }));
    const requests = inTheWay(situation, moves);
    return {
      calls: [...rejectRequests(situation, requests), enforce(situation, rows)],
      result: { corrects: facts.corrects, rejectedRequests: requests.map(({ id: request }) => request) },
    };
  },
};

function inTheWay(situation: Situation, moves: readonly Move[]) {
  const given = new Map<string, bigint>();
  for (const { from, units } of moves) given.set(from, (given.get(from) ?? 0n) + units);
  return [...given].flatMap(([from, units]) => requestsInTheWay(situation, from, units));
}

/**
 * What leads from where the entry took its units to where it ought to have taken them, in units of now: what a
 * consolidation or split has made of those. Null where that is no whole number: each account was rounded by itself then,
 * and no units that one gives the other would leave both with what they ought to have had (TA 197(2), (3)).
 */
function movesOf(facts: UnitsRectificationFacts, corrected: CorrectedEntry): Move[] | null {
  const moves: Move[] = [];
  for (const move of movesThen(facts, corrected)) {
    const units = scaledWhole(move.units, corrected.ratios);
    if (units === null) return null;
    moves.push({ ...move, units });
  }
  return moves;
}

function movesThen({ to, units }: UnitsRectificationFacts, corrected: CorrectedEntry): Move[] {
  const { from, to: wrong, acquiredOn, lots } = corrected;
  if (wrong === null) return [];
  const taken = units < corrected.units ? units : corrected.units;
  /** What a lot of the sender's was called at the wrong receiver. */
  const dayThere = (day: number) => acquiredOn ?? day;
  const oldest = firstOf(lots, taken);
  const newest = lastOf(lots, corrected.units - taken);
  const moves: Move[] = [];
  if (to !== wrong)
    for (const lot of merged(oldest, dayThere))
      moves.push({ from: wrong, to, units: lot.units, data: { ...lot, lotAcquiredOn: lot.acquiredOn } });
  if (from !== null)
    for (const lot of newest)
      moves.push({
        from: wrong,
        to: from,
        units: lot.units,
        data: { acquiredOn: lot.acquiredOn, lotAcquiredOn: dayThere(lot.acquiredOn) },
      });
  const lacking = units - taken;
  if (from !== null && lacking > 0n) {
    const data = acquiredOn === null ? { keepDates: true } : { acquiredOn };
    moves.push({ from, to, units: lacking, data });
  }
  return moves;
}

/** Lots under the days that they have elsewhere, those of one day as one. */
function merged(lots: readonly DatedUnits[], dayThere: (day: number) => number): DatedUnits[] {
  const byDay = new Map<number, bigint>();
  for (const { acquiredOn, units } of lots)
    byDay.set(dayThere(acquiredOn), (byDay.get(dayThere(acquiredOn)) ?? 0n) + units);
  return [...byDay].map(([acquiredOn, units]) => ({ acquiredOn, units }));
}

function firstOf(lots: readonly DatedUnits[], units: bigint): DatedUnits[] {
  let wanted: bigint = units;
  return lots.flatMap((lot) => {
    const part = lot.units < wanted ? lot.units : wanted;
    wanted -= part;
    return part === 0n ? [] : [{ acquiredOn: lot.acquiredOn, units: part }];
  });
}

const lastOf = (lots: readonly DatedUnits[], units: bigint): DatedUnits[] =>
  firstOf([...lots].reverse(), units).reverse();
