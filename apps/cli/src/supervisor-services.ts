import { join } from "node:path";
import type { Role } from "@genbo/database/server/roles";
import type { Env, Profile, Watching } from "@genbo/domain/env";
import type { ProfileFolder } from "./profile.ts";
import { type ServiceName, serviceNames, startService } from "./supervisor-service.ts";
import { keepUp, type Running, type Unit } from "./supervisor-unit.ts";

export interface ServicesOptions {
  profile: Profile;
  folder: ProfileFolder;
  database: Readonly<Record<Role, string>>;
  chainRpcUrls: readonly string[];
  /** Where the api listens. */
  httpHost: string;
  apiPort: number;
  trustedProxies?: readonly string[];
  names: readonly ServiceName[];
  watching: Watching;
  notice: (line: string) => void;
  rewire?: Rewire | undefined;
}

/** Changes what a process is told, so that a test can stand between it and the database or the chain. */
export type Rewire = (name: ServiceName, env: Env) => Promise<Env>;

/** Starts the processes side by side and keeps them up. @throws Error when one does not start; the others are ended */
export async function startServices(options: ServicesOptions): Promise<Unit<Running>[]> {
  const { folder, names, notice, rewire = async (_name, env) => env } = options;
  const units: Unit<Running>[] = [];
  // Every start has ended before we go on or give up: nothing comes up behind our back.
  const starts = await Promise.allSettled(
    names.map(async (name) => {
      const env = await rewire(name, serviceEnv(name, options));
      units.push(await keepUp(name, () => startService(name, env, logOf(folder, name)), notice));
    }),
  );
  const failed = starts.find((start) => start.status === "rejected");
  if (failed === undefined) return units;
  await Promise.all(units.map((unit) => unit.stop()));
  throw failed.reason;
}

export const logOf = (folder: ProfileFolder, name: string): string => join(folder.logs, `${name}.log`);

/** How a caller looks at and breaks the processes of a platform, by name. */
export interface ProcessControl<Name extends string> {
  /** The pid of each process; undefined while it is being started again. */
  processes(): Record<string, number | undefined>;
  /** `kill -9`; the supervisor starts it again. Returns when it has ended. */
  kill(name: Name): Promise<void>;
  /** Returns when the process is up (again). */
  ready(name: Name): Promise<void>;
}

export function controlOf<Name extends string>(units: readonly Unit<Running>[]): ProcessControl<Name> {
  const unitOf = (name: Name) => {
    const unit = units.find((each) => each.name === name);
    if (unit === undefined) throw new Error(`No process ${name} in this stack.`);
    return unit;
  };
  return {
    processes: () => Object.fromEntries(units.map((unit) => [unit.name, unit.current()?.pid])),
    kill: (name) => unitOf(name).kill(),
    ready: async (name) => void (await unitOf(name).ready()),
  };
}

function serviceEnv(name: ServiceName, options: ServicesOptions): Env {
  const {
    profile,
    folder,
    database,
    chainRpcUrls,
    httpHost,
    apiPort,
    trustedProxies = [],
    watching,
  } = options;
  return {
    profile,
    databaseUrl: database[`genbo_${name}`],
    chainRpcUrls,
    dataDir: folder.root,
    keystoreDir: folder.keystore,
    keystorePasswordFile: folder.keystorePasswordFile,
    masterKeyFile: folder.masterKeyFile,
    httpHost,
    httpPort: name === "api" ? apiPort : 0,
    trustedProxies,
    ...watching,
    metricsPort: watching.metricsPort === 0 ? 0 : watching.metricsPort + serviceNames.indexOf(name),
    logLevel: "info",
    failpointDir: "",
  };
}
