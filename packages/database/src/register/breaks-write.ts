import type { Queryable, Transaction } from "../sql/connection.ts";
import { type BreakKind, holdNothing, isCatchingUp, lacksEarlier } from "./break-kinds.ts";

/** A disagreement of register and chain. While it is open nothing more enters that issue, or the registry. */
export interface NewBreak {
  id: string;
  /** null: the HolderRegistry's own line, or what concerns no line. */
  issueId: string | null;
  kind: BreakKind;
  /** The number that the register expects next; it goes on from there once the break is closed. */
  nextSeq?: number;
  detail: Readonly<Record<string, unknown>>;
  blockNumber: number;
  at: Date;
}

export async function openBreak(tx: Transaction, made: NewBreak): Promise<void> {
  const detail = JSON.stringify({ ...made.detail, nextSeq: made.nextSeq });
  await tx.query(
    `insert into register_break (id, issue_id, kind, detail, block_number, opened_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [made.id, made.issueId, made.kind, detail, made.blockNumber, made.at],
  );
}

/** What is under quarantine now: issue ids, and null for the registry. */
export async function quarantined(db: Queryable): Promise<Set<string | null>> {
  const text = `select distinct issue_id from register_break where closed_at is null and kind not in ${holdNothing}`;
  const result = await db.query<{ issue_id: string | null }>(text);
  return new Set(result.rows.map(({ issue_id }) => issue_id));
}

/** What a break holds or held back and has not caught up yet: such a register differs from its contract for a known reason. */
export const catchingUp = async (db: Queryable): Promise<Set<string | null>> => (await heldBack(db)).held;

export interface Resumable {
  issueId: string | null;
  /** The block of the first break. */
  fromBlock: number;
  /** Whether entries before that block are missing too. */
  lacksEarlier: boolean;
  breakIds: string[];
}

/** What is catching up, and what of it may go on because its breaks were all closed: the registry first, whose accounts the others name. */
export async function heldBack(db: Queryable): Promise<{ held: Set<string | null>; resumable: Resumable[] }> {
  const result = await db.query<{
    issue_id: string | null;
    from_block: bigint;
    lacks_earlier: boolean;
    ids: string[];
    closed: boolean;
  }>({
    name: "held-back",
    text: `select issue_id, min(block_number) as from_block, array_agg(id) as ids, bool_and(closed_at is not null) as closed,
        coalesce(bool_or(${lacksEarlier}), false) as lacks_earlier
      from register_break where ${isCatchingUp}
      group by issue_id order by issue_id nulls first`,
  });
  const resumable = result.rows
    .filter(({ closed }) => closed)
    .map(({ issue_id, from_block, lacks_earlier, ids }) => ({
      issueId: issue_id,
      fromBlock: Number(from_block),
      lacksEarlier: lacks_earlier,
      breakIds: ids,
    }));
  return { held: new Set(result.rows.map(({ issue_id }) => issue_id)), resumable };
}

/** What these breaks held back has entered, or another break holds it. */
export async function markResumed(tx: Transaction, breakIds: readonly string[], now: Date): Promise<void> {
  await tx.query("update register_break set resumed_at = $2 where id = any($1)", [breakIds, now]);
}

/** What people decided about a reorg that left this block: nothing yet, a break that is open, or one that is closed. */
export async function reorgDecision(db: Queryable, cursorHash: string): Promise<"none" | "open" | "closed"> {
  const result = await db.query<{ closed: boolean }>(
    `select closed_at is not null as closed from register_break
     where kind = $1 and detail ->> 'cursorHash' = $2 order by closed_at nulls first limit 1`,
    ["REORG" satisfies BreakKind, cursorHash],
  );
  const row = result.rows[0];
  if (row === undefined) return "none";
  return row.closed ? "closed" : "open";
}
