import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Holder {
  pid: number;
  /** When that process started: a pid alone may have become another program's. */
  started: string;
}

/**
 * Takes a data folder for this process, so that no two supervisors run on one. A lock whose process is gone is
 * taken over. @returns gives the folder back. @throws Error naming the process that has it
 */
export function lockProfile(root: string): () => void {
  const file = join(root, "supervisor.lock");
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? "" };
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: "wx", mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined && startOf(holder.pid) === holder.started) {
      throw new Error(
        `Genbo already runs on ${root} (pid ${holder.pid}). Stop it, or choose another --data folder.`,
      );
    }
    rmSync(file, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined; // torn by a crash, or given back this moment
  }
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
        encoding: "utf8",
        stdio: "pipe",
      }).trim();
    }
    // The program's name, in brackets, may hold spaces; field 22 counts from the one before it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const zombie = fields[0] === "Z";
    return zombie ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
