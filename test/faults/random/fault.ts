import type { Random } from "@genbo/cli/demo/random";
import type { World } from "./world.ts";

/** What goes wrong, chosen before it does. */
export interface Fault {
  name: string;
  /** It waits for its moment itself, and so begins with the load: a short one may be past that step some time later. */
  waits?: true;
  /** Returns when it is over and the process is up. @returns whether it came to that */
  strike(world: World): Promise<boolean>;
}

/** One in so many is longer than a lane's lease (5 s) and than a leader may be silent. */
const longOnesIn = 5;
const [longMsMin, longMsMore] = [5_500, 3_000];

/** How long something is wrong, in milliseconds: seldom so long that another process takes over. */
export function spell(random: Random, [min, more]: readonly [number, number]): { ms: number; long: string } {
  if (random.int(longOnesIn) > 0) return { ms: min + random.int(more), long: "" };
  return { ms: longMsMin + random.int(longMsMore), long: " for long" };
}
