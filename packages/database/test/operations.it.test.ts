import { refOf } from "@genbo/domain/ids";
import { beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { findOperation, listOperations, type OperationView } from "../src/commands/operations.ts";
import type { PrismaClient } from "../src/generated/client.ts";
import { markSent, storeTransaction } from "../src/outbox/chain-tx.ts";
import { takeCommands } from "../src/outbox/outbox.ts";
import { queuedCommands } from "../src/outbox/queue.ts";
import { settleCommands } from "../src/outbox/settle.ts";
import { createPrisma, withTransaction } from "../src/sql/connection.ts";

const at = new Date("2022-03-10T01:00:00Z");
const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);
const signer = `0x${"51".repeat(20)}`;
const lane = { signer, fence: 0n, nonceTaken: false };
const party: OperationView = { as: "party", partyId: "a" };
let db: TestDatabase;
let prisma: PrismaClient;
let nonce = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  prisma = createPrisma(db.pool("genbo_api"));
  const owner = db.pool("genbo");
  await owner.query(
    "insert into party (id, kind, name, created_at) values ('a', 'trustee', 'A', $1), ('b', 'trustee', 'B', $1)",
    [at],
  );
  await owner.query("insert into lane (signer) values ($1)", [signer]);
});

async function accept(id: string, rows: number, partyId = "a"): Promise<void> {
  await db.pool("genbo_api").query(
    `with op as (
       insert into operation (id, ref, party_id, kind, state, maker, rows, request_id, accepted_at, updated_at)
       values ($1, $2, $5, 'issuance', 'accepted', 'm', $3, 'r', $4, $4) returning id
     )
     insert into command (operation_id, row, signer, call, ref, args, priority)
     select op.id, n, $6, 'issue', '0x' || lpad(n::text, 64, '0'), '{}', 5 from op, generate_series(0, $3::integer - 1) n`,
    [id, refOf(id), rows, at, partyId, signer],
  );
}

/** The worker stores a transaction with so many of the commands that wait. */
async function store(count: number): Promise<bigint> {
  return withTransaction(db.pool("genbo_worker"), async (tx) => {
    nonce += 1;
    const made = {
      nonce,
      hash: refOf(`tx ${nonce}`),
      raw: Buffer.from([1]),
      call: "issue",
      createdAt: later(1),
    };
    const id = await storeTransaction(tx, lane, made);
    await takeCommands(tx, id, await queuedCommands(tx, signer, { target: null, priorities: [5] }, count));
    return id;
  });
}

const read = async (id: string) => {
  const { state, updatedAt } = (await findOperation(prisma, party, id))!;
  return { state, updatedAt };
};
const inState = async (state: string, view: OperationView = party) =>
  (await listOperations(prisma, view, { state, limit: 10 })).map(({ id, state: its }) => `${id} ${its}`);

test("an operation says how far its rows have come, and a list finds it by that", async () => {
  await accept("op_1", 2);
  await accept("op_2", 1);
  await accept("op_other", 1, "b");
  expect(await read("op_1")).toEqual({ state: "accepted", updatedAt: at });
  expect(await inState("accepted")).toEqual(["op_2 accepted", "op_1 accepted"]);
  expect(await inState("accepted", { as: "everything" })).toHaveLength(3);
  expect(await listOperations(prisma, party, { state: "accepted", cursor: "op_2", limit: 10 })).toHaveLength(
    1,
  );
  expect(await listOperations(prisma, party, { state: "accepted", kind: "other", limit: 10 })).toEqual([]);

  const first = await store(1);
  expect(await read("op_1")).toEqual({ state: "queued", updatedAt: later(1) });
  expect(await inState("queued")).toEqual(["op_1 queued"]);

  await markSent(db.pool("genbo_worker"), first, later(2));
  expect(await read("op_1"), "one of its rows is on its way").toEqual({ state: "sent", updatedAt: later(2) });
  expect(await inState("sent")).toEqual(["op_1 sent"]);
  expect(await inState("queued")).toEqual([]);
  expect(await inState("accepted")).toEqual(["op_2 accepted"]);
});

test("an operation that has ended says so, whatever its transactions were", async () => {
  await accept("op_3", 1);
  const id = await store(10);
  await markSent(db.pool("genbo_worker"), id, later(2));
  const found = await db
    .pool("genbo")
    .query<{ id: bigint }>("select id from command where operation_id = 'op_3'");
  const outcome = { commandId: found.rows[0]!.id, operationId: "op_3", state: "entered" as const, code: 0 };
  await withTransaction(db.pool("genbo_indexer"), (tx) =>
    settleCommands(tx, [{ ...outcome, enteredAt: later(3) }], { now: later(4), codeName: () => "X" }),
  );
  expect(await read("op_3")).toEqual({ state: "entered", updatedAt: later(4) });
  expect(await inState("sent")).not.toContain("op_3 sent");
});
