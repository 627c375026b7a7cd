import { deployCall } from "@genbo/database/outbox/deployment";
import { leaseLanes } from "@genbo/database/outbox/lanes";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { bootstrap } from "../src/bootstrap.ts";
import { LaneBlocked } from "../src/broadcast.ts";
import type { WorkerContext } from "../src/context.ts";

const admin = `0x${"a".repeat(40)}`;

test.each([
  ["lost", false, /Somebody else sent with the admin key.*new database and a new admin key/],
  ["mined", true, /reverted: see that the chain has the fork.*new database and a new admin key/],
] as const)(
  "a deployment of which a transaction is %s (reverted: %s) says that there is no way on",
  async (state, reverted, reason) => {
    const database = await createTestDatabase();
    const pool = database.pool("genbo_worker");
    await pool.query("insert into lane (signer) values ($1)", [admin]);
    await database.pool("genbo").query(
      `insert into chain_tx (signer, nonce, hash, raw, call, state, reverted, block_number, created_at)
       values ($1, 0, $2, $3, $4, $5, $6, $7, now())`,
      [
        admin,
        `0x${"1".repeat(64)}`,
        Buffer.from([1]),
        deployCall,
        state,
        reverted,
        state === "mined" ? 1 : null,
      ],
    );
    const [lane] = await leaseLanes(pool, "one", 60_000);
    const deploying = bootstrap({ pool, local: true } as WorkerContext, lane!, `0x${"0".repeat(64)}`);
    await expect(deploying).rejects.toThrow(LaneBlocked);
    await expect(deploying).rejects.toThrow(reason);
  },
);
