import type { NodeHealth } from "@genbo/chain/nodes/nodes";
import { openBreak } from "@genbo/database/register/breaks-write";
import { writeCursor } from "@genbo/database/register/cursor";
import { withTransaction } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { zeroWord } from "@genbo/domain/words";
import { createRegistry } from "@genbo/telemetry/metrics";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { createIndexerMetrics } from "../src/metrics.ts";

const pool = (await createTestDatabase()).pool("genbo_indexer");
const at = new Date("2021-08-11T00:00:00Z");

let health: Pick<NodeHealth, "state" | "head">[] = [];
const registry = createRegistry();
createIndexerMetrics(registry, pool, { health: () => health as NodeHealth[] });
const scraped = async (metric: string) =>
  (await registry.metrics()).split("\n").filter((line) => line.startsWith(metric));

test("the lag grows with the chain while the register stands still, by the nodes that may be believed", async () => {
  const cursor = { blockNumber: 5, blockHash: "0x5", blockTime: at, genesisHash: "0x0" };
  await withTransaction(pool, (tx) => writeCursor(tx, { ...cursor, registrySeq: 0, registryHead: zeroWord }));
  const lag = async (...nodes: typeof health) => {
    health = nodes;
    return scraped("genbo_register_lag_blocks");
  };
  expect(await lag({ state: "good", head: 5 })).toEqual(["genbo_register_lag_blocks 0"]);
  expect(await lag({ state: "good", head: 12 }, { state: "lags", head: 6 })).toEqual([
    "genbo_register_lag_blocks 7",
  ]);
  expect(await lag({ state: "good", head: 13 }, { state: "ahead", head: 900 })).toEqual([
    "genbo_register_lag_blocks 8",
  ]);
  expect(await lag({ state: "away", head: null })).toEqual(["genbo_register_lag_blocks 8"]);
});

test("every break that stands open is counted by its kind, also one that holds back no register", async () => {
  expect(await scraped("genbo_breaks_open")).toEqual([]);
  const kinds = ["REORG", "NONCE_TAKEN", "ANCHOR_REFUSED", "GAP", "GAP"] as const;
  await withTransaction(pool, async (tx) => {
    for (const kind of kinds)
      await openBreak(tx, { id: newId("brk", at), issueId: null, kind, detail: {}, blockNumber: 5, at });
  });
  expect(await scraped("genbo_breaks_open")).toEqual([
    'genbo_breaks_open{kind="ANCHOR_REFUSED"} 1',
    'genbo_breaks_open{kind="GAP"} 2',
    'genbo_breaks_open{kind="NONCE_TAKEN"} 1',
    'genbo_breaks_open{kind="REORG"} 1',
  ]);
});
