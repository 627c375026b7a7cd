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

/** The block of the last line of an issue's register, or the registry's (null); before the first line, where it may begin. */
export async function lastLineBlock(db: Queryable, issueId: string | null): Promise<number> {
  const ofIssue = `select coalesce(s.block_number, i.deployed_block) as block
    from issue i left join issue_state s on s.issue_id = i.id where i.id = $1`;
  const ofRegistry = "select block_number as block from registry_record order by seq desc limit 1";
  const found =
    issueId === null
      ? await db.query<{ block: bigint }>(ofRegistry)
      : await db.query<{ block: bigint | null }>(ofIssue, [issueId]);
  return Number(found.rows[0]?.block ?? 0n);
}
