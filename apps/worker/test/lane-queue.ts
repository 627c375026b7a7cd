import { urgencyOf } from "@genbo/chain/urgency";
import type { Command } from "@genbo/database/outbox/outbox";
import { promote } from "@genbo/database/outbox/queue";
import { withTransaction } from "@genbo/database/sql/connection";
import { refOf } from "@genbo/domain/ids";
import { createTestDatabase } from "../../../test/support/database.ts";
import { choose, createTurns } from "../src/choose.ts";

const at = new Date("2022-03-10T01:00:00Z");
export const address = (name: string) => `0x${Buffer.from(name).toString("hex").padStart(40, "0")}`;
export const [broker, another, trustee] = [address("broker"), address("another"), address("trustee")];
export const [issueA, issueB] = [address("A"), address("B")];

export interface Row {
  call?: string;
  target?: string | null;
  ref?: string;
  args: Record<string, unknown>;
}

export const move = (from: string, to: string, more: Partial<Row> = {}): Row => ({
  ...more,
  args: { from, to },
});
export const moves = (count: number, name: string, more: Partial<Row> = {}) =>
  Array.from({ length: count }, (_, n) => move(`${name} ${n}`, `${name} to ${n}`, more));
export const record = (wallet: string): Row => ({ call: "setRecords", target: null, args: { wallet } });

export type LaneQueue = Awaited<ReturnType<typeof createLaneQueue>>;

/** Three lanes of a new database, in which commands wait as the api puts them there. */
export async function createLaneQueue() {
  const database = await createTestDatabase();
  const turns = createTurns();
  const owner = database.pool("genbo");
  let operations = 0;
  await owner.query("insert into party (id, kind, name, created_at) values ('p', 'trustee', 'P', $1)", [at]);
  await owner.query("insert into lane (signer) select unnest($1::text[])", [[broker, another, trustee]]);

  /** An operation of a lane, each row as urgent as the api makes it. @param of how many rows it says it has */
  const queue = async (signer: string, rows: readonly Row[], of = rows.length): Promise<void> => {
    operations += 1;
    const id = `op_${operations}`;
    const calls = rows.map(({ call = "custodiedTransfer" }) => call);
    await owner.query(
      `with op as (
         insert into operation (id, ref, party_id, kind, state, maker, rows, request_id, accepted_at, updated_at)
         values ($1, $2, 'p', 'k', 'accepted', 'm', $3, 'r', $4, $4) returning id
       )
       insert into command (operation_id, row, signer, call, target, ref, args, priority)
       select op.id, t.n, $5, t.call, t.target, t.ref, t.args::jsonb, t.priority
       from op, unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::smallint[])
         with ordinality as t (call, target, ref, args, priority, n) order by t.n`,
      [
        ...[id, refOf(id), rows.length, at, signer, calls],
        rows.map(({ target = issueA }) => target),
        rows.map(({ ref }, row) => ref ?? refOf(id, row)),
        rows.map(({ args }) => JSON.stringify(args)),
        calls.map((call) => urgencyOf(call, of)),
      ],
    );
  };

  /** One turn of a lane: takes what it chooses, as the lane does, and makes urgent what others wait for. */
  const turn = async (signer: string): Promise<Command[]> => {
    const pool = database.pool("genbo_worker");
    const { batch, awaited } = await withTransaction(pool, async (tx) => {
      const choice = await choose(tx, signer, turns, async (queued) => [...queued]);
      const ids = choice.batch.map(({ id }) => id);
      const text = `with t as (
          insert into chain_tx (signer, nonce, hash, raw, call, state, created_at)
          select $1, (select count(*) from chain_tx), $2, '', 'c', 'stored', $3 where $4::bigint[] <> '{}' returning id
        )
        update command set state = 'taken', chain_tx_id = t.id, tx_row = 0 from t where command.id = any($4)`;
      await tx.query(text, [signer, refOf(`${signer} ${operations} ${ids.join()}`), at, ids]);
      return choice;
    });
    for (const { id, priority } of awaited) await promote(pool, [id], priority);
    return batch;
  };

  const mineAll = () =>
    owner.query(
      "update chain_tx set state = 'mined', block_number = 1, reverted = false where state <> 'mined'",
    );

  return { database, turns, queue, turn, mineAll };
}
