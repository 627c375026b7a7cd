import type { Lot } from "@genbo/register/state";
import type { Queryable } from "../sql/connection.ts";
import { type LotsJson, lotsFromJson } from "./lots-json.ts";
import type { StateOf } from "./read-position.ts";
import { periodsOf } from "./standing.ts";

/** What an account of a holder had between two entries. */
export interface HoldingPeriodRow {
  account: string;
  fromSeq: number;
  /** The entry that ended it; null while it stands. */
  toSeq: number | null;
  from: Date;
  to: Date | null;
  units: bigint;
  encumbered: bigint;
  lots: Lot[];
}

/** Where a page goes on: two accounts may begin with one entry. */
export type HistoryCursor = Pick<HoldingPeriodRow, "fromSeq" | "account">;

interface Row {
  account: string;
  from_seq: bigint;
  to_seq: bigint | null;
  from_time: Date;
  to_time: Date | null;
  units: bigint;
  encumbered: bigint;
  lots: LotsJson;
}

/**
 * The history of a person in an issue up to a position, oldest first: every holding of every account with its lots, as
 * the entries left it at their time. One more than `limit`, if there are more.
 */
export async function holderHistory(
  db: Queryable,
  at: StateOf,
  personId: string,
  page: { after?: HistoryCursor | undefined; limit: number },
): Promise<HoldingPeriodRow[]> {
  const { fromSeq, account } = page.after ?? { fromSeq: 0, account: "" };
  const found = await db.query<Row>({
    name: "register-holder-history",
    text: `select p.account, p.from_seq, p.units, p.encumbered, p.lots, f.block_time as from_time,
        t.seq as to_seq, t.block_time as to_time
      from ${periodsOf("$1", "array(select address from account where person_id = $2)", "$3")} p
      join entry f on f.issue_id = p.issue_id and f.seq = p.from_seq
      left join entry t on t.issue_id = p.issue_id and t.seq = p.to_seq
      where (p.from_seq, p.account) > ($4::bigint, $5::text)
      order by p.from_seq, p.account limit $6`,
    values: [at.issueId, personId, at.seq, fromSeq, account, page.limit + 1],
  });
  return found.rows.map((row) => ({
    account: row.account,
    fromSeq: Number(row.from_seq),
    toSeq: row.to_seq === null ? null : Number(row.to_seq),
    from: row.from_time,
    to: row.to_time,
    units: row.units,
    encumbered: row.encumbered,
    lots: lotsFromJson(row.lots),
  }));
}
