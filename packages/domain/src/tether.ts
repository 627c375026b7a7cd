import { type ChildProcess, spawn } from "node:child_process";

/**
 * Ends a foreign program (PostgreSQL, anvil) when this process is gone, even after `kill -9`: a shell waits on a
 * pipe that only we hold open, and sends `signal` to the child once it closes. No effect on Windows.
 */
export function tether(child: ChildProcess, signal: "INT" | "TERM"): void {
  if (process.platform === "win32" || child.pid === undefined) return;
  // A session of its own, because a Ctrl-C of the terminal must not end the watcher before its time.
  const script = `read -r _; kill -s ${signal} ${child.pid}`;
  const watcher = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watcher.on("error", () => undefined);
  watcher.unref();
  // Once the child has ended its pid may be another's: the watcher goes before it could send anything.
  child.once("exit", () => {
    watcher.kill("SIGKILL");
    watcher.stdin?.destroy();
  });
}

/** How a child ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export function exitOf(child: ChildProcess): Promise<Exit> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  }
  return new Promise((done) => {
    child.once("exit", (code, signal) => done({ code, signal }));
    child.once("error", () => done({ code: 127, signal: null }));
  });
}

/** Sends each signal in turn, the next one when the child has not ended within `graceMs`. */
export async function endChild(
  child: ChildProcess,
  signals: readonly NodeJS.Signals[],
  graceMs: number,
): Promise<Exit> {
  const exit = exitOf(child);
  for (const signal of signals) {
    child.kill(signal);
    if (await settledWithin(exit, graceMs)) break;
  }
  return exit;
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => {
    timer = setTimeout(() => done(false), ms);
  });
  const settled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}
