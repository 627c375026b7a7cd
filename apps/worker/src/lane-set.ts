import { lanesToRevive, reviveLane } from "@genbo/database/outbox/lane-breaks";
import { type LaneLease, leaseLanes, releaseLanes, setLaneStopped } from "@genbo/database/outbox/lanes";
import { withTransaction } from "@genbo/database/sql/connection";
import { type LaneBlocked, NonceTaken } from "./broadcast.ts";
import type { SendContext } from "./context.ts";
import { leaseMs, renewEveryMs } from "./limits.ts";
import { reconcileNonce } from "./resend.ts";

/** The lanes that this worker may send on. */
export interface LaneSet {
  get(signer: string): LaneLease | undefined;
  signers(): string[];
  /**
   * Renews what is leased and takes what is free; what there is no time for stays for the next call.
   * @returns whether lanes have come that others may have sent on
   */
  lease(): Promise<boolean>;
  /**
   * Takes a lane out of use, with the reason for `/status`: until this worker starts again or, where somebody else
   * uses its key, until two persons have closed the break.
   */
  stop(lane: LaneLease, why: LaneBlocked): Promise<void>;
  release(): Promise<void>;
}

export function createLaneSet(context: SendContext): LaneSet {
  const { pool, log, holder, clock, counts } = context;
  const lanes = new Map<string, LaneLease>();
  /** The fence under which each lane was last held against the node's count, and the database says how it stands. */
  const reconciled = new Map<string, bigint>();
  /** The fence under which that was begun: what was counted under an earlier one may be of before a restore. */
  const begun = new Map<string, bigint>();

  /** Where the answer to a write is lost, the lane is taken over anew: it must not vanish until the next restart. */
  const written = async <T>({ signer }: LaneLease, write: Promise<T>): Promise<T> => {
    try {
      return await write;
    } catch (error) {
      reconciled.delete(signer);
      throw error;
    }
  };

  const stop = async (lane: LaneLease, why: LaneBlocked) => {
    const reason = why.message;
    log.error("a lane stopped", { signer: lane.signer, reason });
    const held = lanes.get(lane.signer);
    // What was begun under an earlier lease says nothing against one that this worker has got since.
    if (held !== undefined && held.fence <= lane.fence) lanes.delete(lane.signer);
    const nonceTaken = why instanceof NonceTaken;
    await written(lane, setLaneStopped(pool, lane, { reason, nonceTaken }));
  };

  const takeOver = async (lane: LaneLease) => {
    if (begun.get(lane.signer) !== lane.fence) counts.forget(lane.signer);
    begun.set(lane.signer, lane.fence);
    const standing = lane.nonceTaken ? "stands" : await reconcileNonce(context, lane);
    if (standing === "waits") return;
    if (standing instanceof NonceTaken) await stop(lane, standing);
    if (standing === "goesOn") {
      await setLaneStopped(pool, lane, null);
      lanes.set(lane.signer, lane);
    }
    reconciled.set(lane.signer, lane.fence);
  };

  /** @returns whether one goes on */
  const revive = async (isLate: () => boolean): Promise<boolean> => {
    let any = false;
    for (const { lane, breakId } of await lanesToRevive(pool, holder)) {
      if (isLate()) break;
      const counted = await counts.settled(lane.signer);
      if (counted === undefined) continue;
      const revived = await written(
        lane,
        withTransaction(pool, (tx) => reviveLane(tx, lane, { counted, breakId, now: clock.now() })),
      );
      if (revived === undefined) continue;
      log.warn("a lane goes on after a foreign transaction", { signer: lane.signer, counted, ...revived });
      lanes.set(lane.signer, { ...lane, nonceTaken: false });
      any = true;
    }
    return any;
  };

  const lease = async () => {
    const beganMs = performance.now();
    // Each lane costs an answer of the node; the leases of all must be renewed before they run out.
    const isLate = () => performance.now() - beganMs > renewEveryMs;
    const leased = await leaseLanes(pool, holder, leaseMs);
    const mine = new Set(leased.map(({ signer }) => signer));
    for (const signer of lanes.keys()) if (!mine.has(signer)) lanes.delete(signer);
    const fresh = leased.filter(({ signer, fence }) => reconciled.get(signer) !== fence);
    for (const lane of fresh) {
      if (isLate()) break;
      await takeOver(lane);
    }
    const revived = await revive(isLate);
    return revived || fresh.some(({ signer }) => lanes.has(signer));
  };

  return {
    get: (signer) => lanes.get(signer),
    signers: () => [...lanes.keys()],
    lease,
    stop,
    release: () => releaseLanes(pool, holder),
  };
}
