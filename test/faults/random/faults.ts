import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@genbo/cli/demo/random";
import type { ProcessName } from "@genbo/cli/supervisor";
import { type ServiceName, serviceNames } from "@genbo/cli/supervisor-service";
import { type Failpoint, failpoints } from "@genbo/domain/failpoints";
import type { Fault as NodeFault } from "../../support/faulty-node.ts";
import type { World } from "./world.ts";

/** What goes wrong, chosen before it does. */
export interface Fault {
  name: string;
  /** Returns when it is over and the process is up. @returns whether it came to that */
  strike(world: World): Promise<boolean>;
}

const everybody: readonly ProcessName[] = [...serviceNames, "postgres", "anvil"];
const pausable: readonly ProcessName[] = [...serviceNames, "anvil"];
const longestPauseMs = 4_000;
/** A failpoint that nobody comes to by then is disarmed: a small load does not pass every step. */
const armedMs = 6_000;

/** A fault by chance. Each failpoint in its turn, so that every window is hit; the rest at random. */
export function chooseFault(random: Random, turn: number): Fault {
  if (turn % 3 === 0) return failpoint(failpoints[(turn / 3) % failpoints.length]!);
  return random.pick([kill, kill, pause, cut, delay, node, node])(random);
}

function failpoint(point: Failpoint): Fault {
  const process = point.split(".")[0] as ServiceName;
  return {
    name: `failpoint ${point}`,
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
    strike: async ({ stack }) => {
      await stack.kill(name);
      await stack.ready(name);
      return true;
    },
  };
}

function pause(random: Random): Fault {
  const [name, ms] = [random.pick(pausable), 100 + random.int(longestPauseMs)];
  return {
    name: `pause ${name}`,
    strike: async ({ stack }) => {
      await stack.ready(name);
      const pid = stack.processes()[name];
      if (pid === undefined) return false;
      process.kill(pid, "SIGSTOP");
      await sleep(ms);
      process.kill(pid, "SIGCONT");
      return true;
    },
  };
}

function cut(random: Random): Fault {
  const [name, ms] = [random.pick(serviceNames), 100 + random.int(2_000)];
  return {
    name: `cut ${name} from its database`,
    strike: async ({ wires }) => {
      const { database } = wires.get(name)!;
      database.cut();
      await sleep(ms);
      database.mend();
      return true;
    },
  };
}

function delay(random: Random): Fault {
  const [name, ms] = [random.pick(serviceNames), 5 + random.int(100)];
  return {
    name: `delay ${name} from its database`,
    strike: async ({ wires }) => {
      const { database } = wires.get(name)!;
      database.delay(ms);
      await sleep(2_000);
      database.delay(0);
      return true;
    },
  };
}

/** The node as one process sees it: away, slow, silent, half deaf, or standing still. */
function node(random: Random): Fault {
  const [name, ms] = [random.pick(serviceNames), 200 + random.int(3_000)];
  const kind = random.pick(["away", "hangs", "dropsHalf", "slow", "stands"] as const);
  return {
    name: `node ${kind} for ${name}`,
    strike: async ({ wires, issue }) => {
      const { chain } = wires.get(name)!;
      const faults: Record<typeof kind, () => Promise<NodeFault>> = {
        away: async () => "away",
        hangs: async () => "hangs",
        dropsHalf: async () => "dropsHalf",
        slow: async () => ({ slowMs: 300 }),
        stands: async () => ({
          standsAt: (await issue.parties.as.operator.call("status")).body.chain.head ?? 0,
        }),
      };
      chain.fault = await faults[kind]();
      await sleep(ms);
      chain.fault = "none";
      return true;
    },
  };
}
