import { setTimeout as sleep } from "node:timers/promises";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { laneWork } from "@genbo/database/outbox/chain-tx";
import { type DeploymentRow, readDeployment } from "@genbo/database/outbox/deployment";
import { ensureLane, type LaneLease } from "@genbo/database/outbox/lanes";
import { databaseTrouble } from "@genbo/database/sql/unavailable";
import type { Log } from "@genbo/domain/log";
import { createWaker } from "@genbo/domain/waker";
import { adminLabel, bootstrap } from "./bootstrap.ts";
import { LaneBlocked } from "./broadcast.ts";
import { createTurns } from "./choose.ts";
import type { SendContext, WorkerContext } from "./context.ts";
import { createCounts } from "./counts.ts";
import { type LaneRun, runLane } from "./lane.ts";
import { createLaneSet, type LaneSet } from "./lane-set.ts";
import {
  gatherMs,
  inFlightMax,
  renewEveryMs,
  resendEveryMs,
  retryMs,
  roomPollMs,
  slowPollMs,
  windowMax,
} from "./limits.ts";
import { createOffered, type Offered } from "./offered.ts";
import { resend } from "./resend.ts";
import { findRoom } from "./room.ts";
import { createLocalGuard, openGuard } from "./send-guard.ts";

export interface Worker {
  /** Commands may wait, or blocks may hold what was sent. */
  wake(): void;
  /** Nodes may have lost what they had: everything without a block is sent again. */
  resendAll(): void;
  /** Rejects when the worker cannot go on; resolves after `stop`. */
  done: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs all lanes that this process can lease. Everything that must survive is in the database; what is kept here may be
 * lost at any moment.
 */
export async function startWorker(context: WorkerContext, genesisHash: string): Promise<Worker> {
  const admin = await context.keystore.createSigner(adminLabel);
  await ensureLane(context.pool, admin);
  const waker = createWaker();
  const work = createWork(context, admin, genesisHash, waker.wake);
  let stopping = false;

  const loop = async () => {
    while (!stopping) {
      const busy = await work.tick();
      await waker.wait(busy ? roomPollMs : slowPollMs);
      // What comes within a few milliseconds goes out together.
      await sleep(gatherMs);
    }
  };
  const done = loop();
  // Whoever runs the worker looks at `done`; that it has ended must not end the process before.
  done.catch(() => undefined);
  return {
    wake: waker.wake,
    resendAll: work.forget,
    done,
    stop: async () => {
      stopping = true;
      waker.wake();
      await done.catch(() => undefined);
      await work.end();
    },
  };
}

/** What the worker does at each wake. */
function createWork(bare: WorkerContext, admin: string, genesisHash: string, wake: () => void) {
  const { pool, log } = bare;
  const offered = createOffered();
  let leasedMs = -Infinity;
  let resentMs = -Infinity;
  const resendSoon = () => {
    resentMs = -Infinity;
    wake();
  };
  const counts = createCounts(bare);
  /** The node may have lost what it had. What final blocks hold stays counted: lanes that wait for it wait no longer. */
  const offerAgain = () => {
    offered.forget();
    if (bare.local) counts.forget();
    resendSoon();
  };
  const forget = () => {
    counts.forget();
    offerAgain();
  };
  const guard = bare.local ? createLocalGuard(bare, forget) : openGuard;
  const context: SendContext = { ...bare, guard, counts };
  const lanes = createLaneSet(context);
  const runs = createLaneRuns(context, lanes, offered, { wake, resendSoon, offerAgain });
  let deployment: DeploymentRow | undefined;

  const lease = async () => {
    const beganMs = performance.now();
    if (beganMs - leasedMs < renewEveryMs) return;
    if (await lanes.lease()) offerAgain();
    leasedMs = beganMs;
  };
  const resendDue = async () => {
    const beganMs = performance.now();
    if (beganMs - resentMs < resendEveryMs) return;
    resentMs = beganMs;
    for (const [signer, why] of await resend(context, offered, lanes.signers())) {
      const lane = lanes.get(signer);
      if (lane !== undefined) await lanes.stop(lane, why);
    }
    // There may be more.
    if (performance.now() - beganMs > renewEveryMs) wake();
  };
  const deploy = async () => {
    if (deployment !== undefined) return;
    const lane = lanes.get(admin);
    try {
      // Without the admin's lane another worker deploys, or has.
      const standing = await (lane === undefined
        ? readDeployment(pool)
        : bootstrap(context, lane, genesisHash));
      if (standing !== undefined) context.onDeployed(standing);
      else if (lane !== undefined) resentMs = -Infinity;
      deployment = standing;
    } catch (error) {
      if (!(error instanceof LaneBlocked)) throw error;
      if (lane !== undefined) await lanes.stop(lane, error);
    }
  };
  /** @returns whether a lane is at work, or waits for blocks that the register may be yet to read */
  const tick = async (): Promise<boolean> => {
    runs.check();
    try {
      await lease();
      await deploy();
      await resendDue();
      if (deployment === undefined) return false;
      const idle = lanes.signers().filter((signer) => !runs.has(signer) && !offered.isUnclear(signer));
      const work = await laneWork(pool, idle);
      const busy = work.filter(({ waiting, open }) => waiting && open === 0).length + (work[0]?.busy ?? 0);
      const window = Math.max(1, Math.min(windowMax, Math.floor(inFlightMax / busy)));
      const { rooms, full } = await findRoom(context, work, window);
      for (const { signer, open } of rooms) runs.start(signer, { open, window }, deployment);
      return !context.local && (full || runs.any());
    } catch (error) {
      noteUnavailable(log, error);
      await sleep(retryMs);
      // What it had may be gone when it comes back.
      offerAgain();
      return false;
    }
  };
  return {
    tick,
    forget,
    end: async () => {
      await runs.settled();
      // Where the database is away the leases run out by themselves.
      await lanes.release().catch((error: unknown) => noteUnavailable(log, error));
    },
  };
}

/** Node and database may go away and come back: everything stands in the database. @throws any other error */
function noteUnavailable(log: Log, error: unknown): void {
  if (error instanceof NodeUnavailable) log.warn("no node answers", { error: error.message });
  else {
    const trouble = databaseTrouble(error);
    if (trouble === undefined) throw error;
    log.warn(trouble, { error: String(error) });
  }
}

interface Signals {
  wake(): void;
  resendSoon(): void;
  /** The node may have lost what it had. */
  offerAgain(): void;
}

type Room = Pick<LaneRun, "open" | "window">;

/** Lanes run side by side, each by itself, so that a slow one holds up no other. */
function createLaneRuns(context: SendContext, lanes: LaneSet, offered: Offered, signals: Signals) {
  const running = new Map<string, Promise<void>>();
  let failure: { error: unknown } | undefined;

  const turns = createTurns();
  const runOrStop = async (lane: LaneLease, room: Room, targets: DeploymentRow) => {
    try {
      const laneRun = { ...room, turns, onPromoted: signals.wake };
      const offer = await runLane({ ...context, targets }, offered, lane, laneRun);
      if (offer !== "sent") signals.resendSoon();
    } catch (error) {
      if (!(error instanceof LaneBlocked)) throw error;
      await lanes.stop(lane, error);
    }
  };
  const run = async (lane: LaneLease, room: Room, targets: DeploymentRow) => {
    try {
      await runOrStop(lane, room, targets);
    } catch (error) {
      noteUnavailable(context.log, error);
      await sleep(retryMs);
      signals.offerAgain();
    }
  };
  return {
    has: (signer: string) => running.has(signer),
    any: () => running.size > 0,
    /** @throws what a lane could not go on from */
    check: () => {
      if (failure !== undefined) throw failure.error;
    },
    start: (signer: string, room: Room, deployment: DeploymentRow) => {
      const lane = lanes.get(signer);
      // A look that was under way when a lane failed begins nothing more: this process ends.
      if (lane === undefined || failure !== undefined) return;
      const ending = run(lane, room, deployment)
        .catch((error: unknown) => {
          failure = { error };
          signals.wake();
        })
        .finally(() => running.delete(signer));
      running.set(signer, ending);
    },
    settled: () => Promise.allSettled(running.values()),
  };
}
