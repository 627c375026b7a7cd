import { existsSync } from "node:fs";
import { join } from "node:path";
import { startAnvil } from "@genbo/chain/anvil";
import { databaseUrl } from "@genbo/database/address";
import { createPool } from "@genbo/database/connection";
import { type Postgres, startPostgres } from "@genbo/database/embedded";
import { createOperator } from "@genbo/database/keys";
import { migrate } from "@genbo/database/migrate";
import { ensureDatabase, ensureRoles, type Role, roles } from "@genbo/database/roles";
import { initSandboxClock, openSandboxClock, type SandboxClock } from "@genbo/database/sandbox-clock";
import type { Env } from "@genbo/domain/env";
import { freePort, portFree } from "@genbo/domain/free-port";
import { openProfile, type ProfileFolder, writeOnce } from "./profile.ts";
import { lockProfile } from "./profile-lock.ts";
import { keepDumps } from "./supervisor-dumps.ts";
import { capLogs } from "./supervisor-logs.ts";
import { type ServiceName, serviceNames, startService } from "./supervisor-service.ts";
import { keepUp, type Running, type Unit } from "./supervisor-unit.ts";

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
  /** One line when something ends that should not have. */
  notice?: (line: string) => void;
  /** One line for each long step of the start. */
  progress?: (line: string) => void;
}

/** A running local platform. */
export interface Stack {
  urls: { api: string; chain: string; database: Readonly<Record<Role, string>> };
  folder: ProfileFolder;
  /** The sandbox clock that every process follows. */
  clock: SandboxClock;
  /** The pid of each process; undefined while it is being started again. */
  processes(): Record<string, number | undefined>;
  /** `kill -9`; the supervisor starts it again. Returns when it has ended. */
  kill(name: ProcessName): Promise<void>;
  /** Returns when the process is up (again). */
  ready(name: ProcessName): Promise<void>;
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
    const database = await prepareDatabase(await postgres.ready(), folder, options.genesisTime ?? new Date());

    const pool = createPool(database.genbo, { max: 1 });
    undo.push(() => pool.end());
    const clock = await openSandboxClock(pool, database.genbo);
    undo.push(clock.close);

    if (!existsSync(folder.operatorKeyFile)) {
      writeOnce(
        folder.operatorKeyFile,
        `${await createOperator(pool, "Operator", "staff:operator", clock.now())}\n`,
      );
    }

    progress("Starting the chain");
    const anvil = await keepUp("anvil", anvilStarter(folder, clock), notice);
    undo.push(anvil.stop);
    undo.push(keepDumps(anvil, folder.chain, notice));
    const { url: chain } = await anvil.ready();

    const apiPort = options.port ?? (await freePort());
    await portFree(apiPort);
    const units: Unit<Running>[] = [postgres, anvil];
    const services = options.services ?? serviceNames;
    undo.push(() => Promise.all(units.slice(2).map((unit) => unit.stop())));
    if (services.length > 0) progress(`Starting ${services.join(", ")}`);
    // Every start has ended before we go on or give up: nothing comes up behind our back.
    const starts = await Promise.allSettled(
      services.map(async (name) => {
        const env = serviceEnv(name, folder, database, chain, apiPort);
        units.push(await keepUp(name, () => startService(name, env, logOf(folder, name)), notice));
      }),
    );
    for (const start of starts) if (start.status === "rejected") throw start.reason;
    const unitOf = (name: ProcessName) => {
      const unit = units.find((each) => each.name === name);
      if (unit === undefined) throw new Error(`No process ${name} in this stack.`);
      return unit;
    };
    return {
      urls: { api: `http://${host}:${apiPort}`, chain, database },
      folder,
      clock,
      processes: () => Object.fromEntries(units.map((unit) => [unit.name, unit.current()?.pid])),
      kill: (name) => unitOf(name).kill(),
      ready: async (name) => void (await unitOf(name).ready()),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const logNames = ["postgres", "anvil", ...serviceNames];
const logOf = (folder: ProfileFolder, name: string) => join(folder.logs, `${name}.log`);

function launchPostgres(folder: ProfileFolder, port: number): Promise<Postgres> {
  const password = folder.passwords.postgres;
  return startPostgres({ dataDir: folder.postgres, password, port, logFile: logOf(folder, "postgres") });
}

async function prepareDatabase(
  server: Postgres,
  folder: ProfileFolder,
  genesis: Date,
): Promise<Record<Role, string>> {
  const { host, port, user, password } = server;
  const admin = { host, port, user, password, database: "postgres" };
  const addressOf = (role: Role) => ({
    host,
    port,
    user: role,
    password: folder.passwords.roles[role],
    database: databaseName,
  });
  await ensureRoles(admin, folder.passwords.roles);
  await ensureDatabase(admin, databaseName);
  await migrate(addressOf("genbo"));
  const urls = Object.fromEntries(roles.map((role) => [role, databaseUrl(addressOf(role))])) as Record<
    Role,
    string
  >;
  const pool = createPool(urls.genbo, { max: 1 });
  await initSandboxClock(pool, genesis).finally(() => pool.end());
  return urls;
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

function serviceEnv(
  name: ServiceName,
  folder: ProfileFolder,
  database: Record<Role, string>,
  chain: string,
  apiPort: number,
): Env {
  return {
    profile: "local",
    databaseUrl: database[`genbo_${name}`],
    chainRpcUrls: [chain],
    dataDir: folder.root,
    keystoreDir: folder.keystore,
    keystorePasswordFile: folder.keystorePasswordFile,
    masterKeyFile: folder.masterKeyFile,
    httpHost: host,
    httpPort: name === "api" ? apiPort : 0,
    logLevel: "info",
  };
}
