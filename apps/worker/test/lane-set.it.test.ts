import { setTimeout as sleep } from "node:timers/promises";
import { leaseLanes } from "@genbo/database/outbox/lanes";
import type { Pool } from "@genbo/database/sql/connection";
import { silentLog } from "@genbo/domain/log";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { LaneBlocked, NonceTaken } from "../src/broadcast.ts";
import type { SendContext } from "../src/context.ts";
import { createLaneSet } from "../src/lane-set.ts";
import { renewEveryMs } from "../src/limits.ts";

const signer = `0x${"a".repeat(40)}`;
const lost = new Error("Connection terminated unexpectedly");

type Loss = "the statement" | "its answer";
/** The statement with these words is lost, once. */
interface Losing {
  next: { loss: Loss; words: string } | undefined;
}

/** @param others what stands in the place of its other methods */
function losingQueries<Target extends { query: Pool["query"] }>(
  target: Target,
  losing: Losing,
  others: Partial<Target> = {},
): Target {
  const query = async (...args: [unknown]) => {
    const { next } = losing;
    const isHit = next !== undefined && String(args[0]).includes(next.words);
    if (isHit) losing.next = undefined;
    if (isHit && next.loss === "the statement") throw lost;
    const result: unknown = await Reflect.apply(target.query, target, args);
    if (isHit) throw lost;
    return result;
  };
  const instead = { ...others, query };
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(name in instead ? instead : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A worker with one lane, whose connections to the database lose what a test says. */
const oneLane = () => someLanes([signer]);

/** @param answerMs what each answer of the node takes */
async function someLanes(signers: readonly string[], answerMs = 0) {
  const database = await createTestDatabase();
  const pool = database.pool("genbo_worker");
  await pool.query("insert into lane (signer) select unnest($1::text[])", [signers]);
  const losing: Losing = { next: undefined };
  const connect = async () => losingQueries(await pool.connect(), losing);
  const context = {
    pool: losingQueries<Pool>(pool, losing, { connect: connect as Pool["connect"] }),
    log: silentLog,
    holder: "one",
    local: true,
    clock: { now: () => new Date() },
    counts: { settled: async () => 0, forget: () => undefined },
    rpc: { call: () => sleep(answerMs, "0x0") },
  };
  const lanes = createLaneSet(context as unknown as SendContext);
  const lose = (loss: Loss, words = "set stopped_reason") => {
    losing.next = { loss, words };
  };
  const reason = async () => {
    const text = "select stopped_reason as reason from lane";
    return (await pool.query<{ reason: string | null }>(text)).rows[0]!.reason;
  };
  return { database, pool, lanes, lose, reason };
}

test.each(["the statement", "its answer"] as const)(
  "a lane whose take-over loses %s is taken over again",
  async (what) => {
    const { lanes, lose } = await oneLane();
    lose(what);
    await lanes.lease().catch(() => undefined);
    await lanes.lease();
    expect(lanes.signers()).toEqual([signer]);
  },
);

test.each(["the statement", "its answer"] as const)(
  "a lane whose stop loses %s comes back, so that it is found out anew why it must stand",
  async (what) => {
    const { lanes, lose, reason } = await oneLane();
    await lanes.lease();
    lose(what);
    await expect(lanes.stop(lanes.get(signer)!, new LaneBlocked("too large"))).rejects.toThrow(lost);
    await lanes.lease();
    expect(lanes.signers()).toEqual([signer]);
    await lanes.stop(lanes.get(signer)!, new LaneBlocked("too large"));
    await lanes.lease();
    expect(lanes.signers()).toEqual([]);
    expect(await reason()).toBe("too large");
  },
);

test("a lane that a foreign nonce stopped stays so when the answer is lost", async () => {
  const { lanes, lose, reason } = await oneLane();
  await lanes.lease();
  lose("its answer");
  await expect(lanes.stop(lanes.get(signer)!, new NonceTaken("somebody"))).rejects.toThrow(lost);
  for (let again = 0; again < 2; again += 1) await lanes.lease();
  expect(lanes.signers()).toEqual([]);
  expect(await reason()).toBe("somebody");
});

test("a lane goes on although the answer to its revival is lost", async () => {
  const { lanes, database, lose } = await oneLane();
  await lanes.lease();
  await lanes.stop(lanes.get(signer)!, new NonceTaken("somebody"));
  const closed = `insert into register_break
      (id, kind, detail, block_number, opened_at, closed_by, closed_checker, reason, closed_at)
    values ('brk_1', 'NONCE_TAKEN', $1, 1, now(), 'staff:one', 'staff:two', 'the key was copied', now())`;
  await database.pool("genbo").query(closed, [{ signer }]);
  lose("its answer", "commit");
  await expect(lanes.lease()).rejects.toThrow(lost);
  await lanes.lease();
  expect(lanes.signers()).toEqual([signer]);
});

test("many lanes are taken over by and by, so that the leases are renewed meanwhile", async () => {
  const answerMs = 200;
  const many = Array.from({ length: 8 }, (_, n) => `0x${String(n).repeat(40)}`);
  const { lanes } = await someLanes(many, answerMs);
  const beganMs = performance.now();
  await lanes.lease();
  expect(performance.now() - beganMs).toBeLessThan(renewEveryMs + 2 * answerMs);
  expect(lanes.signers().length).toBeGreaterThan(0);
  await lanes.lease();
  expect(lanes.signers()).toEqual(many);
});

test("what was begun under an earlier lease does not take away the lane that the worker has got again", async () => {
  const { lanes, database, reason } = await oneLane();
  await lanes.lease();
  const before = lanes.get(signer)!;
  const owner = database.pool("genbo");
  await owner.query("update lane set holder = 'another', fence = fence + 1, lease_until = now()");
  await lanes.lease();
  await lanes.stop(before, new LaneBlocked("too large"));
  await lanes.lease();
  expect(lanes.get(signer)?.fence).toBe(before.fence + 2n);
  expect(await reason()).toBe(null);
});

test("a lane whose last holder stands still in a transaction holds up no other", async () => {
  const [own, held, free] = ["b", "a", "c"].map((digit) => `0x${digit.repeat(40)}`);
  const { pool, database } = await someLanes([own!]);
  await leaseLanes(pool, "one", 60_000);
  await pool.query("insert into lane (signer) select unnest($1::text[])", [[held, free]]);
  const stuck = await database.pool("genbo").connect();
  await stuck.query("begin");
  await stuck.query("select 1 from lane where signer = $1 for no key update", [held]);
  const leased = async () => (await leaseLanes(pool, "one", 60_000)).map((each) => each.signer).sort();
  try {
    const first = await Promise.race([leased(), sleep(2_000, "waits")]);
    expect(first).toEqual([own, free]);
  } finally {
    await stuck.query("rollback");
    stuck.release();
  }
  expect(await leased()).toEqual([held, own, free]);
});
