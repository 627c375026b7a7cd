import { instantOf } from "@genbo/domain/instant-of";
import { decodeRecord } from "@genbo/domain/registry-record";
import { bareArray, column, insertRows } from "../sql/bulk.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";
import { copyRows } from "../sql/copy-rows.ts";
import { together } from "../sql/together.ts";
import type { BlockRow } from "./cursor.ts";

/** A line of the HolderRegistry, as it was recorded. */
export interface RegistryRow {
  seq: number;
  wallet: string;
  record: string;
  particulars: string;
  /** The registry's head after this line. */
  head: string;
  operationId: string | null;
  block: Omit<BlockRow, "parentHash">;
  logIndex: number;
  txHash: string;
}

/** Who stands behind an account and who keeps it. */
export interface AccountParty {
  /** A wallet never changes its person. */
  person: string;
  /** 0: nobody, its own key moves it. */
  custodian: number;
}

/** What the registry says of these accounts; those without a record are left out. */
export async function accountParties(
  db: Queryable,
  accounts: readonly string[],
): Promise<Map<string, AccountParty>> {
  if (accounts.length === 0) return new Map();
  const result = await db.query<AccountParty & { address: string }>(
    "select address, person_id as person, custodian_id as custodian from account where address = any($1)",
    [bareArray(accounts)],
  );
  return new Map(result.rows.map(({ address, ...party }) => [address, party]));
}

/** Adds lines of the registry and brings the accounts they speak of up to the last one. */
export async function writeRegistry(tx: Transaction, rows: readonly RegistryRow[]): Promise<void> {
  await together(copyRows(tx, "registry_record", recordColumns, rows), writeAccounts(tx, rows));
}

/** Takes lines of the registry back, and accounts to what the lines that remain say. @returns the accounts they spoke of */
export async function dropLinesAfter(
  tx: Transaction,
  column: "seq" | "block_number",
  last: number,
): Promise<string[]> {
  const lost = await tx.query<{ wallet: string }>(
    `select distinct wallet from registry_record where ${column} > $1`,
    [last],
  );
  const wallets = lost.rows.map(({ wallet }) => wallet);
  await tx.query("delete from account where address = any($1)", [wallets]);
  await tx.query(`delete from registry_record where ${column} > $1`, [last]);
  const left = await tx.query<{ seq: bigint } & Omit<RegistryLine, "seq">>(
    `select distinct on (wallet) seq, wallet, record, particulars from registry_record
     where wallet = any($1) order by wallet, seq desc`,
    [wallets],
  );
  await writeAccounts(
    tx,
    left.rows.map((row) => ({ ...row, seq: Number(row.seq) })),
  );
  return wallets;
}

/** Sets accounts to what their last given line says. */
async function writeAccounts(tx: Transaction, rows: readonly RegistryLine[]): Promise<void> {
  const last = new Map(rows.map((row) => [row.wallet, row]));
  await insertRows(tx, "account", accountColumns, [...last.values()], accountConflict);
}

type RegistryLine = Pick<RegistryRow, "seq" | "wallet" | "record" | "particulars">;

const recordColumns = [
  column<RegistryRow>("seq", "bigint", ({ seq }) => seq),
  column<RegistryRow>("wallet", "text", ({ wallet }) => wallet),
  column<RegistryRow>("person_id", "text", ({ record }) => decodeRecord(record).personId),
  column<RegistryRow>("record", "text", ({ record }) => record),
  column<RegistryRow>("particulars", "text", ({ particulars }) => particulars),
  column<RegistryRow>("head", "text", ({ head }) => head),
  column<RegistryRow>("operation_id", "text", ({ operationId }) => operationId),
  column<RegistryRow>("block_number", "bigint", ({ block }) => block.number),
  column<RegistryRow>("block_hash", "text", ({ block }) => block.hash),
  column<RegistryRow>("block_time", "timestamptz", ({ block }) => instantOf(block.time)),
  column<RegistryRow>("log_index", "integer", ({ logIndex }) => logIndex),
  column<RegistryRow>("tx_hash", "text", ({ txHash }) => txHash),
];

/** PostgreSQL and JavaScript both stop far above the contract's 40 bits of seconds; year 9999 stands for "always". */
const lastSecond = 253_402_300_799;
const validUntilOf = (record: string): string =>
  new Date(Math.min(decodeRecord(record).validUntil, lastSecond) * 1000).toISOString();

const accountColumns = [
  column<RegistryLine>("address", "text", ({ wallet }) => wallet),
  column<RegistryLine>("person_id", "text", ({ record }) => decodeRecord(record).personId),
  column<RegistryLine>("class_bits", "integer", ({ record }) => decodeRecord(record).classBits),
  column<RegistryLine>("flags", "smallint", ({ record }) => decodeRecord(record).flags),
  column<RegistryLine>("valid_until", "timestamptz", ({ record }) => validUntilOf(record)),
  column<RegistryLine>("country", "integer", ({ record }) => decodeRecord(record).country),
  column<RegistryLine>("custodian_id", "integer", ({ record }) => decodeRecord(record).custodian),
  column<RegistryLine>("particulars", "text", ({ particulars }) => particulars),
  column<RegistryLine>("seq", "bigint", ({ seq }) => seq),
];
const accountConflict = `on conflict (address) do update set class_bits = excluded.class_bits, flags = excluded.flags,
  valid_until = excluded.valid_until, country = excluded.country, custodian_id = excluded.custodian_id,
  particulars = excluded.particulars, seq = excluded.seq`;
