import { hostOf } from "@genbo/chain/rpc";
import {
  dataDirOf,
  readServerSettings,
  readWatching,
  type ServerSettings,
  type Watching,
} from "@genbo/domain/env";
import { readArgs } from "./read-args.ts";
import { startServer } from "./server.ts";
import { startStack } from "./supervisor.ts";

const usage = "Usage: npm start -- [--data DIR] [--port N]";

const defaultPort = 8080;

/**
 * `npm start`: the platform in the foreground, its data kept, stopped in order by Ctrl-C or SIGTERM. With a database
 * and a chain in the environment (profile `server`) it runs on those, else it starts its own.
 */
export async function start(args: readonly string[]): Promise<void> {
  const { values } = readArgs(usage, {
    args,
    options: { data: { type: "string" }, port: { type: "string" } },
  });
  const server = readServerSettings();
  const dataDir = dataDirOf(values.data);
  const port = readPort(values.port ?? server?.httpPort);
  const watching = readWatching();
  const began = Date.now();
  const asked = Promise.withResolvers<void>();
  // A terminal's Ctrl-C comes twice, from the terminal itself and through npm.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => asked.resolve());
  asked.promise.then(() => console.log("Stopping …"));
  const stack = await startOn(server, {
    dataDir,
    port,
    watching,
    notice: (line) => console.log(`! ${line}; logs are in ${dataDir}/logs`),
    progress: (line) => console.log(`${line} …`),
  });
  console.log(`
Genbo is up (${((Date.now() - began) / 1000).toFixed(1)} s).
  API            ${stack.urls.api}
  API reference  ${stack.urls.api}/docs
  chain          ${stack.chain}
  data           ${stack.folder.root}
  operator key   ${stack.folder.operatorKeyFile}
Ctrl-C stops it; the data stays.`);
  await asked.promise;
  await stack.stop();
  console.log("Stopped.");
}

interface Place {
  dataDir: string;
  port: number;
  watching: Watching;
  notice: (line: string) => void;
  progress: (line: string) => void;
}

async function startOn(server: ServerSettings | undefined, place: Place) {
  if (server === undefined) {
    const stack = await startStack(place);
    return { ...stack, chain: stack.urls.chain };
  }
  const { databaseUrl, chainRpcUrls, httpHost, trustedProxies } = server;
  const where = httpHost === undefined ? {} : { httpHost };
  const running = await startServer({ ...place, ...where, databaseUrl, chainRpcUrls, trustedProxies });
  return { ...running, chain: chainRpcUrls.map(hostOf).join(", ") };
}

function readPort(text: string | undefined): number {
  if (text === undefined) return defaultPort;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`--port ${text} is not a port (1 to 65535).`);
  return port;
}
