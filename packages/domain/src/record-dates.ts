import { isGazetteDay } from "./calendar.ts";
import { type Day, dayOf, isoOfDay } from "./jst.ts";
import type { ProfileName } from "./profiles.ts";
import type { RefusalCode } from "./refusals.ts";

/** What a trustee sets with a record date. JST days. */
export interface RecordDateTerms {
  day: string;
  /** The last day on which the right is exercised. */
  exerciseUntil: string | null;
  /** When it is published in the official gazette. */
  noticeOn: string | null;
  /** The clause of the deed that fixes both the date and the rights. */
  deedClauseRef: string | null;
}

/** What the deed provides for record dates instead of the law: in full, and where (TA 189(5)). */
export interface DeedOnRecordDates {
  clause: string;
  exerciseMonths: number;
  /** Between the gazette's notice and the record date; 0: it wants no notice. */
  noticeDays: number;
}

type Periods = Omit<DeedOnRecordDates, "clause">;
const lawful: Periods = { exerciseMonths: 3, noticeDays: 14 };

/**
 * Every rule of the law that stands against a record date. The Companies Act has none for bonds: their terms set the
 * day.
 * @param deed where a trust's deed provides otherwise, what it says goes before the law's periods (TA 189(5))
 */
export function recordDateFaults(
  profile: ProfileName,
  terms: RecordDateTerms,
  deed: Periods | null = null,
): RefusalCode[] {
  if (profile === "BOND") return [];
  const day = dayOf(terms.day);
  const periods = deed ?? lawful;
  return [...exerciseFaults(day, terms.exerciseUntil, periods), ...noticeFaults(day, terms, periods)];
}

/** The rights are those that are exercised within three months of the record date (TA 189(3)). */
function exerciseFaults(day: Day, exerciseUntil: string | null, { exerciseMonths }: Periods): RefusalCode[] {
  if (exerciseUntil === null) return ["EXERCISE_DATE_MISSING"];
  const until = dayOf(exerciseUntil);
  return until <= day || until > endOfMonths(day, exerciseMonths) ? ["EXERCISE_OUTSIDE_PERIOD"] : [];
}

/** Two weeks' notice in the official gazette, unless the deed fixes both the date and the rights (TA 189(4)). */
function noticeFaults(
  day: Day,
  { noticeOn, deedClauseRef }: RecordDateTerms,
  { noticeDays }: Periods,
): RefusalCode[] {
  if (noticeOn === null) return deedClauseRef === null && noticeDays > 0 ? ["NOTICE_MISSING"] : [];
  const notice = dayOf(noticeOn);
  const faults: RefusalCode[] = notice > lastNoticeDay(day, noticeDays) ? ["NOTICE_TOO_LATE"] : [];
  return isGazetteDay(notice) ? faults : [...faults, "NOTICE_NO_GAZETTE"];
}

/** Two whole weeks lie between: neither the day of the notice nor the record date counts (Civil Code 140). */
export const lastNoticeDay = (day: Day, noticeDays = lawful.noticeDays): Day => day - noticeDays - 1;

/**
 * The last day of a period of months. It begins with the day after `day` and ends with the day before the one that
 * answers to its first, or with the month's last where there is none (Civil Code 140, 143(2)).
 */
export function endOfMonths(day: Day, months: number): Day {
  const [year, month, date] = isoOfDay(day + 1)
    .split("-")
    .map(Number) as [number, number, number];
  const target = year * 12 + (month - 1) + months;
  const firstOf = (at: number): Day =>
    dayOf(`${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}-01`);
  const answering = firstOf(target) + date - 1;
  return Math.min(answering, firstOf(target + 1)) - 1;
}
