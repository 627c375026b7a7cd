import { parseArgs } from "node:util";
import { startStack } from "./supervisor.ts";

const defaultDataDir = ".genbo/local";
const defaultPort = 8080;

/** `npm start`: the local platform in the foreground, its data kept, stopped in order by Ctrl-C or SIGTERM. */
export async function start(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { data: { type: "string" }, port: { type: "string" } },
  });
  const port = readPort(values.port);
  const began = Date.now();
  const asked = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      console.log("Stopping …");
      asked.resolve();
    });
  }
  const stack = await startStack({
    dataDir: values.data ?? defaultDataDir,
    port,
    notice: (line) => console.log(`! ${line}; logs are in ${values.data ?? defaultDataDir}/logs`),
    progress: (line) => console.log(`${line} …`),
  });
  console.log(`
Genbo is up (${((Date.now() - began) / 1000).toFixed(1)} s).
  API            ${stack.urls.api}
  API reference  ${stack.urls.api}/docs
  chain          ${stack.urls.chain}
  data           ${stack.folder.root}
  operator key   ${stack.folder.operatorKeyFile}
Ctrl-C stops it; the data stays.`);
  await asked.promise;
  await stack.stop();
  console.log("Stopped.");
}

function readPort(text: string | undefined): number {
  if (text === undefined) return defaultPort;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`--port ${text} is not a port (1 to 65535).`);
  return port;
}
