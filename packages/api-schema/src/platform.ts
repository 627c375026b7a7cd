import { z } from "zod";
import { named } from "./named.ts";
import { hash, height, instant, instantText } from "./primitives.ts";

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
    }),
    register: z.object({ block: height.nullable(), hash: hash.nullable(), time: instantText.nullable() }),
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
  z.strictObject({ to: instant.describe("Later than the present instant") }),
);
export const clockAnswer = named("ClockAnswer", z.object({ time: instantText, offsetMs: z.int() }));

export const openApiAnswer = named("OpenApiDocument", z.record(z.string(), z.unknown()));
export const problemPage = named("ProblemPage", z.string().describe("Markdown"));
