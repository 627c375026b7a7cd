import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

/** @throws Error where none runs */
export function readWhereabouts(root: string): Whereabouts {
  try {
    return JSON.parse(readFileSync(fileOf(root), "utf8")) as Whereabouts;
  } catch {
    throw new Error(`No platform runs on ${root}: start it with \`npm start -- --data ${root}\`.`);
  }
}
