import type { Anvil } from "@genbo/chain/anvil";
import { dumpState } from "@genbo/chain/anvil-state";
import type { Unit } from "./supervisor-unit.ts";

const checkEveryMs = 5_000;
const dumpEveryMs = 60_000;

/** Writes the chain to disk at most once a minute, when its head moved, and once more at the end. */
export function keepDumps(
  anvil: Unit<Anvil>,
  dir: string,
  notice: (line: string) => void,
): () => Promise<void> {
  let head = "";
  let dumpedAt = Date.now();
  let running: Promise<void> = Promise.resolve();

  const dump = async (run: Anvil) => {
    const now = await run.rpc.call<string>("eth_blockNumber");
    if (now === head) return;
    await dumpState(run.rpc, dir);
    head = now;
    dumpedAt = Date.now();
  };
  const report = (error: unknown) =>
    notice(`the chain was not dumped: ${error instanceof Error ? error.message : error}`);

  const timer = setInterval(() => {
    const run = anvil.current();
    if (run === undefined || Date.now() - dumpedAt < dumpEveryMs) return;
    // Counted from now, so that a slow or failing dump is not tried again at each check.
    dumpedAt = Date.now();
    running = running.then(() => dump(run)).catch(report);
  }, checkEveryMs);

  return async () => {
    clearInterval(timer);
    await running;
    const run = anvil.current();
    if (run !== undefined) await dump(run).catch(report);
  };
}
