import { setTimeout as sleep } from "node:timers/promises";

/** Waits for this time, or until the signal; which it was, the signal says. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
