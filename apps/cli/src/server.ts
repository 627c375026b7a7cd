import { parseDatabaseUrl } from "@genbo/database/server/address";
import type { Role } from "@genbo/database/server/roles";
import { createPool } from "@genbo/database/sql/connection";
import { systemClock } from "@genbo/domain/clock";
import { unwatched, type Watching } from "@genbo/domain/env";
import { freePort, portFree } from "@genbo/domain/free-port";
import { openProfile, type ProfileFolder } from "./profile.ts";
import { lockProfile } from "./profile-lock.ts";
import { makeOperators, prepareDatabase } from "./supervisor-database.ts";
import { capLogs } from "./supervisor-logs.ts";
import { type ServiceName, serviceNames } from "./supervisor-service.ts";
import { controlOf, logOf, type ProcessControl, startServices } from "./supervisor-services.ts";

export interface ServerOptions {
  /** Folder of keys and logs; made when missing, kept when stopped. */
  dataDir: string;
  /** The platform's database, as someone who may make roles and the database itself. */
  databaseUrl: string;
  /** Nodes of one chain that runs elsewhere. */
  chainRpcUrls: readonly string[];
  /** Where the api listens; loopback when left out. */
  httpHost?: string;
  /** Port of the API; a free one when left out. */
  port?: number;
  /** Addresses and networks of proxies before the api; none when left out. */
  trustedProxies?: readonly string[];
  /** The processes; all when left out. */
  services?: readonly ServiceName[];
  watching?: Watching;
  notice?: (line: string) => void;
  progress?: (line: string) => void;
}

/** The platform's processes on a database and a chain that others run, in real time. */
export interface Server extends ProcessControl<ServiceName> {
  urls: { api: string; database: Readonly<Record<Role, string>> };
  folder: ProfileFolder;
  stop(): Promise<void>;
}

/**
 * Brings up the platform of the profile `server`: roles, migrations and secrets, then the api, indexer and worker.
 * @throws Error when another supervisor has the folder or a part does not start; nothing is left running then
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const {
    chainRpcUrls,
    httpHost = "127.0.0.1",
    trustedProxies = [],
    services = serviceNames,
    notice = () => undefined,
    progress = () => undefined,
  } = options;
  const folder = openProfile(options.dataDir);
  const undo: (() => unknown)[] = [lockProfile(folder.root)];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    undo.push(capLogs(serviceNames.map((name) => logOf(folder, name))));
    progress("Preparing the database");
    const database = await prepareDatabase(parseDatabaseUrl(options.databaseUrl), folder);
    const pool = createPool(database.genbo, { max: 1 });
    await makeOperators(pool, folder, systemClock).finally(() => pool.end());
    const apiPort = options.port ?? (await freePort());
    if (services.includes("api")) await portFree(apiPort);
    progress(`Starting ${services.join(", ")}`);
    const place = {
      profile: "server",
      folder,
      database,
      chainRpcUrls,
      httpHost,
      apiPort,
      trustedProxies,
    } as const;
    const { watching = unwatched } = options;
    const units = await startServices({ ...place, watching, names: services, notice });
    undo.push(() => Promise.all(units.map((unit) => unit.stop())));
    return { urls: { api: `http://${httpHost}:${apiPort}`, database }, folder, ...controlOf(units), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
