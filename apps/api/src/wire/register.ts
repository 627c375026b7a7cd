import type {
  entry,
  historyPage,
  lot,
  recordDate,
  recordDateList,
  registerRow,
} from "@genbo/api-schema/register";
import type { RecordDateWithLists } from "@genbo/database/record-dates/record-dates";
import type { ListChange } from "@genbo/database/record-dates/revise";
import type { EntryLine } from "@genbo/database/register/read-entries";
import type { HoldingPeriodRow } from "@genbo/database/register/read-holder";
import type { RegisterRow } from "@genbo/database/register/row";
import { entryKindOf } from "@genbo/domain/entry-kinds";
import { isoOfDay } from "@genbo/domain/jst";
import { basisArticleOf, legalBasisOf } from "@genbo/domain/legal-basis";
import type { ProfileName } from "@genbo/domain/profiles";
import type { z } from "zod";
import { dayWire } from "./day.ts";

type LotWire = z.input<typeof lot>;

export const lotsWire = (lots: RegisterRow["lots"]): LotWire[] =>
  lots.map(({ acquiredOn, units }) => ({ acquiredOn: isoOfDay(acquiredOn), units: String(units) }));

export const registerRowWire = (row: RegisterRow): z.input<typeof registerRow> => ({
  account: row.account,
  personId: row.personId,
  units: String(row.units),
  encumbered: String(row.encumbered),
  free: String(row.units - row.encumbered),
  lots: lotsWire(row.lots),
  fromSeq: row.fromSeq,
});

export const historyWire = ({
  units,
  encumbered,
  lots,
  from,
  to,
  ...period
}: HoldingPeriodRow): z.input<typeof historyPage>["items"][number] => ({
  ...period,
  units: String(units),
  encumbered: String(encumbered),
  lots: lotsWire(lots),
  from: from.toISOString(),
  to: to?.toISOString() ?? null,
});

export const entryWire =
  (profile: ProfileName) =>
  (line: EntryLine): z.input<typeof entry> => {
    const { blockTime: _, lots, units, enteredAt, perfectedAt, ...fields } = line;
    return {
      ...fields,
      kind: entryKindOf(line.kind) ?? String(line.kind),
      basis: legalBasisOf(line.basis)?.name ?? String(line.basis),
      basisArticle: basisArticleOf(line.basis, profile),
      units: String(units),
      lots: lotsWire(lots),
      enteredAt: enteredAt.toISOString(),
      perfectedAt: perfectedAt?.toISOString() ?? null,
    };
  };

const standingWire = (row: RegisterRow | null) =>
  row && { units: String(row.units), lots: lotsWire(row.lots) };

export const listChangeWire = ({
  account,
  before,
  after,
}: ListChange): z.input<typeof recordDateList>["changes"][number] => ({
  account,
  personId: (after ?? before)!.personId,
  before: standingWire(before),
  after: standingWire(after),
});

export const recordDateWire = (row: RecordDateWithLists): z.input<typeof recordDate> => {
  const [list] = row.recordDateLists;
  return {
    id: row.id,
    issueId: row.issueId,
    day: dayWire(row.day),
    closesAt: row.closesAt.toISOString(),
    purpose: row.purpose,
    exerciseUntil: row.exerciseUntil && dayWire(row.exerciseUntil),
    noticeOn: row.noticeOn && dayWire(row.noticeOn),
    deedClauseRef: row.deedClauseRef,
    deed: row.deed as z.input<typeof recordDate>["deed"],
    maker: row.maker,
    createdAt: row.createdAt.toISOString(),
    list: list
      ? {
          version: list.version,
          seq: Number(list.seq),
          knownSeq: Number(list.knownSeq),
          head: list.head,
          units: String(list.units),
          holders: list.holders,
          frozenAt: list.frozenAt.toISOString(),
        }
      : null,
  };
};
