import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Env, inheritedEnv, writeEnv } from "@genbo/domain/env";
import type { ReadyMessage } from "@genbo/domain/process";
import { endChild, exitOf } from "@genbo/domain/tether";
import type { Running } from "./supervisor-unit.ts";

export const serviceNames = ["indexer", "worker", "api"] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface RunningService extends Running {
  url: string | undefined;
}

const apps = resolve(import.meta.dirname, "../..");
const startTimeoutMs = 120_000; // the worker's first start deploys the contracts
const stopGraceMs = 20_000; // longer than a service gives itself, so that it ends in its own way

/**
 * For a process that makes much in a burst that is soon forgotten: by itself Node gives the young half of the heap a
 * hundred MB more for it, and lets the whole grow to three times what lives; neither bought processor time.
 */
export const burstFlags = ["--max-semi-space-size=16", "--heap-growing-percent=100"] as const;
/** The api's work is small and steady. */
const flagsOf = (name: ServiceName): readonly string[] => (name === "api" ? [] : burstFlags);

/**
 * Starts a process of the platform under this Node and returns when it says that it can serve. It ends by itself
 * when we are gone, because the IPC channel closes.
 * @throws Error when it ends before that or takes too long
 */
export async function startService(name: ServiceName, env: Env, logFile: string): Promise<RunningService> {
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, [...flagsOf(name), join(apps, name, "src/main.ts")], {
    cwd: env.dataDir,
    env: { ...inheritedEnv(), ...writeEnv(env) },
    stdio: ["ignore", log, log, "ipc"],
    // A session of its own: Ctrl-C reaches the supervisor alone, which stops everything in order.
    detached: true,
  });
  closeSync(log);
  const exited = exitOf(child);
  const stop = async () => void (await endChild(child, ["SIGTERM", "SIGKILL"], stopGraceMs));
  let timer: NodeJS.Timeout | undefined;
  try {
    const ready = await new Promise<ReadyMessage>((done, fail) => {
      const late = new Error(`the ${name} was not ready after ${startTimeoutMs / 1000} s; see ${logFile}`);
      timer = setTimeout(() => fail(late), startTimeoutMs);
      child.on("message", (message: ReadyMessage) => message.type === "ready" && done(message));
      exited.then(() => fail(new Error(`the ${name} ended before it was ready; see ${logFile}`)));
    });
    return { pid: child.pid ?? 0, exited, stop, url: ready.url };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
