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
import { type ServiceName, serviceNames } from "./supervisor-service.ts";

const usage = `Usage: npm start -- [--data DIR] [--port N] [--only NAME,…]
  --data DIR   folder of data, keys and logs; GENBO_DATA_DIR, else .genbo/local
  --port N     port of the API; 8080
  --only NAME  of ${serviceNames.join(", ")} these alone, as after a restore`;

const defaultPort = 8080;

/**
 * `npm start`: the platform in the foreground, its data kept, stopped in order by Ctrl-C or SIGTERM. With a database
 * and a chain in the environment (profile `server`) it runs on those, else it starts its own.
 */
export async function start(args: readonly string[]): Promise<void> {
  const { values } = readArgs(usage, {
    args,
    options: { data: { type: "string" }, port: { type: "string" }, only: { type: "string" } },
  });
  const services = readServices(values.only);
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
    services,
    watching,
    notice: (line) => console.log(`! ${line}; logs are in ${dataDir}/logs`),
    progress: (line) => console.log(`${line} …`),
  });
  const { api } = stack.urls;
  console.log(`
Genbo is up (${((Date.now() - began) / 1000).toFixed(1)} s).${
    services.includes("api") ? `\n  API            ${api}\n  API reference  ${api}/docs` : ""
  }
  processes      ${services.join(", ")}
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
  services: readonly ServiceName[];
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

function readServices(text: string | undefined): readonly ServiceName[] {
  if (text === undefined) return serviceNames;
  const named = text.split(",").map((name) => name.trim());
  const stranger = named.find((name) => serviceNames.every((each) => each !== name));
  if (stranger !== undefined)
    throw new Error(`--only ${text}: "${stranger}" is none of ${serviceNames.join(", ")}.`);
  return serviceNames.filter((name) => named.includes(name));
}

function readPort(text: string | undefined): number {
  if (text === undefined) return defaultPort;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`--port ${text} is not a port (1 to 65535).`);
  return port;
}
