import { entryKinds } from "../entry-kinds.ts";
import { type Day, dayOf, dayOrNone, jstDay } from "../jst.ts";
import { scaledUp } from "../ratios.ts";
import type { RefusalCode } from "../refusals.ts";
import { encodeMove } from "../words.ts";
import { markUnits } from "./calls.ts";
import { type CorrectedEntry, gaveUnits, rectification } from "./corrected.ts";
import type { CaseRules } from "./rules.ts";

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
  faults: (facts, { corrected, now }) => {
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
