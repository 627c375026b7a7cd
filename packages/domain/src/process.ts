import type { Log } from "./log.ts";

/** What a child tells the supervisor over the IPC channel once it can serve. */
export interface ReadyMessage {
  type: "ready";
  /** Base URL, from a process that serves HTTP. */
  url?: string;
}

export interface RunningService {
  url?: string;
  /** Finishes work in hand and lets go of every resource. */
  stop(): Promise<void>;
}

/** A process that does not end by itself within this time after it was asked to is ended, so that a restart is never stuck. */
const stopTimeoutMs = 15_000;

/**
 * Runs one process of the platform: starts it, tells the supervisor, and stops it on SIGTERM or SIGINT or when
 * the supervisor is gone (its IPC channel closes), so that nothing is left over after a `kill -9` of the parent.
 */
export async function runService(log: Log, start: () => Promise<RunningService>): Promise<void> {
  let service: RunningService | undefined;
  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info("stopping", { reason });
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    await service?.stop();
    process.exit(0);
  };
  const fail = (message: string) => (error: unknown) => {
    log.error(message, { error });
    process.exit(1);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => stop(signal).catch(fail("stop failed")));
  process.on("disconnect", () => stop("supervisor gone").catch(fail("stop failed")));
  process.on("uncaughtException", fail("uncaught exception"));
  process.on("unhandledRejection", fail("unhandled rejection"));
  try {
    service = await start();
  } catch (error) {
    fail("start failed")(error);
    return;
  }
  const ready: ReadyMessage = { type: "ready", ...(service.url === undefined ? {} : { url: service.url }) };
  process.send?.(ready);
  log.info("ready", { url: service.url });
}
