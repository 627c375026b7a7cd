import { localSigner, randomSecretKey } from "@genbo/chain/signer";
import { leaseLanes } from "@genbo/database/outbox/lanes";
import { refOf } from "@genbo/domain/ids";
import { silentLog } from "@genbo/domain/log";
import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { expect, test } from "vitest";
import type { LaneContext } from "../src/context.ts";
import { runLane } from "../src/lane.ts";
import { createOffered } from "../src/offered.ts";
import { openGuard } from "../src/send-guard.ts";
import { address, broker, createLaneQueue } from "./lane-queue.ts";

test("what the register finds done while it is being taken is not sent; the rest goes in its place", async () => {
  const { database, queue, turns } = await createLaneQueue();
  const owner = database.pool("genbo");
  const pool = database.pool("genbo_worker");
  const rows = ["one", "two", "three"].map((name) => ({
    ref: refOf(name),
    args: { from: address(name), to: address("x"), units: "1", data: zeroWord },
  }));
  await queue(broker, rows);
  let found = false;
  const context = {
    pool,
    log: silentLog,
    local: false,
    chainId: 1,
    guard: openGuard,
    clock: { now: () => new Date() },
    keystore: {
      // The lane has chosen and has not taken yet.
      signerFor: async () => {
        if (!found) await owner.query("update command set state = 'entered' where ref = $1", [refOf("two")]);
        found = true;
        return localSigner(randomSecretKey());
      },
    },
    targets: { manager: zeroAddress, registry: zeroAddress, factory: zeroAddress, anchor: zeroAddress },
    rpc: { batch: async () => [{ result: "0x" }] },
    traces: { on: false },
    onSent: () => undefined,
    checkpoint: async () => undefined,
    metrics: { sent: () => undefined, stored: () => undefined },
  } as unknown as LaneContext;
  const lanes = await leaseLanes(pool, "one", 60_000);
  const lane = lanes.find(({ signer }) => signer === broker)!;
  await runLane(context, createOffered(), lane, { open: 0, window: 16, turns, onPromoted: () => undefined });
  const { rows: commands } = await owner.query(
    "select ref, state, tx_row::int as row from command order by id",
  );
  expect(commands).toEqual([
    { ref: refOf("one"), state: "taken", row: 0 },
    { ref: refOf("two"), state: "entered", row: null },
    { ref: refOf("three"), state: "taken", row: 1 },
  ]);
  expect((await owner.query("select nonce::int from chain_tx")).rows).toEqual([{ nonce: 0 }]);
});
