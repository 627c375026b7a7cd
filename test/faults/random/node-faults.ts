import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@genbo/cli/demo/random";
import { serviceNames } from "@genbo/cli/supervisor-service";
import type { Fault as NodeFault } from "../../support/faulty-node.ts";
import { type Fault, spell } from "./fault.ts";
import type { World } from "./world.ts";

const kinds = [
  ...(["away", "hangs", "dropsHalf", "errs", "slow", "lateReceipts", "sameReceipts"] as const),
  ...(["stands", "oldHead"] as const),
];
const faultMs = [200, 3_000] as const;
const slowMs = 300;
const olderMax = 6;

/** The node as the process sees it that does the work: away, slow, silent, half deaf, in error, behind with its receipts or its head. */
export function node(random: Random): Fault {
  const [name, kind] = [random.pick(serviceNames), random.pick(kinds)];
  const older = 1 + random.int(olderMax);
  const { ms, long } = spell(random, faultMs);
  return {
    name: `node ${kind} for ${name}${long}`,
    strike: async (world) => {
      const { chain } = await world.wiresOf(name);
      chain.fault = await faultOf(kind, world, older);
      await sleep(ms);
      chain.fault = "none";
      return true;
    },
  };
}

async function faultOf(kind: (typeof kinds)[number], world: World, older: number): Promise<NodeFault> {
  switch (kind) {
    case "slow":
      return { slowMs };
    case "stands":
      return { standsAt: await headOf(world) };
    case "oldHead":
      return { standsAt: Math.max(1, (await headOf(world)) - older) };
    default:
      return kind;
  }
}

const headOf = async ({ issue }: World): Promise<number> =>
  (await issue.parties.as.operator.call("status")).body.chain.head ?? 0;
