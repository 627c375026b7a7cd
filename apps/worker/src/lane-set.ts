import { lanesToRevive, reviveLane } from "@genbo/database/outbox/lane-breaks";
import { type LaneLease, leaseLanes, releaseLanes, setLaneStopped } from "@genbo/database/outbox/lanes";
import { withTransaction } from "@genbo/database/sql/connection";
import { type LaneBlocked, NonceTaken } from "./broadcast.ts";
import type { SendContext } from "./context.ts";
import { leaseMs } from "./limits.ts";
import { reconcileNonce } from "./resend.ts";

/** The lanes that this worker may send on. */
export interface LaneSet {
  get(signer: string): LaneLease | undefined;
  signers(): string[];
  /** Renews what is leased and takes what is free. @returns whether lanes have come that others may have sent on */
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
  /** The fence under which each lane was last held against the node's count. */
  const reconciled = new Map<string, bigint>();

  const stop = async (lane: LaneLease, why: LaneBlocked) => {
    const reason = why.message;
    log.error("a lane stopped", { signer: lane.signer, reason });
    lanes.delete(lane.signer);
    await setLaneStopped(pool, lane, { reason, nonceTaken: why instanceof NonceTaken });
  };

  const takeOver = async (lane: LaneLease) => {
    const standing = lane.nonceTaken ? "stands" : await reconcileNonce(context, lane);
    if (standing === "waits") return;
    reconciled.set(lane.signer, lane.fence);
    if (standing === "stands") return;
    if (standing instanceof NonceTaken) return stop(lane, standing);
    await setLaneStopped(pool, lane, null);
    lanes.set(lane.signer, lane);
  };

  /** @returns whether one goes on */
  const revive = async (): Promise<boolean> => {
    let any = false;
    for (const { lane, breakId } of await lanesToRevive(pool, holder)) {
      const counted = await counts.settled(lane.signer);
      if (counted === undefined) continue;
      const revived = await withTransaction(pool, (tx) =>
        reviveLane(tx, lane, { counted, breakId, now: clock.now() }),
      );
      if (revived === undefined) continue;
      log.warn("a lane goes on after a foreign transaction", { signer: lane.signer, counted, ...revived });
      lanes.set(lane.signer, { ...lane, nonceTaken: false });
      any = true;
    }
    return any;
  };

  const lease = async () => {
    const leased = await leaseLanes(pool, holder, leaseMs);
    const mine = new Set(leased.map(({ signer }) => signer));
    for (const signer of lanes.keys()) if (!mine.has(signer)) lanes.delete(signer);
    const fresh = leased.filter(({ signer, fence }) => reconciled.get(signer) !== fence);
    for (const lane of fresh) await takeOver(lane);
    const revived = await revive();
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
