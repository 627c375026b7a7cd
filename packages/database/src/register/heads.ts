import type { Queryable } from "../sql/connection.ts";

/** The last line of an issue as the register has it. */
export interface IssueHead {
  issueId: string;
  token: string;
  seq: number;
  head: string;
  units: bigint;
}

/** Where the register stands in every issue that has a token. */
export async function issueHeads(db: Queryable): Promise<IssueHead[]> {
  const found = await db.query<Omit<IssueHead, "seq"> & { seq: bigint }>(
    `select s.issue_id as "issueId", i.token, s.seq, s.head, s.units
     from issue_state s join issue i on i.id = s.issue_id where i.token is not null`,
  );
  return found.rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}
