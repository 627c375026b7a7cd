import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { databaseUrl, parseDatabaseUrl } from "@genbo/database/server/address";
import type { Role } from "@genbo/database/server/roles";
import { dataDirOf, type Profile, readServerSettings } from "@genbo/domain/env";
import { openProfile, type ProfileFolder } from "./profile.ts";

/** Where the database and the chain of a local platform listen while it runs. No secrets. */
export interface Whereabouts {
  /** The owner's URL, without a password. */
  database: string;
  chain: string;
}

const fileOf = (root: string): string => join(root, "running.json");

/** Tells commands for operators where to find a running local platform. @returns takes it back */
export function writeWhereabouts(root: string, whereabouts: Whereabouts): () => void {
  writeFileSync(fileOf(root), `${JSON.stringify(whereabouts)}\n`, { mode: 0o600 });
  return () => rmSync(fileOf(root), { force: true });
}

/** A platform that a command for operators works on. */
export interface Platform {
  profile: Profile;
  folder: ProfileFolder;
  chainRpcUrls: readonly string[];
  databaseAs(role: Role): string;
}

/**
 * The database and the chain of the environment, or those of the local platform that runs on the folder.
 * @throws Error where there is no such folder, or none runs
 */
export function findPlatform(data: string | undefined): Platform {
  const server = readServerSettings();
  const dataDir = dataDirOf(data);
  if (!existsSync(join(dataDir, "secrets")))
    throw new Error(`${dataDir} is no data folder of Genbo: name the platform's with --data.`);
  const folder = openProfile(dataDir);
  const local = server === undefined ? readWhereabouts(folder.root) : undefined;
  const address = parseDatabaseUrl(server?.databaseUrl ?? local!.database);
  return {
    profile: server === undefined ? "local" : "server",
    folder,
    chainRpcUrls: server?.chainRpcUrls ?? [local!.chain],
    databaseAs: (role) => databaseUrl({ ...address, user: role, password: folder.passwords.roles[role] }),
  };
}

/** @throws Error where none runs */
function readWhereabouts(root: string): Whereabouts {
  try {
    return JSON.parse(readFileSync(fileOf(root), "utf8")) as Whereabouts;
  } catch {
    throw new Error(`No platform runs on ${root}: start it with \`npm start -- --data ${root}\`.`);
  }
}
