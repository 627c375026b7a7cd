import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The secrets of the demo's API keys between two runs; the platform keeps only their hashes. */
export interface KeyStore {
  get(name: string): string | undefined;
  put(name: string, secret: string): void;
}

export function openKeyStore(dataDir: string): KeyStore {
  const folder = join(dataDir, "secrets");
  const file = join(folder, "demo-api-keys.json");
  const secrets = read(file);
  return {
    get: (name) => secrets[name],
    put: (name, secret) => {
      secrets[name] = secret;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const temporary = `${file}.new`;
      writeFileSync(temporary, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
      renameSync(temporary, file);
    },
  };
}

function read(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}
