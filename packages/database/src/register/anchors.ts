import type { Queryable, Transaction } from "../sql/connection.ts";

/** A root as RegisterAnchor said it. */
export interface AnchorRow {
  /** The issue's ref. */
  subject: string;
  kind: number;
  /** ISO. */
  day: string;
  root: string;
  supersedes: string | null;
  txHash: string;
  logIndex: number;
  blockNumber: number;
  blockHash: string;
  blockTime: Date;
}

/** Writes anchors of issues of ours, each as the next version of its issue, kind and day. */
export async function writeAnchors(tx: Transaction, rows: readonly AnchorRow[]): Promise<void> {
  for (const row of rows) {
    await tx.query(
      `insert into anchor (issue_id, kind, day, version, root, supersedes, tx_hash, log_index, block_number, block_hash,
         block_time)
       select i.id, $2, $3, 1 + (select count(*) from anchor a where a.issue_id = i.id and a.kind = $2 and a.day = $3),
         $4, $5, $6, $7, $8, $9, $10
       from issue i where i.ref = $1`,
      [
        ...[row.subject, row.kind, row.day, row.root, row.supersedes],
        ...[row.txHash, row.logIndex, row.blockNumber, row.blockHash, row.blockTime],
      ],
    );
  }
}

/** A root of an issue's register, and where the chain holds it. */
export interface AnchoredRoot {
  kind: number;
  day: string;
  version: number;
  /** The last entry that counts. */
  seq: bigint;
  head: string;
  root: string;
  /** Null until a block holds it; never for a register without holdings. */
  anchor: {
    contract: string;
    supersedes: string | null;
    block: bigint;
    hash: string;
    time: Date;
    txHash: string;
  } | null;
}

const columns = `r.kind, r.day, r.version, r.seq, r.head, r.root, case when a.root is not null then jsonb_build_object(
    'contract', d.anchor, 'supersedes', a.supersedes, 'block', a.block_number, 'hash', a.block_hash,
    'time', a.block_time, 'txHash', a.tx_hash) end as anchor`;
const sources = `register_root r
  left join lateral (
    select * from anchor where issue_id = r.issue_id and kind = r.kind and day = r.day and root = r.root
      and version >= r.version order by version limit 1
  ) a on true
  left join deployment d on d.id = 1`;

type Row = Omit<AnchoredRoot, "anchor"> & {
  anchor:
    | (Omit<NonNullable<AnchoredRoot["anchor"]>, "block" | "time"> & { block: number; time: string })
    | null;
};
const rowOf = ({ anchor, ...row }: Row): AnchoredRoot => ({
  ...row,
  anchor: anchor && { ...anchor, block: BigInt(anchor.block), time: new Date(anchor.time) },
});

/** Roots of an issue by day, kind and version; one more than `limit`, if there are more. */
export async function listRoots(
  db: Queryable,
  issueId: string,
  page: { after?: { day: string; kind: number; version: number } | undefined; limit: number },
): Promise<AnchoredRoot[]> {
  const { day, kind, version } = page.after ?? { day: "-infinity", kind: 0, version: 0 };
  const found = await db.query<Row>({
    name: "anchored-roots",
    text: `select ${columns} from ${sources}
      where r.issue_id = $1 and (r.day, r.kind, r.version) > ($2::date, $3::int, $4::int)
      order by r.day, r.kind, r.version limit $5`,
    values: [issueId, day, kind, version, page.limit + 1],
  });
  return found.rows.map(rowOf);
}

/**
 * A root of the state just after entry `seq`, with its place on chain: of the day that closed so, else of a record
 * date. Undefined where no day has closed and no list was frozen with this root.
 */
export async function anchoredRootAt(
  db: Queryable,
  { issueId, seq, root }: { issueId: string; seq: number; root: string },
): Promise<AnchoredRoot | undefined> {
  const found = await db.query<Row>({
    name: "anchored-root-at",
    text: `select ${columns} from ${sources}
      where r.issue_id = $1 and r.seq = $2 and r.root = $3
      order by a.root is null, r.kind desc, r.day limit 1`,
    values: [issueId, seq, root],
  });
  return found.rows.map(rowOf)[0];
}
