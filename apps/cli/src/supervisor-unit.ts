import { pause } from "@genbo/domain/pause";
import type { Exit } from "@genbo/domain/tether";

/** One run of a program. */
export interface Running {
  pid: number;
  exited: Promise<Exit>;
  stop(): Promise<void>;
}

/** A program that is started again whenever it ends by itself. */
export interface Unit<R extends Running> {
  name: string;
  /** The present run; undefined while it is being started again. */
  current(): R | undefined;
  /** The present run, or the next one when it is being started again. */
  ready(): Promise<R>;
  /** Ends the present run at once, as a crash would, and returns when it has ended. */
  kill(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

const firstDelayMs = 100;
const delayMsMax = 10_000;
/** A run of this length counts as healthy: the next crash begins with the short delay again. */
const healthyMs = 30_000;

/**
 * Starts a program and keeps it up. @param notice receives one line for each crash and each failed restart
 * @throws the error of the first start; later ones are tried again with growing delays
 */
export async function keepUp<R extends Running>(
  name: string,
  start: () => Promise<R>,
  notice: (line: string) => void,
): Promise<Unit<R>> {
  const stopping = new AbortController();
  let next = Promise.withResolvers<R>();
  let current: R | undefined = await start();
  next.resolve(current);

  const watch = async (): Promise<void> => {
    let delayMs = firstDelayMs;
    while (!stopping.signal.aborted) {
      if (current !== undefined) {
        const since = Date.now();
        const exit = await current.exited;
        current = undefined;
        next = Promise.withResolvers<R>();
        if (stopping.signal.aborted) return;
        if (Date.now() - since > healthyMs) delayMs = firstDelayMs;
        notice(`${name} ended (${describe(exit)}), starting it again`);
      }
      await pause(delayMs, stopping.signal);
      delayMs = Math.min(delayMs * 2, delayMsMax);
      if (stopping.signal.aborted) return;
      try {
        current = await start();
        next.resolve(current);
      } catch (error) {
        notice(`${name} did not start: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  const watching = watch();

  return {
    name,
    current: () => current,
    ready: () => next.promise,
    kill: async () => {
      const run = current;
      if (run === undefined) return;
      process.kill(run.pid, "SIGKILL");
      await run.exited;
    },
    stop: async () => {
      stopping.abort();
      await current?.stop();
      await watching;
      // A start that was under way when we were told to stop has finished by now.
      await current?.stop();
    },
  };
}

function describe(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : exit.signal;
}
