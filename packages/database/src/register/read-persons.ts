import { accountsKeptBy } from "../parties/wallets.ts";
import type { Queryable } from "../sql/connection.ts";
import { type PeriodRow, registerPage, rowOf } from "./read.ts";
import type { Reading } from "./read-overlay.ts";
import type { RegisterRow } from "./row.ts";
import { heldBy } from "./standing.ts";

/** All that one person has of an issue: rights are a holder's, however many accounts it keeps them in. */
export interface PersonRow {
  personId: string;
  /** By account. */
  holdings: RegisterRow[];
}

export interface PersonsQuery {
  /** Accounts that this broker keeps now. */
  custodianId?: number | undefined;
  after?: string | undefined;
  limit: number;
}

export interface PersonsPage {
  /** By person. */
  rows: PersonRow[];
  next: string | null;
}

/** A register of so few accounts is read whole: quicker than to walk all persons of the platform for those who hold. */
const wholeMax = 2_000;
const pageRows = 2_000;

/** A page of the persons of a state. Pages of one state fit together, since a past state never changes. */
export async function personsPage(db: Queryable, at: Reading, query: PersonsQuery): Promise<PersonsPage> {
  const { after = "", limit } = query;
  const found = at.totals.accounts <= wholeMax ? await allRows(db, at, query) : await walked(db, at, query);
  const persons = new Map<string, RegisterRow[]>();
  for (const row of found) persons.set(row.personId, [...(persons.get(row.personId) ?? []), row]);
  const ids = [...persons.keys()].filter((id) => id > after).sort();
  const rows = ids.slice(0, limit).map((personId) => ({ personId, holdings: persons.get(personId)! }));
  return { rows, next: ids.length > limit ? (rows.at(-1)?.personId ?? null) : null };
}

async function allRows(db: Queryable, at: Reading, { custodianId }: PersonsQuery): Promise<RegisterRow[]> {
  const filter = custodianId === undefined ? {} : { custodianId };
  const rows: RegisterRow[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page = await registerPage(db, at, { ...filter, after, limit: pageRows });
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}

/**
 * Holdings of at least one person more than the page has. Walks accounts in the order of their persons; the rank lets the
 * walk stop with the last account of the last person.
 */
async function walked(db: Queryable, at: Reading, query: PersonsQuery): Promise<RegisterRow[]> {
  const { custodianId, after = "", limit } = query;
  const { persons = [], holdings = [] } = at.overlay ?? {};
  const found = await db.query<PeriodRow>({
    name: "register-persons",
    text: `select account, person_id, units, encumbered, lots, from_seq from (
        select p.*, dense_rank() over (order by a.person_id) as place
        from (select person_id, address from account
          where person_id > $3 and ($5::integer is null or custodian_id = $5)) a
        cross join lateral ${heldBy("$1", "a.address", "$2")} p
      ) ranked where place <= $4 order by person_id, account`,
    // As many persons more as there are corrected ones: they may all be on this page, and stand otherwise.
    values: [at.issueId, at.seq, after, limit + 1 + persons.length, custodianId ?? null],
  });
  const corrected = new Set(persons);
  const others = found.rows.map(rowOf).filter(({ personId }) => !corrected.has(personId));
  const kept =
    custodianId === undefined
      ? undefined
      : await accountsKeptBy(
          db,
          custodianId,
          holdings.map(({ account }) => account),
        );
  const own = holdings
    .filter(({ account, person }) => person > after && kept?.has(account) !== false)
    .map(({ person, lots, ...row }) => ({ ...row, lots: [...lots], personId: person }));
  return [...others, ...own];
}
