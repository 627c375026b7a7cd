import { createHash } from "node:crypto";
import { zeroAddress, zeroWord } from "@genbo/domain/words";
import {
  type EntryLine,
  type ExportLine,
  exportFormat,
  exportVersion,
  type HeaderLine,
  lineText,
  type RecordLine,
} from "@genbo/register/export";
import type { DeploymentRow } from "../outbox/deployment.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Position } from "./read-position.ts";
import { rootOfState } from "./tree.ts";

/** Lines of one query; the export of any number of lines takes the memory of one page. */
const pageLines = 2_000;

/** The register moved back under the export: the local chain came back from an older dump. */
export class ExportTorn extends Error {
  override readonly name = "ExportTorn";
}

/**
 * The export of an issue's register as of a position, in pieces of whole lines (docs/export.md). Reads page by page and
 * holds no transaction: what it reads is past, and never changes.
 * @throws ExportTorn rather than write an end that its lines do not lead to
 */
export async function* exportChunks(
  db: Queryable,
  issue: { id: string; ref: string; token: string },
  at: Position,
  deployment: DeploymentRow,
): AsyncGenerator<string> {
  const digest = createHash("sha256");
  const chunk = (lines: readonly ExportLine[]): string => {
    const text = lines.map((line) => `${lineText(line)}\n`).join("");
    digest.update(text);
    return text;
  };
  const header = headerOf(issue, at, deployment, await registryAt(db, at.block));
  yield chunk([header]);
  let [seq, head] = [0, zeroWord];
  for (let after = 0; after < header.records; ) {
    const page = await recordsAfter(db, after, header.records);
    yield chunk(page);
    ({ seq: after, head } = page.at(-1) ?? torn(header.issue));
  }
  if (head !== header.recordsHead) torn(header.issue);
  for (head = zeroWord; seq < at.seq; ) {
    const page = await entriesAfter(db, issue.id, seq, at.seq);
    yield chunk(page);
    ({ seq, head } = page.at(-1) ?? torn(header.issue));
  }
  if (head !== at.head) torn(header.issue);
  const root = await rootOfState(db, at);
  const { records, entries } = header;
  const sha256 = digest.digest("hex");
  yield `${lineText({ type: "end", records, entries, root, sha256 })}\n`;
}

function torn(issueId: string): never {
  throw new ExportTorn(`The register of ${issueId} moved back while it was exported.`);
}

const headerOf = (
  issue: { id: string; ref: string; token: string },
  at: Position,
  { chainId, genesisHash, registry }: DeploymentRow,
  records: { seq: number; head: string },
): HeaderLine => ({
  type: "header",
  format: exportFormat,
  version: exportVersion,
  issue: issue.id,
  ref: issue.ref,
  token: issue.token,
  chainId,
  genesis: genesisHash,
  registry,
  block: at.block,
  hash: at.hash,
  time: at.time.getTime() / 1000,
  records: records.seq,
  recordsHead: records.head,
  entries: at.seq,
  head: at.head,
  ...at.totals,
});

/** Number and head of the registry's last line up to a block. */
async function registryAt(db: Queryable, block: number): Promise<{ seq: number; head: string }> {
  const found = await db.query<{ seq: bigint; head: string }>({
    name: "export-registry-at",
    text: `select seq, head from registry_record where block_number <= $1
      order by block_number desc, seq desc limit 1`,
    values: [block],
  });
  const row = found.rows[0];
  return row === undefined ? { seq: 0, head: zeroWord } : { seq: Number(row.seq), head: row.head };
}

const minedColumns = `block_number::float8 as block, block_hash as hash,
  extract(epoch from block_time)::float8 as time`;

async function recordsAfter(db: Queryable, after: number, last: number): Promise<RecordLine[]> {
  const found = await db.query<Omit<RecordLine, "type">>({
    name: "export-records",
    text: `select seq::float8 as seq, wallet, record, particulars, head, ${minedColumns}
      from registry_record where seq > $1 and seq <= $2 order by seq limit $3`,
    values: [after, last, pageLines],
  });
  return found.rows.map((row) => ({ type: "record", ...row }));
}

async function entriesAfter(
  db: Queryable,
  issueId: string,
  after: number,
  last: number,
): Promise<EntryLine[]> {
  const found = await db.query<Omit<EntryLine, "type">>({
    name: "export-entries",
    text: `select seq::float8 as seq, kind, basis, units, coalesce(from_account, '${zeroAddress}') as from,
        coalesce(to_account, '${zeroAddress}') as to, ref, data, head, ${minedColumns},
        total_units as "totalUnits", total_holders as "totalHolders", total_accounts as "totalAccounts"
      from entry where issue_id = $1 and seq > $2 and seq <= $3 order by seq limit $4`,
    values: [issueId, after, last, pageLines],
  });
  return found.rows.map((row) => ({ type: "entry", ...row }));
}
