import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chainFolder } from "@genbo/chain/anvil-state";
import { type RolePasswords, roles } from "@genbo/database/server/roles";

/** Where a local platform keeps everything; only its owner may enter. Removing the folder is starting anew. */
export interface ProfileFolder {
  root: string;
  postgres: string;
  chain: string;
  keystore: string;
  logs: string;
  keystorePasswordFile: string;
  masterKeyFile: string;
  /** The first operator's API key, for whoever runs this platform. */
  operatorKeyFile: string;
  /** The second operator's, for another person. */
  secondOperatorKeyFile: string;
  passwords: { postgres: string; roles: RolePasswords };
}

const privateFolder = { recursive: true, mode: 0o700 } as const;
const secretBytes = 32;

/** Opens the data folder of a profile and makes what is missing in it: folders (0700) and secrets (0600). */
export function openProfile(dataDir: string): ProfileFolder {
  const root = resolve(dataDir);
  const folder = (path: string) => {
    mkdirSync(path, privateFolder);
    return path;
  };
  const secrets = folder(join(folder(root), "secrets"));
  const secretFile = (name: string) => {
    const path = join(secrets, name);
    writeOnce(path, `${randomBytes(secretBytes).toString("hex")}\n`);
    return path;
  };
  const secret = (name: string) => readFileSync(secretFile(name), "utf8").trim();
  const passwords = roles.map((role) => [role, secret(`database-${role}`)]);
  return {
    root,
    postgres: join(root, "postgres"),
    chain: folder(chainFolder(root)),
    keystore: folder(join(root, "keystore")),
    logs: folder(join(root, "logs")),
    keystorePasswordFile: secretFile("keystore-password"),
    masterKeyFile: secretFile("master-key"),
    operatorKeyFile: join(secrets, "operator-api-key"),
    secondOperatorKeyFile: join(secrets, "operator-2-api-key"),
    passwords: {
      postgres: secret("database-postgres"),
      roles: Object.fromEntries(passwords) as RolePasswords,
    },
  };
}

/** Writes a file that nobody else may read, whole or not at all, unless it is there. */
export function writeOnce(path: string, text: string): void {
  if (existsSync(path)) return;
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}
