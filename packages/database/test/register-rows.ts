import { insertBlocks, writeCursor } from "@genbo/database/register/cursor";
import { createDerived, createLines } from "@genbo/database/register/write";
import { writeRegistry } from "@genbo/database/register/write-registry";
import type { Pool } from "@genbo/database/sql/connection";
import { withTransaction } from "@genbo/database/sql/connection";
import { withRows } from "@genbo/database/sql/copy-rows";
import { newId, refOf } from "@genbo/domain/ids";
import { encodeRecord } from "@genbo/domain/registry-record";
import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { advance } from "@genbo/register/fold";
import { type ChainEntry, emptyState } from "@genbo/register/state";

/** A chain of blocks, a block for each block time, with the entries of one issue and the registry in front of them. */
export interface WrittenIssue {
  issueId: string;
  /** By number; block 0 holds the registry alone. */
  blocks: { number: number; hash: string; time: number }[];
  blockOf(entry: ChainEntry): number;
}

export const custodianOf = (account: string): number => (Number(BigInt(account)) % 2) + 1;
export const classBitsOf = (account: string): number => (BigInt(account) % 3n === 0n ? 1 : 8);

/** Writes an issue's entries through the indexer's own statements. The database must be fresh. */
export async function writeIssue(
  pool: Pool,
  entries: readonly ChainEntry[],
  personOf: (account: string) => string,
): Promise<WrittenIssue> {
  const issueId = newId("iss", new Date("2021-07-01T00:00:00Z"));
  await insertParties(pool, issueId);
  const start = (entries[0]?.blockTime ?? 86_400) - 86_400;
  const times = [start, ...new Set(entries.map((entry) => entry.blockTime))];
  const blocks = times.map((time, number) => ({ number, hash: refOf("block", number), time }));
  const numbers = new Map(times.map((time, number) => [time, number]));
  const blockOf = (entry: ChainEntry) => numbers.get(entry.blockTime)!;
  const accounts = [...new Set(entries.flatMap((entry) => [entry.from, entry.to]))].filter(
    (a) => a !== zeroAddress,
  );
  const logs = new Map<number, number>();
  await withTransaction(pool, async (tx) => {
    await insertBlocks(
      tx,
      blocks.map((block) => ({ ...block, parentHash: refOf("block", block.number - 1) })),
    );
    const rows = accounts.map((wallet, index) => ({
      seq: index + 1,
      wallet,
      record: recordOf(wallet, personOf(wallet)),
      particulars: refOf("particulars", index),
      head: zeroWord,
      operationId: null,
      block: blocks[0]!,
      logIndex: index,
      txHash: refOf("tx", -1),
    }));
    await writeRegistry(tx, rows);
    const state = emptyState();
    for (let at = 0; at < entries.length; at += 5_000) {
      const lines = entries.slice(at, at + 5_000).map((entry) => {
        const step = advance(state, entry, personOf);
        const block = blocks[blockOf(entry)]!;
        const logIndex = logs.get(block.number) ?? 0;
        logs.set(block.number, logIndex + 1);
        const origin = {
          txHash: refOf("tx", entry.seq),
          logIndex,
          blockNumber: block.number,
          blockHash: block.hash,
        };
        return { issueId, step, origin: { ...origin, operationId: null, maker: null, checker: null } };
      });
      await withRows(createLines(), lines).write(tx);
      await withRows(createDerived(), lines).write(tx);
    }
    const last = blocks.at(-1)!;
    await writeCursor(tx, {
      blockNumber: last.number,
      blockHash: last.hash,
      blockTime: new Date(last.time * 1000),
      genesisHash: blocks[0]!.hash,
      registrySeq: rows.length,
      registryHead: zeroWord,
    });
  });
  return { issueId, blocks, blockOf };
}

const recordOf = (wallet: string, personId: string): string =>
  encodeRecord({
    personId,
    classBits: classBitsOf(wallet),
    flags: 0,
    validUntil: 2_000_000_000,
    country: 392,
    custodian: custodianOf(wallet),
  });

async function insertParties(pool: Pool, issueId: string): Promise<void> {
  await pool.query(
    `insert into party (id, kind, name, signer, custodian_id, issuer_role, created_at) values
      ('pty_issuer', 'issuer', '発行者', null, null, 1001, '2021-07-01Z'),
      ('pty_trustee', 'trustee', '受託者', null, null, null, '2021-07-01Z')
     on conflict do nothing`,
  );
  await pool.query(
    `insert into issue (id, ref, issuer_id, trustee_id, profile, name, symbol, terms, terms_hash, certificateless,
       total_units, unit_price_yen, min_units, lot, policy, state, maker, created_at)
     values ($1, $2, 'pty_issuer', 'pty_trustee', 'TRUST_BENEFICIAL', '銘柄', 'KDX', '{}', $2, true,
       1000000000, 1000000, 1, 1, $3, 'draft', 'maker', '2021-07-01Z')`,
    [issueId, refOf(issueId), zeroWord],
  );
}
