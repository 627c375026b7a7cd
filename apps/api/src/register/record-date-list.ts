import { taxStatusOn } from "@genbo/database/parties/investors";
import type { RecordDateWithLists } from "@genbo/database/record-dates/record-dates";
import { listStateOf } from "@genbo/database/record-dates/record-dates";
import { readingOfList } from "@genbo/database/record-dates/revise";
import { type HoldAt, holdsOf } from "@genbo/database/register/read-holds";
import type { Reading } from "@genbo/database/register/read-overlay";
import { type PersonRow, personsPage } from "@genbo/database/register/read-persons";
import type { RegisterRow } from "@genbo/database/register/row";
import { type ParticularsAt, particularsAt } from "@genbo/database/vault/at";
import { holdKinds } from "@genbo/domain/entry-kinds";
import { isoOfDay, jstDay } from "@genbo/domain/jst";
import { mergeLots } from "@genbo/register/lots";
import type { Lot } from "@genbo/register/state";
import type { ApiContext } from "../context.ts";
import { namedAccounts } from "./own-sides.ts";
import { personLine } from "./register-book.ts";

/** A version of a record date's list: the register at 24:00 JST of its day, as that version knows it. */
export interface RecordDateListAt {
  reading: Reading;
  closesAt: Date;
}

/** Which persons, and whether with names. */
export interface ListQuery {
  /** Of a broker: its own customers alone. */
  custodianId: number | null;
  names: boolean;
  after: string;
  limit: number;
}

export interface ListedAccount {
  holding: RegisterRow;
  pledges: { hold: HoldAt; pledgee: ListedPerson | null }[];
  attached: bigint;
}

export type ListedPerson = ReturnType<typeof personLine>;

/** A holder of the day with all that a payment or a meeting needs to know of it. */
export interface ListRow {
  personId: string;
  units: bigint;
  encumbered: bigint;
  lots: Lot[];
  taxCategory: string | null;
  /** Null without names. */
  holder: ListedPerson | null;
  accounts: ListedAccount[];
}

export async function listAt(
  ctx: Pick<ApiContext, "pool">,
  date: RecordDateWithLists,
  version: number,
): Promise<RecordDateListAt | undefined> {
  const list = date.recordDateLists.find((each) => each.version === version);
  if (list === undefined) return undefined;
  return { reading: await readingOfList(ctx.pool, listStateOf(date, list)), closesAt: date.closesAt };
}

/** A page of a frozen list, by person: the same for ever, as long as nobody on it is erased. */
export async function listPage(
  ctx: Pick<ApiContext, "pool" | "vaultKeys">,
  { reading, closesAt }: RecordDateListAt,
  { custodianId, names, after, limit }: ListQuery,
): Promise<{ rows: ListRow[]; next: string | null }> {
  const { pool } = ctx;
  const page = await personsPage(pool, reading, { custodianId: custodianId ?? undefined, after, limit });
  const accounts = page.rows.flatMap(({ holdings }) => holdings.map(({ account }) => account));
  const holds = await holdsOf(pool, reading, { side: "account", accounts });
  const day = jstDay(closesAt) - 1;
  const ids = page.rows.map(({ personId }) => personId);
  const tax = await taxStatusOn(pool, ids, isoOfDay(day), closesAt);
  const pledgees = holds.flatMap(({ kind, target }) =>
    kind === holdKinds.PLEDGE && target !== null ? [target] : [],
  );
  const named = names
    ? await namedAt(ctx, { closesAt, custodianId }, [...accounts, ...pledgees])
    : new Map<string, ParticularsAt>();
  const personOf = (account: string | null) =>
    names && account !== null ? personLine(named.get(account), day) : null;
  const rows = page.rows.map((row): ListRow => {
    const { personId, holdings } = row;
    return {
      personId,
      ...sumsOf(row),
      taxCategory: tax.get(personId) ?? null,
      holder: names ? personLine(newest(holdings, named), day) : null,
      accounts: holdings.map((holding) => {
        const own = holds.filter(({ account }) => account === holding.account);
        const ofKind = (wanted: number) => own.filter(({ kind }) => kind === wanted);
        return {
          holding,
          pledges: ofKind(holdKinds.PLEDGE).map((hold) => ({ hold, pledgee: personOf(hold.target) })),
          attached: ofKind(holdKinds.ATTACHMENT).reduce((sum, { units }) => sum + units, 0n),
        };
      }),
    };
  });
  return { rows, next: page.next };
}

/** Whom the registry named before 24:00 JST; a broker reads of its own customers alone. */
async function namedAt(
  { pool, vaultKeys }: Pick<ApiContext, "pool" | "vaultKeys">,
  { closesAt, custodianId }: { closesAt: Date; custodianId: number | null },
  accounts: readonly string[],
): Promise<ReadonlyMap<string, ParticularsAt>> {
  return particularsAt(pool, vaultKeys, closesAt, await namedAccounts(pool, custodianId, accounts));
}

/** A change of particulars reaches a person's accounts one after the other: the newest version is the person's. */
const newest = (
  holdings: readonly RegisterRow[],
  named: ReadonlyMap<string, ParticularsAt>,
): ParticularsAt | undefined =>
  holdings.flatMap(({ account }) => named.get(account) ?? []).sort((a, b) => b.version - a.version)[0];

const sumsOf = ({ holdings }: PersonRow): Pick<ListRow, "units" | "encumbered" | "lots"> => ({
  units: holdings.reduce((sum, { units }) => sum + units, 0n),
  encumbered: holdings.reduce((sum, { encumbered }) => sum + encumbered, 0n),
  lots: holdings.reduce<Lot[]>((lots, holding) => mergeLots(lots, holding.lots), []),
});
