import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Manifest } from "./manifest.ts";

/** Where a profile keeps what its deployment is. */
export const manifestFile = (dataDir: string): string => join(dataDir, "contracts.json");

/** What the file says; undefined where there is none. */
export const readManifestFile = (path: string): Manifest | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Manifest) : undefined;

/** Writes a manifest whole or not at all, and only where it says something new. @returns whether it did */
export function keepManifest(path: string, manifest: Manifest): boolean {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  if (existsSync(path) && readFileSync(path, "utf8") === text) return false;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text, { flush: true });
  renameSync(temporary, path);
  return true;
}
