import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Screen } from "@genbo/cli/demo/steps";

/** A data folder of its own for a test's platform, and how to remove it. */
export function stackFolder(name: string): { dataDir: string; remove: () => void } {
  const dataDir = mkdtempSync(join(tmpdir(), `genbo-${name}-`));
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

/** A screen that keeps its lines, for tests that read what the demo said. */
export function keptScreen(): Screen & { lines: string[] } {
  const lines: string[] = [];
  return { lines, line: (text) => lines.push(text), progress: (text) => lines.push(text) };
}
