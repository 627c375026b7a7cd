import { entryKinds } from "../entry-kinds.ts";
import { type Day, dayOf, dayOrNone, jstDay } from "../jst.ts";
import { scaledUp } from "../ratios.ts";
import type { RefusalCode } from "../refusals.ts";
import { encodeMove } from "../words.ts";
import { markUnits } from "./calls.ts";
import { type CorrectedEntry, gaveUnits, rectification } from "./corrected.ts";
import type { CaseRules } from "./rules.ts";
import { dayFaults } from "./situation.ts";

export interface DatesRectificationFacts {
  /** The number of the entry. */
  corrects: number;
  /** The right days, of those that were wrong. */
  acquiredOn?: string | undefined;
  tradeDate?: string | undefined;
  settlementDate?: string | undefined;
  /** The wrong day of the lot; that of the entry if left out. Needed where the entry kept the lots' days. */
  lotAcquiredOn?: string | undefined;
}

const wrongDayOf = ({ lotAcquiredOn }: DatesRectificationFacts, corrected: CorrectedEntry): Day | null =>
  lotAcquiredOn === undefined ? corrected.acquiredOn : dayOf(lotAcquiredOn);

/** Whether the days that will stand follow one another: no acquisition before its trade, nor after a settlement in time. */
function inOrder(facts: DatesRectificationFacts, corrected: CorrectedEntry): boolean {
  const right = (day: "tradeDate" | "acquiredOn" | "settlementDate") =>
    facts[day] === undefined ? corrected[day] : dayOf(facts[day]);
  const [trade, acquired, settlement] = [right("tradeDate"), right("acquiredOn"), right("settlementDate")];
  const wasLate = isAfter(corrected.acquiredOn, corrected.settlementDate);
  return (
    !isAfter(trade, acquired) && !isAfter(trade, settlement) && (wasLate || !isAfter(acquired, settlement))
  );
}

const isAfter = (a: Day | null, b: Day | null): boolean => a !== null && b !== null && a > b;

/** What can have wrong dates: an entry that gave units, and a correction of dates itself. */
const hasDates = (corrected: CorrectedEntry): boolean =>
  gaveUnits(corrected) || (corrected.kind === entryKinds.MARK && corrected.basis === rectification);

/**
 * Wrong dates of an entry, the day of acquisition among them (TA 186(iv); CA 681(v)): a line that names it states the
 * right ones, and what is left of the wrongly dated lot gets its right day.
 */
export const datesRectification: CaseRules<DatesRectificationFacts> = {
  basis: "RECTIFICATION",
  accounts: () => [],
  corrects: ({ corrects }) => corrects,
  documents: () => [["ERROR_REPORT"]],
  faults: (facts, situation) => {
    const { corrected, now } = situation;
    if (corrected === undefined || !hasDates(corrected) || corrected.to === null)
      return ["ENTRY_NOT_CORRECTABLE"];
    const faults: RefusalCode[] = [];
    const wrong = wrongDayOf(facts, corrected);
    const { acquiredOn, tradeDate, settlementDate } = facts;
    if (acquiredOn !== undefined && wrong === null) faults.push("LOT_CLOSED");
    const saysNothing = acquiredOn === undefined && tradeDate === undefined && settlementDate === undefined;
    if (saysNothing || (acquiredOn !== undefined && dayOf(acquiredOn) === wrong))
      faults.push("NOTHING_CHANGES");
    if (corrected.correctedBy.some(({ kind }) => kind === entryKinds.MARK)) faults.push("ALREADY_CORRECTED");
    const latest = Math.max(dayOrNone(acquiredOn), dayOrNone(tradeDate), dayOrNone(settlementDate));
    if (latest > jstDay(now)) faults.push("NOT_EFFECTIVE_YET");
    // The first units' own day is what is wrong then.
    else if (acquiredOn !== undefined && !corrected.ofIssue) faults.push(...dayFaults(situation, acquiredOn));
    if (!inOrder(facts, corrected)) faults.push("EFFECT_DAY_WRONG");
    return faults;
  },
  plan: ({ ref, facts }, situation) => {
    const { seq, to, units, ratios } = situation.corrected!;
    const data = encodeRectifiedDates(facts, situation.corrected!);
    // In units of now: no title depends on it, so a part of one counts as a whole one.
    const mark = { account: to!, units: scaledUp(units, ratios), basis: rectification, ref, data };
    return { calls: [markUnits(situation, mark)], result: { corrects: seq } };
  },
};

const encodeRectifiedDates = (facts: DatesRectificationFacts, corrected: CorrectedEntry): string =>
  encodeMove({
    corrects: corrected.seq,
    acquiredOn: dayOrNone(facts.acquiredOn),
    lotAcquiredOn: facts.acquiredOn === undefined ? 0 : (wrongDayOf(facts, corrected) ?? 0),
    tradeDate: dayOrNone(facts.tradeDate),
    settlementDate: dayOrNone(facts.settlementDate),
  });
