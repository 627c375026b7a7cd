import { refOf } from "@genbo/domain/ids";
import { beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { type Outcome, settleCommands } from "../src/outbox/settle.ts";
import { withTransaction } from "../src/sql/connection.ts";

const at = new Date("2022-03-10T01:00:00Z");
const [first, second] = [new Date("2022-03-10T01:00:01Z"), new Date("2022-03-10T01:00:02Z")];
const signer = `0x${"51".repeat(20)}`;
let db: TestDatabase;
let count = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  const owner = db.pool("genbo");
  await owner.query(
    "insert into party (id, kind, name, signer, created_at) values ('t', 'trustee', 'T', $1, $2)",
    [signer, at],
  );
  await owner.query("insert into lane (signer) values ($1)", [signer]);
});

/** An operation of two rows, each settled in a lot of its own. */
async function settled(
  ...lots: { role: "genbo_indexer" | "genbo_worker"; state: Outcome["state"]; enteredAt?: Date }[]
) {
  const owner = db.pool("genbo");
  count += 1;
  const id = `op_${count}`;
  await owner.query(
    `insert into operation (id, ref, party_id, kind, state, maker, rows, request_id, accepted_at, updated_at)
     values ($1, $2, 't', 'issuance', 'accepted', 'm', $3, 'r', $4, $4)`,
    [id, refOf(id), lots.length, at],
  );
  for (const [row, { role, ...ended }] of lots.entries()) {
    const { rows } = await owner.query<{ id: bigint }>(
      `insert into command (operation_id, row, signer, call, ref, args, priority) values ($1, $2, $3, 'issue', $4, '{}', 5)
       returning id`,
      [id, row, signer, refOf(id, row)],
    );
    const outcome = {
      commandId: rows[0]!.id,
      operationId: id,
      code: ended.state === "entered" ? 0 : 40,
      ...ended,
    };
    await withTransaction(db.pool(role), (tx) =>
      settleCommands(tx, [outcome], { now: at, codeName: (code) => `CODE_${code}` }),
    );
  }
  const { rows } = await owner.query("select state, entered_at from operation where id = $1", [id]);
  return rows[0];
}

test("an operation is entered when the last of its rows that entered did, over all lots", async () => {
  const entered = (enteredAt: Date) => ({ role: "genbo_indexer", state: "entered", enteredAt }) as const;
  const refused = { role: "genbo_indexer", state: "refused" } as const;
  expect(await settled(entered(first), entered(second))).toEqual({ state: "entered", entered_at: second });
  expect(await settled(entered(first), refused)).toEqual({ state: "entered", entered_at: first });
  expect(await settled(refused, entered(second))).toEqual({ state: "entered", entered_at: second });
  expect(await settled(refused, refused)).toEqual({ state: "refused", entered_at: null });
});

test("it is known although the last row fails at the worker, which may not write it", async () => {
  expect(
    await settled(
      { role: "genbo_indexer", state: "entered", enteredAt: first },
      { role: "genbo_worker", state: "failed" },
    ),
  ).toEqual({ state: "entered", entered_at: first });
});
