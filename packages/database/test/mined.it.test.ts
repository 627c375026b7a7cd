import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { ourTransactions } from "../src/outbox/mined.ts";
import { withTransaction } from "../src/sql/connection.ts";

const at = new Date("2022-03-10T01:00:00Z");
const word = (n: number) => `0x${n.toString(16).padStart(64, "0")}`;
const [transactions, rowsEach] = [10, 300];

test("whose the rows of a block are is found without reading all operations and transfers", async () => {
  const database = await createTestDatabase();
  const owner = database.pool("genbo");
  const signer = word(1).slice(0, 42);
  await owner.query(
    `insert into party (id, kind, name, created_at) values ('a', 'trustee', 'A', $1), ('b', 'trustee', 'B', $1)`,
    [at],
  );
  await owner.query("insert into lane (signer) values ($1)", [signer]);
  await owner.query(
    `insert into issue (id, ref, issuer_id, trustee_id, profile, name, symbol, terms, terms_hash, certificateless,
       total_units, unit_price_yen, min_units, lot, policy, state, maker, created_at)
     values ('i', $1, 'a', 'a', 'BOND', 'I', 'I', '{}', $1, true, 1000000, 1, 1, 1, $1, 'draft', 'm', $2)`,
    [word(1), at],
  );
  await owner.query(
    `insert into chain_tx (signer, nonce, hash, raw, call, state, created_at)
     select $1, n, '0x' || lpad(to_hex(n), 64, '0'), '', 'approveTransfers', 'sent', $2 from generate_series(1, $3::integer) n`,
    [signer, at, transactions],
  );
  await owner.query(
    `with n as (select n, '0x' || lpad(to_hex(n), 64, '0') as ref from generate_series(0, $1::integer - 1) n),
     t as (
       insert into transfer (id, ref, issue_id, from_account, to_account, units, trade_date, acquired_on, settlement_date,
         seller_broker, buyer_broker, state, maker, created_at)
       select 't' || n, ref, 'i', 'x', 'y', 1, $2::timestamptz, $2::timestamptz, $2::timestamptz, 'a', 'b', 'held', 'maker ' || n, $2::timestamptz from n
     ), o as (
       insert into operation (id, ref, party_id, kind, state, subject_id, maker, rows, request_id, accepted_at, updated_at)
       select 'o' || n, ref, 'a', 'transfer.approve', 'accepted', 't' || n, 'checker ' || n, 1, 'r', $2::timestamptz, $2::timestamptz from n
     )
     insert into command (operation_id, row, signer, call, ref, args, priority, state, chain_tx_id, tx_row)
     select 'o' || n, 0, $3, 'approveTransfers', ref, '{}', 5, 'taken', 1 + n % $4::integer, n / $4::integer from n`,
    [transactions * rowsEach, at, signer, transactions],
  );
  await owner.query("analyze");
  await withTransaction(database.pool("genbo_indexer"), async (tx) => {
    const found = await ourTransactions(tx, [word(1)]);
    const commands = found.get(word(1))!.commands;
    expect(commands).toHaveLength(rowsEach);
    expect(commands[2]).toMatchObject({ operationId: "o20", maker: "maker 20" });
    const read = await tx.query<{ relname: string; rows: bigint }>(
      `select relname, seq_tup_read as rows from pg_stat_xact_user_tables where relname in ('operation', 'transfer')`,
    );
    expect(read.rows.map(({ rows }) => rows)).toEqual([0n, 0n]);
  });
});
