import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { BareServerTask } from "./bare-server.ts";

/** Starts the bare server as a process of its own, as the api is one. */
export async function startBareServer(
  task: BareServerTask,
): Promise<{ url: string; pid: number | undefined; stop(): void }> {
  const child = fork(join(import.meta.dirname, "bare-server.ts"), { serialization: "advanced" });
  child.send(task);
  const [url] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`The bare server ended with code ${code}.`);
    }),
  ])) as [string];
  return { url, pid: child.pid, stop: () => child.kill() };
}
