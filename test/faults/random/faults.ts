import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@genbo/cli/demo/random";
import { type ServiceName, serviceNames } from "@genbo/cli/supervisor-service";
import { type Failpoint, failpoints } from "@genbo/domain/failpoints";
import type { Fault } from "./fault.ts";
import { node } from "./node-faults.ts";
import { cut, delay, freeze } from "./wire-faults.ts";
import { standbys, type World } from "./world.ts";

const everybody = [...serviceNames, ...standbys, "postgres", "anvil"] as const;
const pausable = [...serviceNames, ...standbys, "anvil"] as const;
const [pauseMsMin, pauseMsMost, pauseMsMax] = [100, 4_000, 20_000];
/** One in so many pauses is longer than any lease. */
const longPauses = 5;
/** A failpoint that nobody comes to by then is disarmed: a small load does not pass every step. */
const armedMs = 20_000;
const [diskFullMsMin, diskFullMsMax] = [1_000, 6_000];

/** A fault by chance. Each failpoint in its turn, so that every window is hit; the rest at random. */
export function chooseFault(random: Random, turn: number): Fault {
  if (turn % 3 === 0) return failpoint(failpoints[(turn / 3) % failpoints.length]!);
  return random.pick([kill, kill, pause, pause, cut, freeze, delay, node, node, node, fullDisk])(random);
}

function failpoint(point: Failpoint): Fault {
  const process = point.split(".")[0] as ServiceName;
  return {
    name: `failpoint ${point}`,
    waits: true,
    strike: async ({ failpointDir, stack }) => {
      const file = join(failpointDir, point);
      writeFileSync(file, "");
      const until = Date.now() + armedMs;
      while (existsSync(file) && Date.now() < until) await sleep(20);
      const struck = !existsSync(file);
      rmSync(file, { force: true });
      await stack.ready(process);
      return struck;
    },
  };
}

function kill(random: Random): Fault {
  const name = random.pick(everybody);
  return {
    name: `kill ${name}`,
    strike: async ({ control }) => {
      await control.kill(name);
      await control.ready(name);
      return true;
    },
  };
}

function pause(random: Random): Fault {
  const name = random.pick(pausable);
  const isLong = random.int(longPauses) === 0;
  const ms = isLong
    ? pauseMsMost + random.int(pauseMsMax - pauseMsMost)
    : pauseMsMin + random.int(pauseMsMost - pauseMsMin);
  return {
    name: `pause ${name}${isLong ? " for long" : ""}`,
    strike: async ({ control }) => {
      await control.ready(name);
      const pid = control.processes()[name];
      if (pid === undefined) return false;
      process.kill(pid, "SIGSTOP");
      await sleep(ms);
      goOn(pid);
      return true;
    },
  };
}

/** Another fault may have killed it meanwhile. */
function goOn(pid: number): void {
  try {
    process.kill(pid, "SIGCONT");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function fullDisk(random: Random): Fault {
  const ms = diskFullMsMin + random.int(diskFullMsMax - diskFullMsMin);
  return {
    name: "no room on the database's volume",
    strike: async ({ volume, stack }) => {
      if (volume === undefined) return false;
      const before = refusedWrites(stack);
      try {
        await volume.fill();
        await sleep(ms);
      } finally {
        await volume.empty();
      }
      await stack.ready("postgres");
      return refusedWrites(stack) > before;
    },
  };
}

/** How often the database has found no room so far. */
const refusedWrites = ({ folder }: World["stack"]): number =>
  readFileSync(join(folder.logs, "postgres.log"), "utf8").split("No space left on device").length - 1;
