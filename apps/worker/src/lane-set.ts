import { type LaneLease, leaseLanes, releaseLanes, setLaneStopped } from "@genbo/database/lanes";
import type { WorkerContext } from "./context.ts";
import { leaseMs } from "./limits.ts";
import { reconcileNonce } from "./resend.ts";

/** The lanes that this worker may send on. */
export interface LaneSet {
  get(signer: string): LaneLease | undefined;
  signers(): string[];
  /** Renews what is leased and takes what is free. @returns whether lanes have come that others may have sent on */
  lease(): Promise<boolean>;
  /** Takes a lane out of use, with the reason for `/status`, until it is leased anew (this worker starts again). */
  stop(lane: LaneLease, reason: string): Promise<void>;
  release(): Promise<void>;
}

export function createLaneSet(context: WorkerContext): LaneSet {
  const { pool, log, holder } = context;
  const lanes = new Map<string, LaneLease>();
  /** The fence under which each lane was last held against the node's count. */
  const reconciled = new Map<string, bigint>();

  const stop = async (lane: LaneLease, reason: string) => {
    log.error("a lane stopped", { signer: lane.signer, reason });
    lanes.delete(lane.signer);
    await setLaneStopped(pool, lane, reason);
  };

  const takeOver = async (lane: LaneLease) => {
    const reason = await reconcileNonce(context, lane);
    reconciled.set(lane.signer, lane.fence);
    if (reason !== null) return stop(lane, reason);
    await setLaneStopped(pool, lane, null);
    lanes.set(lane.signer, lane);
  };

  const lease = async () => {
    const leased = await leaseLanes(pool, holder, leaseMs);
    const mine = new Set(leased.map(({ signer }) => signer));
    for (const signer of lanes.keys()) if (!mine.has(signer)) lanes.delete(signer);
    const fresh = leased.filter(({ signer, fence }) => reconciled.get(signer) !== fence);
    for (const lane of fresh) await takeOver(lane);
    return fresh.length > 0;
  };

  return {
    get: (signer) => lanes.get(signer),
    signers: () => [...lanes.keys()],
    lease,
    stop,
    release: () => releaseLanes(pool, holder),
  };
}
