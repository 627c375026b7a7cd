import { createWorld, type World } from "./world.ts";

/** A world whose node answers: it has no blocks, and no wallet is a contract. */
export const createNodeWorld = (): Promise<World> =>
  createWorld({
    chain: {
      head: async () => 0,
      lastSeenHead: () => null,
      hasCode: async () => false,
      setTime: async () => undefined,
      health: () => [],
      progress: () => ({ state: "running" }),
    } as never,
  });
