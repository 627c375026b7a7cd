import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const graceMs = 10_000;
const pollMs = 50;

/**
 * Stops the server that a killed parent left running on `dataDir`. A pid file whose pid has become another
 * program's is removed, because PostgreSQL would refuse to start; a dead server's pid file is left to PostgreSQL,
 * which waits for that server's last sessions.
 */
export async function stopOrphan(dataDir: string): Promise<void> {
  const file = join(dataDir, "postmaster.pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : Number.NaN;
  if (!Number.isInteger(pid) || pid <= 1) return;
  const command = commandOf(pid);
  if (command === undefined) return;
  if (!command.includes(dataDir)) return rmSync(file);
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    process.kill(pid, signal);
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline) {
      if (commandOf(pid) !== command) return;
      await sleep(pollMs);
    }
  }
  throw new Error(`Another PostgreSQL (pid ${pid}) runs on ${dataDir} and does not stop.`);
}

/** The command line of a running process; undefined when there is none (a zombie has an empty one). */
function commandOf(pid: number): string | undefined {
  try {
    const text =
      process.platform === "linux"
        ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
        : execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}
