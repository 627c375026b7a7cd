import { readdirSync, readFileSync } from "node:fs";
import type { Stack } from "@genbo/cli/supervisor";

/** Processor time of each process of a platform, in milliseconds; empty where the system does not tell (only Linux does). */
export type HopTimes = ReadonlyMap<string, number>;

/** Linux counts in hundredths of a second. */
const msPerTick = 10;
const [parentField, userField, systemField] = [1, 11, 12];

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
    const own = all.filter((each) => each.pid === pid || each.parent === pid);
    times.set(
      name,
      own.reduce((sum, { ms }) => sum + ms, 0),
    );
  }
  return times;
}

interface ProcessTime {
  pid: number;
  parent: number;
  ms: number;
}

/** PostgreSQL is one process a connection, so parents are needed too. */
function processTimes(): ProcessTime[] {
  if (process.platform !== "linux") return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const fields = statOf(pid);
    if (fields === undefined) return [];
    const ms = (Number(fields[userField]) + Number(fields[systemField])) * msPerTick;
    return [{ pid: Number(pid), parent: Number(fields[parentField]), ms }];
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
