import type { World } from "./world.ts";

/** What goes wrong, chosen before it does. */
export interface Fault {
  name: string;
  /** It waits for its moment itself, and so begins with the load: a short one may be past that step some time later. */
  waits?: true;
  /** Returns when it is over and the process is up. @returns whether it came to that */
  strike(world: World): Promise<boolean>;
}
