import { unlinkSync } from "node:fs";
import { join } from "node:path";

/** Between which steps of the way from a request to the register a process may be made to die, in their order. */
export const failpoints = [
  "api.decided",
  "api.committed",
  "worker.beforeStore",
  "worker.stored",
  "worker.broadcast",
  "worker.sent",
  "indexer.read",
  "indexer.applied",
  "indexer.committed",
] as const;
/** The same of a rebuild of the register. */
type ReindexFailpoint = "reindex.built" | "reindex.compared" | "reindex.switching" | "reindex.switched";
export type Failpoint = (typeof failpoints)[number] | ReindexFailpoint;

/** Says that a process has come to a failpoint, which may be its end. */
export type Reach = (point: Failpoint) => void;

/**
 * A file named after a failpoint arms it: the next process that comes there takes the file away and ends at once, as
 * by `kill -9`. @param folder empty, as everywhere but in tests: nothing is armed
 */
export function openFailpoints(folder: string): Reach {
  if (folder === "") return () => undefined;
  return (point) => {
    try {
      unlinkSync(join(folder, point));
    } catch {
      return;
    }
    process.kill(process.pid, "SIGKILL");
  };
}
