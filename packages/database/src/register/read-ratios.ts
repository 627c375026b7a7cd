import { entryKinds } from "@genbo/domain/entry-kinds";
import { zeroAddress } from "@genbo/domain/words";
import { type PastRatio, pastRatios, type RatioLine } from "@genbo/register/past-ratios";
import type { Queryable } from "../sql/connection.ts";

interface Row extends Omit<RatioLine, "seq" | "from" | "to"> {
  seq: bigint;
  from: string | null;
  to: string | null;
}

/** The consolidations and splits of an issue, with the lines that carried these accounts. */
export async function pastRatiosOf(
  db: Queryable,
  issueId: string,
  accounts: readonly string[],
): Promise<PastRatio[]> {
  const whole = await db.query<Row>({
    name: "ratios-of-issue",
    text: `select seq, from_account as "from", to_account as "to", data from entry
      where issue_id = $1 and kind = ${entryKinds.RATIO} and from_account is null order by seq`,
    values: [issueId],
  });
  if (whole.rows.length === 0) return [];
  const own = await db.query<Row>({
    name: "ratios-of-accounts",
    text: `select seq, from_account as "from", to_account as "to", data from entry
      where issue_id = $1 and kind = ${entryKinds.RATIO} and from_account = any($2) and to_account = from_account
        and seq > $3`,
    values: [issueId, accounts, whole.rows[0]!.seq],
  });
  const lines = [...whole.rows, ...own.rows].map(({ seq, from, to, data }) => ({
    seq: Number(seq),
    data,
    from: from ?? zeroAddress,
    to: to ?? zeroAddress,
  }));
  return pastRatios(lines.sort((a, b) => a.seq - b.seq));
}
