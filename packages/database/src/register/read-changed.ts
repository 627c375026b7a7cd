import type { Queryable } from "../sql/connection.ts";
import { type PeriodRow, rowOf } from "./read.ts";
import type { Position } from "./read-position.ts";
import type { RegisterRow } from "./row.ts";
import { heldBy } from "./standing.ts";

/** A row of null has no units. */
export interface HoldingAt {
  account: string;
  row: RegisterRow | null;
}

/** All is null but the account where nothing stood. */
type Row = { account: string } & ({ person_id: null } | PeriodRow);

const standingRow = (row: Row): RegisterRow | null => (row.person_id === null ? null : rowOf(row));

const standing = `left join lateral ${heldBy("$1", "a.account", "$2")} p on true`;
const columns = "a.account, p.person_id, p.units, p.encumbered, p.lots, p.from_seq";

/** What one account holds in a state; null without units. */
export async function holdingAt(
  db: Queryable,
  { issueId, seq }: Pick<Position, "issueId" | "seq">,
  account: string,
): Promise<RegisterRow | null> {
  const found = await db.query<Row>({
    name: "register-holding-at",
    text: `select ${columns} from (values ($3::text)) a (account) ${standing}`,
    values: [issueId, seq, account],
  });
  return standingRow(found.rows[0]!);
}

type State = Pick<Position, "seq" | "head">;

/**
 * What the accounts that entries between two states touch hold in the second, whichever is the later. Units and
 * encumbrances move only on the two accounts that an entry names, those of its hold included.
 * @returns undefined unless both are states of this register as one statement sees it
 */
export async function holdingsChanged(
  db: Queryable,
  issueId: string,
  { from, to }: { from: State; to: State },
): Promise<HoldingAt[] | undefined> {
  const stands = (seq: string, head: string) =>
    `(${seq} = 0 or exists (select 1 from entry where issue_id = $1 and seq = ${seq} and head = ${head}))`;
  const found = await db.query<Row & { known: boolean }>({
    name: "register-holdings-changed",
    text: `with named as (
        select unnest(array[from_account, to_account]) as account from entry
        where issue_id = $1 and seq > least($2::bigint, $3::bigint) and seq <= greatest($2::bigint, $3::bigint)
      ), known as (select ${stands("$2::bigint", "$4")} and ${stands("$3::bigint", "$5")} as known)
      select known.known, ${columns} from known
      left join (select distinct account from named where account is not null) a on known.known ${standing}
      order by a.account`,
    values: [issueId, to.seq, from.seq, to.head, from.head],
  });
  if (!found.rows[0]!.known) return undefined;
  return found.rows.flatMap((row) =>
    row.account === null ? [] : [{ account: row.account, row: standingRow(row) }],
  );
}
