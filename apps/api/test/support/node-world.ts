import type { ChainPort } from "../../src/context.ts";
import { createWorld, type World } from "./world.ts";

/** A world whose node answers: it has no blocks. @param acceptsSignature what contract wallets say; there are none by default */
export const createNodeWorld = (
  acceptsSignature: ChainPort["acceptsSignature"] = async () => false,
): Promise<World> =>
  createWorld({
    chain: {
      head: async () => 0,
      lastSeenHead: () => 0,
      acceptsSignature,
      setTime: async () => undefined,
      health: () => [],
      progress: () => ({ state: "running" }),
    } as never,
  });
