/** A small seeded generator (sfc32): the same seed gives the same people on every machine. Never for secrets. */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** True once in `oneIn` calls on average. */
  chance(oneIn: number): boolean;
}

export function seededRandom(seed: string): Random {
  const next = sfc32(seed);
  const int = (below: number) => Math.floor((next() / 2 ** 32) * below);
  return { int, pick: (from) => from[int(from.length)]!, chance: (oneIn) => int(oneIn) === 0 };
}

function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = () => {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum;
  };
  for (const char of seed) {
    a = (a ^ char.codePointAt(0)!) >>> 0;
    next();
  }
  for (let round = 0; round < 16; round++) next();
  return next;
}
