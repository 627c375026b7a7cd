import { copyFileSync, existsSync, statSync, truncateSync } from "node:fs";

const logBytesMax = 20 * 1024 * 1024;
const checkEveryMs = 10_000;

/**
 * Keeps each log at 20 MB and one older file beside it. The writers append and hold the file open, so it is copied
 * and emptied in place; a line written in between is lost.
 */
export function capLogs(files: readonly string[]): () => void {
  const check = () => {
    for (const file of files) {
      if (!existsSync(file) || statSync(file).size < logBytesMax) continue;
      copyFileSync(file, `${file}.1`);
      truncateSync(file);
    }
  };
  check();
  const timer = setInterval(check, checkEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
