import { isoOfDay, jstDay } from "@genbo/domain/jst";
import { nodeStates } from "@genbo/domain/node-states";
import { z } from "zod";
import { named } from "./named.ts";
import { hash, height, instant, instantText, lastDay } from "./primitives.ts";

/** /health: this process answers. */
export const healthAnswer = named("Health", z.object({ alive: z.literal(true), version: z.string() }));

/** /ready: a request sent now would be served. */
export const readyAnswer = named(
  "Ready",
  z.object({
    ready: z.boolean(),
    checks: z.object({ database: z.boolean(), deployment: z.boolean(), keystore: z.boolean() }),
  }),
);

/** Why nothing of the chain moves: it makes no blocks, or no node answers. */
export const chainWait = z.enum(["chain_halted", "chain_unreachable"]);

const node = named(
  "ChainNode",
  z.object({
    node: z.string().describe("Host and port"),
    state: z.enum(nodeStates),
    reason: z.string().nullable().describe("What is so and what to do; null for a good node"),
    head: height.nullable(),
    peers: height.nullable(),
    ms: height.nullable().describe("How long its last answer took"),
  }),
);

/** /status: where the chain, the register and the lanes stand. */
export const statusAnswer = named(
  "Status",
  z.object({
    version: z.string(),
    profile: z.enum(["local", "server"]),
    time: instantText.describe("The platform's present instant: legal time"),
    chain: z.object({
      chainId: height.nullable(),
      genesisHash: hash.nullable(),
      head: height.nullable().describe("The node's head; null when no node answers"),
      reachable: z.boolean(),
      state: z.union([z.literal("running"), chainWait]),
      since: instantText.nullable().describe("Time of the last block, while the state is not running"),
      nodes: z.array(node).describe("The nodes that this process asks, as it sees them"),
    }),
    register: z.object({ block: height.nullable(), hash: hash.nullable(), time: instantText.nullable() }),
    clockSkewMs: z
      .int()
      .describe(
        "By how much the database's clock is ahead of this process's; more than some seconds: set both",
      ),
    lagBlocks: height.nullable().describe("chain.head − register.block"),
    queuedCommands: height,
    openOperations: height,
    stoppedLanes: z.array(z.object({ signer: z.string(), reason: z.string() })),
    openBreaks: z.array(
      z.object({ id: z.string(), issueId: z.string().nullable(), kind: z.string(), openedAt: instantText }),
    ),
    unsealedAuditRows: height,
  }),
);

export const clockMove = named(
  "ClockMove",
  z.strictObject({
    to: instant
      .describe("Later than the present instant, and no day that the register could not name")
      .refine((to) => jstDay(to) <= lastDay, `lies after ${isoOfDay(lastDay)}`),
  }),
);
export const clockAnswer = named("ClockAnswer", z.object({ time: instantText, offsetMs: z.int() }));

export const openApiAnswer = named("OpenApiDocument", z.record(z.string(), z.unknown()));
export const problemPage = named("ProblemPage", z.string().describe("Markdown"));
