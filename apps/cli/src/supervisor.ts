import { startAnvil } from "@genbo/chain/anvil";
import { databaseUrl } from "@genbo/database/server/address";
import { type Postgres, startPostgres } from "@genbo/database/server/embedded";
import type { Role } from "@genbo/database/server/roles";
import { initSandboxClock, openSandboxClock, type SandboxClock } from "@genbo/database/server/sandbox-clock";
import { createPool } from "@genbo/database/sql/connection";
import { unwatched, type Watching } from "@genbo/domain/env";
import { freePort, portFree } from "@genbo/domain/free-port";
import { openProfile, type ProfileFolder } from "./profile.ts";
import { lockProfile } from "./profile-lock.ts";
import { makeOperators, prepareDatabase } from "./supervisor-database.ts";
import { keepDumps } from "./supervisor-dumps.ts";
import { capLogs } from "./supervisor-logs.ts";
import { type ServiceName, serviceNames } from "./supervisor-service.ts";
import { controlOf, logOf, type ProcessControl, type Rewire, startServices } from "./supervisor-services.ts";
import { keepUp } from "./supervisor-unit.ts";
import { writeWhereabouts } from "./whereabouts.ts";

export type ProcessName = "postgres" | "anvil" | ServiceName;

export interface StackOptions {
  /** Data folder; made when missing, kept when stopped. */
  dataDir: string;
  /** The platform's time when the folder is new; real time when left out. It goes on from where it was later. */
  genesisTime?: Date;
  /** Port of the API; a free one when left out. */
  port?: number;
  /** The processes besides PostgreSQL and the chain; all when left out. */
  services?: readonly ServiceName[];
  watching?: Watching;
  /** One line when something ends that should not have. */
  notice?: (line: string) => void;
  /** One line for each long step of the start. */
  progress?: (line: string) => void;
  rewire?: Rewire;
}

/** A running local platform. */
export interface Stack extends ProcessControl<ProcessName> {
  urls: { api: string; chain: string; database: Readonly<Record<Role, string>> };
  folder: ProfileFolder;
  /** The sandbox clock that every process follows. */
  clock: SandboxClock;
  /** Stops everything in order: services, a dump of the chain, the chain, the database. */
  stop(): Promise<void>;
}

const databaseName = "genbo";
const host = "127.0.0.1";

/**
 * Brings up the whole local platform on a data folder: PostgreSQL, the chain, roles, migrations, secrets, and the
 * api, indexer and worker as processes of their own. The one way to run it: `npm start`, the demo and the tests.
 * @throws Error when another supervisor has the folder or a part does not start; nothing is left running then
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { notice = () => undefined, progress = () => undefined } = options;
  const folder = openProfile(options.dataDir);
  /** What has been started, in order; stopped from the last to the first. */
  const undo: (() => unknown)[] = [lockProfile(folder.root)];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    undo.push(capLogs(logNames.map((name) => logOf(folder, name))));
    progress("Starting PostgreSQL");
    const port = await freePort();
    const postgres = await keepUp("postgres", () => launchPostgres(folder, port), notice);
    undo.push(postgres.stop);
    const { host: databaseHost, port: databasePort, user, password } = await postgres.ready();
    const admin = { host: databaseHost, port: databasePort, user, password, database: databaseName };
    const database = await prepareDatabase(admin, folder);

    const pool = createPool(database.genbo, { max: 1 });
    undo.push(() => pool.end());
    await initSandboxClock(pool, options.genesisTime ?? new Date());
    const clock = await openSandboxClock(pool, database.genbo);
    undo.push(clock.close);

    await makeOperators(pool, folder, clock);

    progress("Starting the chain");
    const anvil = await keepUp("anvil", anvilStarter(folder, clock), notice);
    undo.push(anvil.stop);
    undo.push(keepDumps(anvil, folder.chain, notice));
    const { url: chain } = await anvil.ready();

    const owner = { ...admin, user: "genbo", password: "" };
    undo.push(writeWhereabouts(folder.root, { database: databaseUrl(owner), chain }));

    const apiPort = options.port ?? (await freePort());
    const names = options.services ?? serviceNames;
    if (names.includes("api")) await portFree(apiPort);
    if (names.length > 0) progress(`Starting ${names.join(", ")}`);
    const place = {
      profile: "local",
      folder,
      database,
      chainRpcUrls: [chain],
      httpHost: host,
      apiPort,
      watching: options.watching ?? unwatched,
    } as const;
    const services = await startServices({ ...place, names, notice, rewire: options.rewire });
    undo.push(() => Promise.all(services.map((unit) => unit.stop())));
    return {
      urls: { api: `http://${host}:${apiPort}`, chain, database },
      folder,
      clock,
      ...controlOf([postgres, anvil, ...services]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const logNames = ["postgres", "anvil", ...serviceNames];

function launchPostgres(folder: ProfileFolder, port: number): Promise<Postgres> {
  const password = folder.passwords.postgres;
  return startPostgres({ dataDir: folder.postgres, password, port, logFile: logOf(folder, "postgres") });
}

/** Every later start takes the port of the first, which the other processes know. */
function anvilStarter(folder: ProfileFolder, clock: SandboxClock) {
  let port: number | undefined;
  return async () => {
    const time = Math.floor(clock.now().getTime() / 1000);
    const logFile = logOf(folder, "anvil");
    const anvil = await startAnvil({
      dataDir: folder.chain,
      time,
      logFile,
      ...(port === undefined ? {} : { port }),
    });
    port = anvil.port;
    return anvil;
  };
}
