import { setTimeout as sleep } from "node:timers/promises";

/**
 * Pauses before a node's answer that would stop something is believed. While anvil mines a block it answers for its
 * best block from a state that the new one has changed already, and counts transactions before it has their receipts;
 * a block of 500 rows takes it a tenth of this.
 */
const pausesMs = [50, 200, 800];

/** Asks until an answer is welcome. One that stays unwelcome over all pauses is the answer. */
export async function askAgain<T>(ask: () => Promise<T>, isWelcome: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  for (const pauseMs of pausesMs) {
    if (isWelcome(answer)) return answer;
    await sleep(pauseMs);
    answer = await ask();
  }
  return answer;
}
