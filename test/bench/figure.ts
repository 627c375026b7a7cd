/** One measured figure, in the form of every bench. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The same work done bare in the same run: what the machine gives at most. Null where there is nothing to compare. */
  ceiling: number | null;
  /** Share of the ceiling that is reached; 1 is as good as bare, whether more or less is better. */
  ratio: number | null;
  goal: number | null;
  met: boolean | null;
}

export interface Measured {
  name: string;
  value: number;
  ceiling?: number;
  goal?: number;
}

const digits = 4;
const rounded = (value: number): number => Number(value.toPrecision(digits));

/** Work a second: more is better. */
export const rate = (unit: string, { name, value, ceiling, goal }: Measured): Figure => ({
  name,
  value: rounded(value),
  unit: `${unit}/s`,
  ceiling: ceiling === undefined ? null : rounded(ceiling),
  ratio: ceiling === undefined ? null : rounded(value / ceiling),
  goal: goal ?? null,
  met: goal === undefined ? null : value >= goal,
});

/** Milliseconds: less is better. */
export const time = ({ name, value, ceiling, goal }: Measured): Figure => ({
  name,
  value: rounded(value),
  unit: "ms",
  ceiling: ceiling === undefined ? null : rounded(ceiling),
  ratio: ceiling === undefined ? null : rounded(ceiling / value),
  goal: goal ?? null,
  met: goal === undefined ? null : value <= goal,
});

/** Megabytes of memory: less is better. */
export const size = (measured: Measured): Figure => ({ ...time(measured), unit: "MB" });

/** How many times another figure of the run. */
export const times = (name: string, value: number, goal: number): Figure => ({
  ...rate("", { name, value, goal }),
  unit: "times",
});

/** A goal that is set as a share of another figure's ceiling. */
export const share = (name: string, of: Figure, goal: number): Figure => ({
  name,
  value: of.ratio ?? 0,
  unit: "of the ceiling",
  ceiling: 1,
  ratio: of.ratio,
  goal,
  met: (of.ratio ?? 0) >= goal,
});

/** The value that a share `q` of the samples does not exceed. @throws RangeError without samples */
export function percentile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
  if (found === undefined) throw new RangeError("There are no samples.");
  return found;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** Half and all but one in a hundred of the samples, each beside those of the ceiling. */
export function percentiles(
  name: string,
  samples: readonly number[],
  ceiling: readonly number[] | undefined,
  goal: { p50?: number; p99?: number } = {},
): Figure[] {
  return (
    [
      ["p50", 0.5],
      ["p99", 0.99],
    ] as const
  ).map(([label, q]) =>
    time({
      name: `${name}.${label}`,
      value: percentile(samples, q),
      ...(ceiling && { ceiling: percentile(ceiling, q) }),
      ...(goal[label] !== undefined && { goal: goal[label] }),
    }),
  );
}
