import type { RegisterExport } from "@genbo/database/register/exports";
import { registerPage } from "@genbo/database/register/read";
import { holdsOf } from "@genbo/database/register/read-holds";
import { marksAt } from "@genbo/database/register/read-marks";
import { readingOf } from "@genbo/database/register/read-overlay";
import { positionOf, type StateOf } from "@genbo/database/register/read-position";
import type { RegisterRow } from "@genbo/database/register/row";
import { holdKinds } from "@genbo/domain/entry-kinds";
import { isoOfDay } from "@genbo/domain/jst";
import type { ProfileName } from "@genbo/domain/profiles";
import type { Lot } from "@genbo/register/state";
import type { ApiContext } from "../context.ts";
import { markText } from "./mark-text.ts";
import { peopleOf, type Shown } from "./people.ts";
import { pledgeText } from "./pledge-text.ts";
import { both, type Column, type Sheet, sheetOf } from "./sheet.ts";

/** Accounts of a page: some 10 ms of this process for their names, which requests that come meanwhile wait for. */
const pageAccounts = 500;

interface LotRow {
  holding: RegisterRow;
  lot: Lot;
  holder: Shown | undefined;
  pledges: string[];
  marks: string[];
}

/** A row for each lot, since each has a date of acquisition of its own (Trust Act 186(iv), Companies Act 681(v)). */
const columns: Column<LotRow>[] = [
  { key: "account", heading: both("口座"), of: ({ holding }) => holding.account },
  {
    key: "personId",
    heading: { TRUST_BENEFICIAL: "受益者番号", BOND: "社債権者番号" },
    of: ({ holding }) => holding.personId,
  },
  {
    key: "name",
    heading: { TRUST_BENEFICIAL: "受益者の氏名又は名称", BOND: "社債権者の氏名又は名称" },
    of: ({ holder }) => holder?.name ?? null,
    isName: true,
  },
  {
    key: "address",
    heading: { TRUST_BENEFICIAL: "受益者の住所", BOND: "社債権者の住所" },
    of: ({ holder }) => holder?.address ?? null,
    isName: true,
  },
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
  { key: "accountUnits", heading: both("口座の合計"), of: ({ holding }) => holding.units },
  {
    key: "encumberedUnits",
    heading: both("口座の合計のうち処分の制限がある数"),
    of: ({ holding }) => holding.encumbered,
  },
  {
    key: "pledges",
    heading: both("質権者の氏名又は名称及び住所並びに質権の目的である数"),
    of: ({ pledges }) => pledges,
  },
  {
    key: "marks",
    heading: {
      TRUST_BENEFICIAL: "信託財産に属する旨又は受託者の有する受益権の属する財産の別及びその口数",
      BOND: "信託財産に属する旨又は社債発行会社の有する社債である旨及びその数",
    },
    of: ({ marks }) => marks,
  },
  { key: "fromSeq", heading: both("最後の記載の番号"), of: ({ holding }) => holding.fromSeq },
];

/** The register as of an entry, as known at the same or a later one. */
export function registerSheet(ctx: ApiContext, order: RegisterExport, profile: ProfileName): Sheet {
  let asked: Promise<StateOf> | undefined;
  const filter = order.custodianId === null ? {} : { custodianId: order.custodianId };
  return sheetOf(order, profile, columns, async (after) => {
    asked ??= stateOf(ctx, order);
    const state = await asked;
    const page = await registerPage(ctx.pool, state, { ...filter, after, limit: pageAccounts });
    const accounts = page.rows.map(({ account }) => account);
    const pledges = await holdsOf(ctx.pool, state, { side: "account", accounts, kind: holdKinds.PLEDGE });
    const marks = await marksAt(ctx.pool, state, accounts);
    const people = await peopleOf(ctx, order, [...accounts, ...pledges.map(({ target }) => target)]);
    const rows = page.rows.flatMap((holding) => {
      const own = pledges.filter(({ account }) => account === holding.account);
      const shown = own.map((pledge) => pledgeText(pledge, people.get(pledge.target)));
      const said = marks.filter(({ account }) => account === holding.account);
      const marked = said.map((mark) => markText(mark, profile, holding.units));
      const holder = people.get(holding.account);
      return holding.lots.map((lot) => ({ holding, lot, holder, pledges: shown, marks: marked }));
    });
    return { rows, next: page.next };
  });
}

async function stateOf(ctx: ApiContext, { issueId, position, known }: RegisterExport): Promise<StateOf> {
  const { seq, legalTime } = position;
  if (known.seq === seq) return { issueId, seq };
  const [at, then] = [
    await positionOf(ctx.pool, issueId, { seq }),
    await positionOf(ctx.pool, issueId, { seq: known.seq }),
  ];
  return readingOf(ctx.pool, { ...at!, legalTime }, then!);
}
