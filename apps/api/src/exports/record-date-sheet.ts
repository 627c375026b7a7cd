import { findRecordDate } from "@genbo/database/record-dates/record-dates";
import type { RegisterExport } from "@genbo/database/register/exports";
import { isoOfDay } from "@genbo/domain/jst";
import type { ProfileName } from "@genbo/domain/profiles";
import type { Lot } from "@genbo/register/state";
import type { ApiContext } from "../context.ts";
import { cellOf } from "../http/csv-words.ts";
import {
  type ListedAccount,
  type ListRow,
  listAt,
  listPage,
  type RecordDateListAt,
} from "../register/record-date-list.ts";
import { representativeOf } from "../wire/record-date-list.ts";
import { shownOf } from "./people.ts";
import { pledgeText } from "./pledge-text.ts";
import { both, type Column, type Sheet, sheetOf } from "./sheet.ts";

/** Persons of a page: some 10 ms of this process for their names, which requests that come meanwhile wait for. */
const pagePersons = 500;

interface LotRow {
  person: ListRow;
  account: ListedAccount;
  lot: Lot;
}

const holderOf = ({ person }: LotRow) => (person.holder === null ? undefined : shownOf(person.holder));

/** A row for each lot, the lots of an account and the accounts of a person together. */
const columns: Column<LotRow>[] = [
  {
    key: "personId",
    heading: { TRUST_BENEFICIAL: "受益者番号", BOND: "社債権者番号" },
    of: ({ person }) => person.personId,
  },
  {
    key: "name",
    heading: { TRUST_BENEFICIAL: "受益者の氏名又は名称", BOND: "社債権者の氏名又は名称" },
    of: (row) => holderOf(row)?.name ?? null,
    isName: true,
  },
  {
    key: "address",
    heading: { TRUST_BENEFICIAL: "受益者の住所", BOND: "社債権者の住所" },
    of: (row) => holderOf(row)?.address ?? null,
    isName: true,
  },
  {
    key: "rightsBy",
    heading: both("共有者のうち権利を行使する者"),
    of: ({ person: { holder } }) => holder && rightsBy(holder),
    isName: true,
  },
  { key: "taxCategory", heading: both("税区分の符号"), of: ({ person }) => person.taxCategory },
  {
    key: "taxCategoryText",
    heading: both("税区分"),
    of: ({ person }) => cellOf("taxCategory", person.taxCategory),
  },
  { key: "personUnits", heading: both("保有者の合計"), of: ({ person }) => person.units },
  { key: "account", heading: both("口座"), of: ({ account }) => account.holding.account },
  {
    key: "units",
    heading: { TRUST_BENEFICIAL: "受益権の口数", BOND: "社債の数" },
    of: ({ lot }) => lot.units,
  },
  {
    key: "acquiredOn",
    heading: { TRUST_BENEFICIAL: "受益権を取得した日", BOND: "社債を取得した日" },
    of: ({ lot }) => isoOfDay(lot.acquiredOn),
  },
  { key: "accountUnits", heading: both("口座の合計"), of: ({ account }) => account.holding.units },
  {
    key: "encumberedUnits",
    heading: both("口座の合計のうち処分の制限がある数"),
    of: ({ account }) => account.holding.encumbered,
  },
  {
    key: "attachedUnits",
    heading: both("口座の合計のうち差押えのある数"),
    of: ({ account }) => account.attached,
  },
  {
    key: "pledges",
    heading: both("質権者の氏名又は名称及び住所並びに質権の目的である数"),
    of: ({ account }) =>
      account.pledges.map(({ hold, pledgee }) =>
        pledgeText(hold, pledgee === null ? undefined : shownOf(pledgee)),
      ),
  },
];

/** A frozen record-date list, by person (Trust Act 189). */
export function recordDateSheet(ctx: ApiContext, order: RegisterExport, profile: ProfileName): Sheet {
  let asked: Promise<RecordDateListAt> | undefined;
  const { names, custodianId } = order;
  return sheetOf(order, profile, columns, async (after) => {
    asked ??= listOf(ctx, order);
    const page = await listPage(ctx, await asked, { custodianId, names, after, limit: pagePersons });
    const rows = page.rows.flatMap((person) =>
      person.accounts.flatMap((account) => account.holding.lots.map((lot) => ({ person, account, lot }))),
    );
    return { rows, next: page.next };
  });
}

async function listOf(ctx: ApiContext, { recordDate }: RegisterExport): Promise<RecordDateListAt> {
  const date = recordDate && (await findRecordDate(ctx.prisma, recordDate.id));
  const list = date && (await listAt(ctx, date, recordDate.version));
  if (!list) throw new Error(`The list of ${recordDate?.id} is gone.`);
  return list;
}

/** Co-owners who named nobody exercise no rights (Trust Act 193, Companies Act 686). */
const rightsBy = (holder: NonNullable<ListRow["holder"]>): string | null =>
  holder.rightsRest ? "未指定（権利の行使不可）" : (representativeOf(holder)?.name ?? null);
