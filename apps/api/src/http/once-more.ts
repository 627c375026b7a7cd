import { isConstraint } from "@genbo/database/commands/commands";
import type { Reply } from "./call.ts";

/** More than work on long commands at once: each try that is lost has let another request through. */
const triesMax = 20;

/** Of requests that add the same rows at once one is the first; the others find them there at another try. */
export async function onceMore(constraint: string, run: () => Promise<Reply>): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (tries === triesMax || !isConstraint(error, constraint)) throw error;
    }
  }
}
