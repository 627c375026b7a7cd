import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { startServer } from "@genbo/cli/server";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import { databaseUrl } from "@genbo/database/server/address";
import { startPostgres } from "@genbo/database/server/embedded";
import { systemClock } from "@genbo/domain/clock";
import { readWatching } from "@genbo/domain/env";
import { chainBinary } from "../consortium/binary.ts";
import { startConsortium } from "../consortium/consortium.ts";
import type { Run } from "./run.ts";

/** What the platform runs on, with its processes. */
export interface Ground extends Pick<Stack, "urls" | "folder" | "processes"> {
  clock: Pick<Stack["clock"], "now">;
  /** Four validators of their own; else the local chain. */
  consortium: boolean;
  /** Ends the chain and what follows it; the database stays for whoever counts. */
  endChain(): Promise<void>;
}

/** The local stack or, where a chain client is named (QBFT_CLIENT, BESU), the platform on four validators of loopback. */
export async function startGround(run: Run): Promise<Ground> {
  if (chainBinary() !== undefined) return onConsortium(run);
  const stack = await startStack({
    dataDir: run.folder("platform"),
    watching: readWatching(),
    notice: run.say,
    progress: (line) => run.say(`  ${line}`),
  });
  run.atEnd(() => stack.stop());
  return { ...stack, consortium: false, endChain: async () => undefined };
}

async function onConsortium(run: Run): Promise<Ground> {
  run.say("  Starting four validators");
  const net = await startConsortium(chainBinary()!, join(run.folder("network"), "nodes"), { direct: true });
  run.atEnd(() => net.close());
  const password = randomBytes(16).toString("hex");
  const postgres = await startPostgres({ dataDir: join(run.folder("postgres"), "data"), password });
  run.atEnd(() => postgres.stop());
  const { host, port, user } = postgres;
  const server = await startServer({
    dataDir: run.folder("platform"),
    databaseUrl: databaseUrl({ host, port, user, password, database: "genbo" }),
    chainRpcUrls: net.slots.map(({ url }) => url),
    watching: readWatching(),
    notice: run.say,
    progress: (line) => run.say(`  ${line}`),
  });
  run.atEnd(() => server.stop());
  return {
    urls: { ...server.urls, chain: net.slots[0]!.url },
    folder: server.folder,
    clock: systemClock,
    consortium: true,
    processes: () => ({ ...server.processes(), postgres: postgres.pid, ...net.pids() }),
    endChain: async () => {
      await server.stop();
      await net.close();
    },
  };
}
