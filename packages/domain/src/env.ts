import { isIP } from "node:net";
import type { LogLevel } from "./log.ts";

/**
 * `local`: the supervisor runs PostgreSQL and the chain, and the sandbox clock may be moved.
 * `server`: both are given by URL; time is real.
 */
export type Profile = "local" | "server";

/** What a process is told by whoever starts it. Durations and sizes are constants in code, not settings. */
export interface Env {
  profile: Profile;
  /** The URL of this process's own database role. */
  databaseUrl: string;
  /** One or more JSON-RPC endpoints of the same chain. */
  chainRpcUrls: readonly string[];
  /** Folder for what this process keeps on disk. */
  dataDir: string;
  /** Folder (0700) of the signers' encrypted keystores. */
  keystoreDir: string;
  /** File (0600) with the passphrase of those keystores. */
  keystorePasswordFile: string;
  /** File (0600) with the vault's 32-byte master key, hex. */
  masterKeyFile: string;
  /** Where a process that serves HTTP listens; port 0 takes a free one. */
  httpHost: string;
  httpPort: number;
  /** Addresses and networks of our own proxies: what they say in X-Forwarded-For is whose request it is. */
  trustedProxies: readonly string[];
  /** Where a process shows its metrics; port 0 shows none. Never the public address: they name nodes and lanes. */
  metricsHost: string;
  metricsPort: number;
  /** OTLP/HTTP collector of traces; empty exports none. */
  tracesUrl: string;
  logLevel: LogLevel;
  /** Folder in which a test arms failpoints; empty: none. */
  failpointDir: string;
}

/** Name of the environment variable of each setting, as the supervisor writes it and `readEnv` reads it. */
export const envNames: Record<keyof Env, string> = {
  profile: "GENBO_PROFILE",
  databaseUrl: "DATABASE_URL",
  chainRpcUrls: "CHAIN_RPC_URLS",
  dataDir: "GENBO_DATA_DIR",
  keystoreDir: "GENBO_KEYSTORE_DIR",
  keystorePasswordFile: "GENBO_KEYSTORE_PASSWORD_FILE",
  masterKeyFile: "GENBO_MASTER_KEY_FILE",
  httpHost: "GENBO_HTTP_HOST",
  httpPort: "GENBO_HTTP_PORT",
  trustedProxies: "GENBO_TRUSTED_PROXIES",
  metricsHost: "GENBO_METRICS_HOST",
  metricsPort: "GENBO_METRICS_PORT",
  tracesUrl: "OTEL_EXPORTER_OTLP_ENDPOINT",
  logLevel: "GENBO_LOG_LEVEL",
  failpointDir: "GENBO_FAILPOINT_DIR",
};

const defaults: Partial<Record<keyof Env, string>> = {
  profile: "server",
  httpHost: "127.0.0.1",
  httpPort: "0",
  trustedProxies: "",
  metricsHost: "127.0.0.1",
  metricsPort: "0",
  tracesUrl: "",
  logLevel: "info",
  failpointDir: "",
};

/** Reads and checks every setting of a process at once. @throws Error naming all that are missing or wrong. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const faults: string[] = [];
  const text = (key: keyof Env): string => {
    const value = source[envNames[key]] || defaults[key];
    if (value === undefined) faults.push(`${envNames[key]} is not set`);
    return value ?? "";
  };
  const oneOf = <T extends string>(key: keyof Env, allowed: readonly T[]): T => {
    const found = allowed.find((each) => each === text(key));
    if (found === undefined) faults.push(`${envNames[key]} must be one of ${allowed.join(", ")}`);
    return found ?? (allowed[0] as T);
  };
  const trustedProxies = listOf(text("trustedProxies"));
  if (!trustedProxies.every(isNetwork))
    faults.push(`${envNames.trustedProxies} is no list of addresses and networks such as 10.0.0.0/8`);
  const port = (key: "httpPort" | "metricsPort"): number => {
    const found = Number(text(key));
    if (!Number.isInteger(found) || found < 0 || found > 65_535)
      faults.push(`${envNames[key]} is not a port`);
    return found;
  };
  const databaseUrl = text("databaseUrl");
  const chainRpcUrls = text("chainRpcUrls");
  faults.push(...urlFaults(databaseUrl, chainRpcUrls));
  const env: Env = {
    profile: oneOf("profile", ["local", "server"]),
    databaseUrl,
    chainRpcUrls: listOf(chainRpcUrls),
    dataDir: text("dataDir"),
    keystoreDir: text("keystoreDir"),
    keystorePasswordFile: text("keystorePasswordFile"),
    masterKeyFile: text("masterKeyFile"),
    httpHost: text("httpHost"),
    trustedProxies,
    httpPort: port("httpPort"),
    metricsHost: text("metricsHost"),
    metricsPort: port("metricsPort"),
    tracesUrl: text("tracesUrl"),
    logLevel: oneOf("logLevel", ["debug", "info", "warn", "error"]),
    failpointDir: text("failpointDir"),
  };
  if (faults.length > 0) throw new Error(`Cannot start: ${faults.join("; ")}.`);
  return env;
}

/** What is wrong with addresses that are set. The values are not shown: both may hold a password. */
function urlFaults(databaseUrl: string, chainRpcUrls: string): string[] {
  const faults: string[] = [];
  if (databaseUrl !== "" && !isUrl(databaseUrl, ["postgres:", "postgresql:"]))
    faults.push(`${envNames.databaseUrl} is not a URL such as postgresql://user:password@host:5432/genbo`);
  const nodes = listOf(chainRpcUrls);
  if (chainRpcUrls !== "" && (nodes.length === 0 || !nodes.every((url) => isUrl(url, ["http:", "https:"]))))
    faults.push(`${envNames.chainRpcUrls} is no list of URLs such as http://host:8545,http://other:8545`);
  return faults;
}

const isUrl = (text: string, protocols: readonly string[]): boolean =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol);

const listOf = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** The environment variables that make `readEnv` return `env`; what is left out takes its default. */
export function writeEnv(env: Partial<Env>): Record<string, string> {
  const pairs = Object.entries(env) as [keyof Env, Env[keyof Env]][];
  return Object.fromEntries(pairs.map(([key, value]) => [envNames[key], String(value)]));
}

/** The inherited variables that a child needs to find programs, without anything that npm or a host put there. */
export function inheritedEnv(source: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const keep = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "TZ", "SystemRoot", "NODE_OPTIONS"];
  return Object.fromEntries(keep.flatMap((key) => (source[key] ? [[key, source[key] as string]] : [])));
}

/** The platform's data folder, for whoever starts it and every command on it: the one named, else the environment's. */
export const dataDirOf = (named: string | undefined, source: NodeJS.ProcessEnv = process.env): string =>
  named ?? (source[envNames.dataDir] || ".genbo/local");

/** What whoever starts the whole platform says about a database and a chain that others run. */
export interface ServerSettings {
  /** The platform's database, as someone who may make roles. */
  databaseUrl: string;
  chainRpcUrls: readonly string[];
  httpHost: string | undefined;
  httpPort: string | undefined;
  trustedProxies: readonly string[];
}

/** Undefined when neither is given: then both are started here. @throws Error when only one is given */
export function readServerSettings(source: NodeJS.ProcessEnv = process.env): ServerSettings | undefined {
  const value = (key: keyof Env) => source[envNames[key]] || undefined;
  const databaseUrl = value("databaseUrl");
  const chainRpcUrls = value("chainRpcUrls");
  if (databaseUrl === undefined && chainRpcUrls === undefined) return undefined;
  if (databaseUrl === undefined || chainRpcUrls === undefined) {
    const [given, missing] =
      databaseUrl === undefined
        ? (["chainRpcUrls", "databaseUrl"] as const)
        : (["databaseUrl", "chainRpcUrls"] as const);
    throw new Error(
      `${envNames[given]} is set and ${envNames[missing]} is not: give both, or neither to run locally.`,
    );
  }
  const faults = urlFaults(databaseUrl, chainRpcUrls);
  if (faults.length > 0) throw new Error(`Cannot start: ${faults.join("; ")}.`);
  return {
    databaseUrl,
    chainRpcUrls: listOf(chainRpcUrls),
    httpHost: value("httpHost"),
    httpPort: value("httpPort"),
    trustedProxies: listOf(value("trustedProxies") ?? ""),
  };
}

/** What operators may see of the processes, and where. The processes' ports follow each other from the first. */
export type Watching = Pick<Env, "metricsHost" | "metricsPort" | "tracesUrl">;

/** Whether and where whoever starts the platform wants metrics and traces. @throws Error when the port is none */
export function readWatching(source: NodeJS.ProcessEnv = process.env): Watching {
  const value = (key: keyof Watching) => source[envNames[key]] || (defaults[key] as string);
  const metricsPort = Number(value("metricsPort"));
  if (!Number.isInteger(metricsPort) || metricsPort < 0 || metricsPort > 65_000)
    throw new Error(`${envNames.metricsPort}=${value("metricsPort")} is not a port (1 to 65000).`);
  return { metricsHost: value("metricsHost"), metricsPort, tracesUrl: value("tracesUrl") };
}

/** Neither metrics nor traces. */
export const unwatched: Watching = { metricsHost: "127.0.0.1", metricsPort: 0, tracesUrl: "" };

/** A GoQuorum `geth` for the tests on real validators. */
export const qbftClientPath = (): string | undefined => process.env.QBFT_CLIENT || undefined;

/** A `besu` for the same tests. */
export const besuPath = (): string | undefined => process.env.BESU || undefined;
