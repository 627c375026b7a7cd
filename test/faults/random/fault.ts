import type { World } from "./world.ts";

/** What goes wrong, chosen before it does. */
export interface Fault {
  name: string;
  /** Returns when it is over and the process is up. @returns whether it came to that */
  strike(world: World): Promise<boolean>;
}
