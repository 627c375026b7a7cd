import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@genbo/cli/demo/random";
import { serviceNames } from "@genbo/cli/supervisor-service";
import type { Fault as NodeFault } from "../../support/faulty-node.ts";
import type { Fault } from "./fault.ts";
import type { World } from "./world.ts";

const kinds = [
  ...(["away", "hangs", "dropsHalf", "errs", "slow", "lateReceipts", "sameReceipts"] as const),
  ...(["stands", "oldHead"] as const),
];
const faultMsMax = 3_000;
const slowMs = 300;
const olderMax = 6;

/** The node as one process sees it: away, slow, silent, half deaf, in error, behind with its receipts or its head. */
export function node(random: Random): Fault {
  const [name, kind] = [random.pick(serviceNames), random.pick(kinds)];
  const [ms, older] = [200 + random.int(faultMsMax), 1 + random.int(olderMax)];
  return {
    name: `node ${kind} for ${name}`,
    strike: async (world) => {
      const { chain } = world.wires.get(name)!;
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
