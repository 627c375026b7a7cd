/** Waited too long for its turn: nothing was done, and the same may succeed later. */
export class GateFull extends Error {
  override readonly name = "GateFull";
}

export type Gate = <T>(act: () => Promise<T>) => Promise<T>;

/** Lets `most` in at a time, the others in the order in which they came. @throws GateFull after `waitMs` */
export function createGate(most: number, waitMs: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];
  const enter = (): Promise<void> | undefined => {
    if (inside < most) {
      inside += 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(goIn), 1);
        reject(new GateFull("It waited too long for its turn."));
      }, waitMs);
      const goIn = () => {
        clearTimeout(timer);
        resolve();
      };
      waiting.push(goIn);
    });
  };
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) inside -= 1;
    else next();
  };
  return async (act) => {
    await enter();
    try {
      return await act();
    } finally {
      leave();
    }
  };
}
