/** Where every legal time comes from. SQL `now()` and `Date.now()` are never used for anything legal. */
export interface Clock {
  /** The platform's present instant. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that runs `offsetMs()` milliseconds ahead of (or behind) `base`: the sandbox clock of the local profile. */
export function offsetClock(offsetMs: () => number, base: Clock = systemClock): Clock {
  return { now: () => new Date(base.now().getTime() + offsetMs()) };
}

/** A clock that stands still until it is told to move; for rules that take a clock as an argument. */
export function fixedClock(at: Date): Clock & { set(at: Date): void } {
  let current = at;
  return {
    now: () => new Date(current),
    set: (next) => {
      current = next;
    },
  };
}
