import type { CorrectedEntry } from "@genbo/domain/cases/corrected";
import { dayOfIso } from "@genbo/domain/jst";
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
  lots: LotsJson;
}

/** An entry that a case corrects, with what corrects it already; undefined where the issue has none of that number. */
export async function correctedEntry(
  db: Queryable,
  issueId: string,
  seq: number,
): Promise<CorrectedEntry | undefined> {
  const found = await db.query<Row>({
    name: "case-corrected",
    text: `select seq, kind, basis, units, from_account as "from", to_account as "to", acquired_on, lots
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
  const { acquired_on: acquiredOn, lots, to, ...entry } = row;
  const ratios = to === null ? [] : await pastRatiosOf(db, issueId, [to]);
  return {
    ...entry,
    seq,
    to,
    ratios: to === null ? [] : ratiosBetween(ratios, to, seq, Number.POSITIVE_INFINITY),
    acquiredOn: acquiredOn === null ? null : dayOfIso(acquiredOn)!,
    lots: lotsFromJson(lots),
    correctedBy: by.rows.map((each) => ({ seq: Number(each.seq), kind: each.kind })),
  };
}
