import { refOf } from "@genbo/domain/ids";
import { beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import {
  closeCustodyChanges,
  custodyOperation,
  reopenCustodyChanges,
} from "../src/legal/custody-changes-settle.ts";
import { withTransaction } from "../src/sql/connection.ts";

const at = new Date("2022-03-10T01:00:00Z");
const account = `0x${"ac".repeat(20)}`;
let db: TestDatabase;
let investor: (id: string, broker: string, person: string) => Promise<unknown>;

beforeAll(async () => {
  db = await createTestDatabase();
  const owner = db.pool("genbo");
  for (const [custodian, id] of ["", "a", "b"].entries())
    if (custodian > 0)
      await owner.query(
        "insert into party (id, kind, name, custodian_id, created_at) values ($1, 'broker', $1, $2, $3)",
        [id, custodian, at],
      );
  investor = (id, broker, person) =>
    owner.query(
      `insert into investor (id, broker_id, external_id, person_id, class_bits, country, tax_category, valid_until, created_at)
       values ($1, $2, 'no-1', $3, 8, 392, 'RESIDENT_INDIVIDUAL', $4, $4)`,
      [id, broker, `0x${person.repeat(24)}`, at],
    );
  await investor("moves", "a", "1");
  await investor("stays", "b", "2");
  await owner.query(
    `insert into wallet (address, investor_id, broker_id, custody, state, created_at)
     values ($1, 'moves', 'a', 'CUSTODIED', 'registered', $3), ($2, 'moves', 'a', 'SELF', 'registered', $3)`,
    [account, `0x${"0e".repeat(20)}`, at],
  );
  await owner.query(
    `insert into custody_change (id, investor_id, from_broker_id, to_broker_id, accounts, documents, from_external_id,
       to_external_id, state, maker, acceptor, checker, created_at, consented_at, decided_at)
     values ('cus', 'moves', 'a', 'b', $1, '[]', 'no-1', 'no-1', 'approved', 'x', 'y', 'z', $2, $2, $2)`,
    [[account], at],
  );
  await owner.query(
    `insert into operation (id, ref, party_id, kind, state, subject_id, maker, rows, request_id, accepted_at, updated_at)
     values ('op', $1, 'a', $2, 'accepted', 'cus', 'z', 1, 'r', $3, $3)`,
    [refOf("op"), custodyOperation, at],
  );
});

const indexer = <T>(act: Parameters<typeof withTransaction<T>>[1]) =>
  withTransaction(db.pool("genbo_indexer"), act);
const standing = async () => {
  const { rows } = await db.pool("genbo").query(
    `select k.state, i.broker_id, i.external_id, (
       select string_agg(distinct w.broker_id, ' ') from wallet w where w.investor_id = i.id) as seen_by
     from custody_change k join investor i on i.id = k.investor_id`,
  );
  return Object.values(rows[0]);
};

const ended = { id: "op", kind: custodyOperation, subjectId: "cus" };

test("the customer and its wallets, its own too, change hands with the last record, and back with a rollback", async () => {
  await indexer((tx) => closeCustodyChanges(tx, [ended], String));
  // The receiving broker gave the number to somebody else meanwhile.
  expect(await standing()).toEqual(["entered", "b", "no-1 cus", "b"]);
  await indexer(reopenCustodyChanges);
  expect(await standing()).toEqual(["approved", "a", "no-1", "a"]);

  await indexer((tx) => closeCustodyChanges(tx, [ended], String));
  // And so did the first broker, before the chain took the change back.
  await investor("comes", "a", "3");
  await indexer(reopenCustodyChanges);
  expect(await standing()).toEqual(["approved", "a", "no-1 cus", "a"]);
});

test("a record that was refused keeps the customer, a pledge that had ended does not", async () => {
  const owner = db.pool("genbo");
  const signer = `0x${"51".repeat(20)}`;
  await owner.query("insert into lane (signer) values ($1)", [signer]);
  const refuse = (call: string, row: number) =>
    owner.query(
      `insert into command (operation_id, row, signer, call, ref, args, priority, state, code)
       values ('op', $1, $2, $3, $4, '{}', 1, 'refused', 41)`,
      [row, signer, call, refOf(call)],
    );
  const state = async () => (await standing())[0];
  await refuse("changeController", 1);
  await indexer((tx) => closeCustodyChanges(tx, [ended], String));
  expect(await state()).toBe("entered");
  await indexer(reopenCustodyChanges);
  await refuse("setRecords", 0);
  await indexer((tx) => closeCustodyChanges(tx, [ended], String));
  expect(await state()).toBe("refused");
});
