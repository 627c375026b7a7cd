import { insertPart, type Part } from "../commands/statement.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Position } from "./read-position.ts";

export type ExportKind = "REGISTER" | "ENTRIES" | "RECORD_DATE";
export type ExportFormat = "CSV" | "CSV_CP932" | "JSONL" | "XLSX";
/** `changed`: what it would be made of is no longer what it was, so nobody is given other bytes under its hash. */
export type ExportState = "rendering" | "ready" | "failed" | "changed";

/** A stretch of the content that can be made without what stands before it. */
export interface ExportPart {
  /** The page key after which its rows begin. */
  after: string;
  /** Of its first byte. */
  offset: number;
  bytes: number;
  sha256: string;
}

/** Cells that hold characters for which the encoding has no code; the first of them by row and column. */
export interface Unmapped {
  cells: number;
  first: { row: number; column: string; characters: string[] }[];
}

/** The last entry whose corrections an export knows of. */
export type KnownPlace = Pick<Position, "seq" | "head" | "block" | "hash"> & { time: string };

export interface ExportOrder {
  id: string;
  issueId: string;
  kind: ExportKind;
  format: ExportFormat;
  recordDate: { id: string; version: number } | null;
  names: boolean;
  purpose: string | null;
  /** Whose customers alone it shows; null for the whole issue. */
  custodianId: number | null;
  partyId: string;
  maker: string;
  position: Pick<Position, "seq" | "head" | "block" | "hash" | "time" | "legalTime">;
  /** What was known of it. */
  known: KnownPlace;
  at: Date;
}

/** What rendering found; the content must have these bytes whenever it is made again. */
export interface Rendered {
  rows: number;
  bytes: number;
  sha256: string;
  parts: ExportPart[];
  unmapped: Unmapped;
}

export interface RegisterExport extends ExportOrder {
  state: ExportState;
  rendered: Rendered | null;
  readyAt: Date | null;
}

export const exportPart = (order: ExportOrder): Part =>
  insertPart<ExportOrder>(
    "register_export",
    {
      id: ["text", (of) => of.id],
      issue_id: ["text", (of) => of.issueId],
      kind: ["text", (of) => of.kind],
      format: ["text", (of) => of.format],
      record_date_id: ["text", (of) => of.recordDate?.id ?? null],
      list_version: ["int", (of) => of.recordDate?.version ?? null],
      names: ["boolean", (of) => of.names],
      purpose: ["text", (of) => of.purpose],
      custodian_id: ["int", (of) => of.custodianId],
      party_id: ["text", (of) => of.partyId],
      maker: ["text", (of) => of.maker],
      seq: ["bigint", (of) => of.position.seq],
      head: ["text", (of) => of.position.head],
      block_number: ["bigint", (of) => of.position.block],
      block_hash: ["text", (of) => of.position.hash],
      block_time: ["timestamptz", (of) => of.position.time],
      legal_time: ["timestamptz", (of) => of.position.legalTime],
      known: ["jsonb", (of) => JSON.stringify(of.known)],
      state: ["text", () => "rendering"],
      created_at: ["timestamptz", (of) => of.at],
    },
    [order],
  );

interface Row {
  id: string;
  issue_id: string;
  kind: ExportKind;
  format: ExportFormat;
  record_date_id: string | null;
  list_version: number | null;
  names: boolean;
  purpose: string | null;
  custodian_id: number | null;
  party_id: string;
  maker: string;
  seq: bigint;
  head: string;
  block_number: bigint;
  block_hash: string;
  block_time: Date;
  legal_time: Date;
  known: KnownPlace;
  state: ExportState;
  rows: bigint | null;
  bytes: bigint | null;
  sha256: string | null;
  parts: ExportPart[];
  unmapped: Unmapped;
  created_at: Date;
  ready_at: Date | null;
}

const columns = `id, issue_id, kind, format, record_date_id, list_version, names, purpose, custodian_id, party_id,
  maker, seq, head, block_number, block_hash, block_time, legal_time, known, state, rows, bytes, sha256, parts, unmapped, created_at,
  ready_at`;

/** An export of a party; undefined where it has none of this id. */
export async function findExport(
  db: Queryable,
  partyId: string,
  id: string,
): Promise<RegisterExport | undefined> {
  const found = await db.query<Row>(
    `select ${columns} from register_export where id = $1 and party_id = $2`,
    [id, partyId],
  );
  return found.rows[0] && exportOf(found.rows[0]);
}

/** How many exports of a party wait to be rendered. */
export async function waitingExports(db: Queryable, partyId: string): Promise<number> {
  const text =
    "select count(*)::int as count from register_export where state = 'rendering' and party_id = $1";
  return (await db.query<{ count: number }>(text, [partyId])).rows[0]!.count;
}

/** An export that fails this often fails for a reason that another try does not mend. */
const triesMax = 3;

/**
 * Takes an export that waits, or whose process died, for as long as the lease lasts: the oldest of those before which
 * its party has the fewest, so that nobody waits for all that another one has ordered.
 */
export async function claimExport(db: Queryable, leaseS: number): Promise<RegisterExport | undefined> {
  const claimed = await db.query<Row>(
    `update register_export set lease_until = now() + make_interval(secs => $1), tries = tries + 1
     where id = (
       select e.id from register_export e
       where e.state = 'rendering' and e.tries < $2 and (e.lease_until is null or e.lease_until < now())
       order by (select count(*) from register_export o
         where o.state = 'rendering' and o.party_id = e.party_id and o.id < e.id), e.id
       limit 1 for update skip locked
     ) returning ${columns}`,
    [leaseS, triesMax],
  );
  return claimed.rows[0] && exportOf(claimed.rows[0]);
}

/** Says that it is still being rendered. */
export async function renewExport(db: Queryable, id: string, leaseS: number): Promise<void> {
  await db.query("update register_export set lease_until = now() + make_interval(secs => $2) where id = $1", [
    id,
    leaseS,
  ]);
}

export async function finishExport(db: Queryable, id: string, of: Rendered, at: Date): Promise<void> {
  await db.query(
    `update register_export set state = 'ready', lease_until = null, rows = $2, bytes = $3, sha256 = $4,
       parts = $5, unmapped = $6, ready_at = $7
     where id = $1 and state = 'rendering'`,
    [id, of.rows, of.bytes, of.sha256, JSON.stringify(of.parts), JSON.stringify(of.unmapped), at],
  );
}

/** Gives back an export that could not be rendered: at the last try it has failed, else it is tried again. */
export async function giveBackExport(db: Queryable, id: string): Promise<void> {
  await db.query(
    `update register_export set state = case when tries >= $2 then 'failed' else state end
     where id = $1 and state = 'rendering'`,
    [id, triesMax],
  );
}

/** The content came out otherwise than its hash says: it is given to nobody any more. */
export async function markExportChanged(db: Queryable, id: string): Promise<void> {
  await db.query("update register_export set state = 'changed' where id = $1 and state = 'ready'", [id]);
}

const exportOf = (row: Row): RegisterExport => ({
  id: row.id,
  issueId: row.issue_id,
  kind: row.kind,
  format: row.format,
  recordDate: row.record_date_id === null ? null : { id: row.record_date_id, version: row.list_version! },
  names: row.names,
  purpose: row.purpose,
  custodianId: row.custodian_id,
  partyId: row.party_id,
  maker: row.maker,
  position: {
    seq: Number(row.seq),
    head: row.head,
    block: Number(row.block_number),
    hash: row.block_hash,
    time: row.block_time,
    legalTime: row.legal_time,
  },
  known: row.known,
  at: row.created_at,
  state: row.state,
  rendered:
    row.sha256 === null
      ? null
      : {
          rows: Number(row.rows),
          bytes: Number(row.bytes),
          sha256: row.sha256,
          parts: row.parts,
          unmapped: row.unmapped,
        },
  readyAt: row.ready_at,
});
