import { pause } from "@genbo/domain/pause";
import type { LeaderContext } from "./context.ts";

/** What is looked for a person decides about, or a day's close begins: a second does not matter. */
const lookEveryMs = 1_000;

/**
 * Looks whether there is something to do, beside the following of blocks, until the signal.
 * @param trouble what the log says of a look that failed; what it left undone is found again
 */
export async function lookEverySecond(
  { log }: Pick<LeaderContext, "log">,
  signal: AbortSignal,
  look: () => Promise<void>,
  trouble: string,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await look();
    } catch (error) {
      if (signal.aborted) return;
      log.warn(trouble, { reason: String(error) });
    }
    await pause(lookEveryMs, signal);
  }
}
