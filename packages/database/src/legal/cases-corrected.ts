import type { CorrectedEntry } from "@genbo/domain/cases/corrected";
import { entryKinds } from "@genbo/domain/entry-kinds";
import { type Day, dayOf } from "@genbo/domain/jst";
import { ratiosBetween } from "@genbo/register/past-ratios";
import { type LotsJson, lotsFromJson } from "../register/lots-json.ts";
import { pastRatiosOf } from "../register/read-ratios.ts";
import type { Queryable } from "../sql/connection.ts";

interface Row {
  seq: bigint;
  kind: number;
  basis: number;
  units: bigint;
  from: string | null;
  to: string | null;
  acquired_on: string | null;
  trade_date: string | null;
  settlement_date: string | null;
  of_issue: boolean;
  lots: LotsJson;
}

/** A correction may be corrected in its turn: the entry at the end of them counts. */
const isOfIssue = `(with recursive line as (
    select kind, corrects from entry where issue_id = $1 and seq = $2
    union all select e.kind, e.corrects from line join entry e on line.kind = ${entryKinds.MARK} and e.issue_id = $1 and e.seq = line.corrects
  ) select bool_or(kind = ${entryKinds.ISSUE}) from line)`;

const dayOrNull = (iso: string | null): Day | null => (iso === null ? null : dayOf(iso));

/** An entry that a case corrects, with what corrects it already; undefined where the issue has none of that number. */
export async function correctedEntry(
  db: Queryable,
  issueId: string,
  seq: number,
): Promise<CorrectedEntry | undefined> {
  const found = await db.query<Row>({
    name: "case-corrected",
    text: `select seq, kind, basis, units, from_account as "from", to_account as "to", acquired_on, trade_date, settlement_date,
        lots, ${isOfIssue} as of_issue
      from entry where issue_id = $1 and seq = $2`,
    values: [issueId, seq],
  });
  const row = found.rows[0];
  if (row === undefined) return undefined;
  const by = await db.query<{ seq: bigint; kind: number }>({
    name: "case-corrected-by",
    text: "select seq, kind from entry where issue_id = $1 and corrects = $2 order by seq",
    values: [issueId, seq],
  });
  const { acquired_on, trade_date, settlement_date, of_issue: ofIssue, lots, to, ...entry } = row;
  const ratios = to === null ? [] : await pastRatiosOf(db, issueId, [to]);
  return {
    ...entry,
    seq,
    to,
    ratios: to === null ? [] : ratiosBetween(ratios, to, seq, Number.POSITIVE_INFINITY),
    ofIssue,
    acquiredOn: dayOrNull(acquired_on),
    tradeDate: dayOrNull(trade_date),
    settlementDate: dayOrNull(settlement_date),
    lots: lotsFromJson(lots),
    correctedBy: by.rows.map((each) => ({ seq: Number(each.seq), kind: each.kind })),
  };
}
