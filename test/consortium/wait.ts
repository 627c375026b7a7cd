import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 100;

/** Asks until there is an answer (not undefined, not false). @throws Error naming `what` after `timeoutMs` */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs: number,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
    await sleep(pollMs);
  }
}
