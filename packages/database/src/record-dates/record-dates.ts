import type { DeedOnRecordDates, RecordDateTerms } from "@genbo/domain/record-dates";
import { insertPart, type Part } from "../commands/statement.ts";
import type { PrismaClient, RecordDate, RecordDateList } from "../generated/client.ts";
import { type Page, pageById } from "../sql/page.ts";
import type { ListState } from "./revise.ts";

export interface NewRecordDate extends RecordDateTerms {
  id: string;
  issueId: string;
  closesAt: Date;
  purpose: string;
  deed: DeedOnRecordDates | null;
  maker: string;
  at: Date;
}

export const recordDatePart = (row: NewRecordDate): Part =>
  insertPart<NewRecordDate>(
    "record_date",
    {
      id: ["text", (date) => date.id],
      issue_id: ["text", (date) => date.issueId],
      day: ["date", (date) => date.day],
      closes_at: ["timestamptz", (date) => date.closesAt],
      purpose: ["text", (date) => date.purpose],
      exercise_until: ["date", (date) => date.exerciseUntil],
      notice_on: ["date", (date) => date.noticeOn],
      deed_clause_ref: ["text", (date) => date.deedClauseRef],
      deed: ["jsonb", (date) => date.deed && JSON.stringify(date.deed)],
      maker: ["text", (date) => date.maker],
      created_at: ["timestamptz", (date) => date.at],
    },
    [row],
  );
export const recordDateConstraint = "record_date_issue_id_day_purpose_key";

export type RecordDateWithLists = RecordDate & { recordDateLists: RecordDateList[] };

const include = { recordDateLists: { orderBy: { version: "desc" } } } as const;

/** Record dates of an issue in the order in which they were set; one more than `limit`, if there are more. */
export const listRecordDates = (
  prisma: PrismaClient,
  issueId: string,
  page: Page,
): Promise<RecordDateWithLists[]> =>
  prisma.recordDate.findMany({
    ...pageById(page, { issueId }),
    include,
  });

/** A record date with its lists, newest version first. */
export const findRecordDate = (prisma: PrismaClient, id: string): Promise<RecordDateWithLists | null> =>
  prisma.recordDate.findUnique({ where: { id }, include });

/** The state of the register that a version of a record date's list has. */
export const listStateOf = ({ closesAt }: RecordDate, list: RecordDateList): ListState => ({
  issueId: list.issueId,
  seq: Number(list.seq),
  knownSeq: Number(list.knownSeq),
  closesAt,
});
