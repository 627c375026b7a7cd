import { readFileSync } from "node:fs";
import type { BenchContext } from "./context.ts";
import { type Figure, size } from "./figure.ts";
import { memoryMbMax } from "./goals.ts";
import type { Ground } from "./ground.ts";

/** The most memory that worker and indexer have had so far in this run; nothing where the system does not tell (only Linux does). */
export async function memory(context: BenchContext): Promise<Figure[]> {
  return servicePeaks((await context.platform()).stack, "memory");
}

export const servicePeaks = (stack: Pick<Ground, "processes">, bench: string): Figure[] =>
  (["worker", "indexer"] as const).flatMap((name) =>
    peakFigure(`${bench}.${name}`, peakMb(stack.processes()[name])),
  );

export const peakFigure = (name: string, value: number | undefined): Figure[] =>
  value === undefined ? [] : [size({ name, value, goal: memoryMbMax })];

/** The most memory that a process has had so far. */
export function peakMb(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== "linux") return undefined;
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}
