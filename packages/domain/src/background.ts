import { createWaker } from "./waker.ts";

/** Work that a process comes back to beside its main work. */
export interface Background {
  /** There may be something to do. */
  wake(): void;
  /** Rejects when it cannot go on; resolves after `stop`. Whoever runs the process looks at it. */
  done: Promise<void>;
  /** Resolves when the turn that is under way has ended. */
  stop(): Promise<void>;
}

/** @param turn is taken again when woken and at the latest after `everyMs`; at once when it says that more is left */
export function startBackground(everyMs: number, turn: () => Promise<boolean>): Background {
  const waker = createWaker();
  let stopping = false;
  const loop = async () => {
    while (!stopping) if (!(await turn())) await waker.wait(everyMs);
  };
  const done = loop();
  // That it has ended must not end the process before somebody looks.
  done.catch(() => undefined);
  return {
    wake: waker.wake,
    done,
    stop: async () => {
      stopping = true;
      waker.wake();
      await done.catch(() => undefined);
    },
  };
}
