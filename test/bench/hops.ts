import { readdirSync, readFileSync } from "node:fs";
import type { Stack } from "@genbo/cli/supervisor";

/** Processor time of each process of a platform, in milliseconds; empty where the system does not tell (only Linux does). */
export type HopTimes = ReadonlyMap<string, number>;

/** Linux counts in hundredths of a second. */
const msPerTick = 10;
const parentField = 1;
const ownFields = [11, 12];
const endedFields = [13, 14];

/** Runs `act` and tells how much processor time each process spent meanwhile: what a hop costs, however busy the machine. */
export async function withHopTimes<T>(
  stack: Pick<Stack, "processes">,
  act: () => Promise<T>,
): Promise<[T, HopTimes]> {
  const before = hopTimes(stack);
  const result = await act();
  const after = hopTimes(stack);
  return [result, new Map([...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)]))];
}

/** `api 310 µs, postgres 640 µs`: the processor time of each hop for one unit of work. */
export const perUnit = (times: HopTimes, units: number): string =>
  [...times].map(([name, ms]) => `${name} ${Math.round((ms * 1000) / units)} µs`).join(", ");

function hopTimes(stack: Pick<Stack, "processes">): Map<string, number> {
  const all = processTimes();
  const times = new Map<string, number>([
    ["bench", (process.cpuUsage().user + process.cpuUsage().system) / 1000],
  ]);
  if (all.length === 0) return new Map();
  for (const [name, pid] of Object.entries(stack.processes())) {
    let total = 0;
    for (const each of all) {
      if (each.pid === pid) total += each.ms + each.endedMs;
      else if (each.parent === pid) total += each.ms;
    }
    times.set(name, total);
  }
  return times;
}

interface ProcessTime {
  pid: number;
  parent: number;
  ms: number;
  /** Of its children that have ended: PostgreSQL's idle connections do. */
  endedMs: number;
}

/** PostgreSQL is one process a connection, so parents are needed too. */
function processTimes(): ProcessTime[] {
  if (process.platform !== "linux") return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const fields = statOf(pid);
    if (fields === undefined) return [];
    const msOf = (of: readonly number[]) => of.reduce((sum, at) => sum + Number(fields[at]) * msPerTick, 0);
    return [
      {
        pid: Number(pid),
        parent: Number(fields[parentField]),
        ms: msOf(ownFields),
        endedMs: msOf(endedFields),
      },
    ];
  });
}

/** The fields after the program's name, which may hold spaces; undefined when the process has ended meanwhile. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
