import { instantOf } from "@genbo/domain/instant-of";
/** Whether the chain makes blocks. `since` is the time of its newest block, by the chain's own clock. */
export type Progress = { state: "running" } | { state: "halted" | "unreachable"; since: Date | null };

export interface HeadWatch {
  /** The newest block that a node may be believed to have; undefined when none answers. */
  note(head: { number: number; hash: string; time: number } | undefined): void;
  progress(): Progress;
}

/**
 * A chain without a block for so long has halted. A validator that is away costs some seconds each time it is its turn,
 * and ibet for Fin makes an empty block every 10 s only.
 */
export const haltedAfterMs = 15_000;

/** Watches by this process's own steady clock: block times and clocks that are set wrong say nothing here. */
export function watchHead(afterMs: number): HeadWatch {
  let seen: { number: number; hash: string; time: number } | undefined;
  let movedMs = performance.now();
  let reachable = true;
  return {
    note: (head) => {
      reachable = head !== undefined;
      if (head === undefined || head.hash === seen?.hash) return;
      seen = head;
      movedMs = performance.now();
    },
    progress: () => {
      const since = seen === undefined ? null : instantOf(seen.time);
      if (!reachable) return { state: "unreachable", since };
      return performance.now() - movedMs < afterMs ? { state: "running" } : { state: "halted", since };
    },
  };
}
