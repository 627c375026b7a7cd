/** Lets a loop sleep until there is something to do. A wake that comes while the loop is busy is not lost. */
export interface Waker {
  wake(): void;
  /** Resolves at once when woken since the last wait, else at the next wake or after `ms`. */
  wait(ms: number): Promise<void>;
}

export function createWaker(): Waker {
  let woken = false;
  let resolve: (() => void) | undefined;
  return {
    wake: () => {
      woken = true;
      resolve?.();
    },
    wait: async (ms) => {
      if (!woken) {
        await new Promise<void>((done) => {
          const timer = setTimeout(done, ms);
          resolve = () => {
            clearTimeout(timer);
            done();
          };
        });
      }
      resolve = undefined;
      woken = false;
    },
  };
}
