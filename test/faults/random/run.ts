import { cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@genbo/cli/demo/random";
import type { Failpoint } from "@genbo/domain/failpoints";
import { openSmallVolume } from "../../support/small-volume.ts";
import { openBooks } from "./books.ts";
import { chooseFault } from "./faults.ts";
import { runLoad } from "./load.ts";
import { verifyWorld } from "./verify.ts";
import { openWorld } from "./world.ts";

export interface FaultReport {
  runs: number;
  seed: number;
  operations: number;
  entered: number;
  refused: number;
  /** Requests whose first answer was lost. */
  repeated: number;
  /** Requests that a rule refused at the door, by code. */
  refusedAtOnce: Record<string, number>;
  /** How often each thing went wrong. */
  faults: Record<string, number>;
  /** How often a process died in each window of the way through. */
  windows: Record<string, number>;
  /** What could not be tried on this machine, and why. */
  skipped: string[];
  seconds: number;
}

/** The windows of the way through, and the failpoints that lie in each. */
const windows: Readonly<Record<string, readonly Failpoint[]>> = {
  "before the request is stored": ["api.decided"],
  "after the request is stored": ["api.committed"],
  "before store": ["worker.beforeStore"],
  "after store": ["worker.stored"],
  "after send": ["worker.broadcast", "worker.sent"],
  "after mine": ["indexer.read"],
  "before commit": ["indexer.applied"],
  "after commit": ["indexer.committed"],
};

export interface FaultOptions {
  runs: number;
  seed: number;
  /** A mounted small volume for the database to be filled. Without one, root makes one. */
  volume?: string | undefined;
}

/** One or two faults a run, some of them at once. */
const faultsMax = 2;
const latestStartMs = 400;

/**
 * Runs a mixed load so many times, each time while something dies, halts or is cut off, and checks after each that
 * nothing is lost and nothing doubled. The seed repeats the choices, not the microseconds.
 * @throws at the first run that is wrong, naming it
 */
export async function runFaults(
  { runs, seed, volume }: FaultOptions,
  say: (line: string) => void,
): Promise<FaultReport> {
  const report: FaultReport = {
    ...{ runs, seed, operations: 0, entered: 0, refused: 0, repeated: 0, refusedAtOnce: {} },
    ...{ faults: {}, windows: {}, skipped: [], seconds: 0 },
  };
  const started = performance.now();
  const notices: string[] = [];
  const smallVolume = openSmallVolume(volume);
  if (typeof smallVolume === "string") report.skipped.push(`a full disk: ${smallVolume}`);
  const given = typeof smallVolume === "string" ? undefined : smallVolume;
  const world = await openWorld((line) => notices.push(line), given).catch((error: unknown) => {
    given?.remove();
    throw error;
  });
  try {
    const books = await openBooks(world.pool);
    let turn = 0;
    for (let run = 1; run <= runs; run += 1) {
      const random = seededRandom(`${seed}:${run}`);
      const faults = Array.from({ length: 1 + random.int(faultsMax) }, () => chooseFault(random, turn++));
      const names = faults.map(({ name }) => name).join(", ");
      say(`run ${run}: ${names}`);
      try {
        const strikes = faults.map(async (fault) => {
          if (!fault.waits) await sleep(random.int(latestStartMs));
          if (await fault.strike(world)) report.faults[fault.name] = (report.faults[fault.name] ?? 0) + 1;
        });
        const load = runLoad(world, random, `run-${seed}-${run}`);
        const [asked] = await Promise.all([load, ...strikes]);
        await verifyWorld(world, books, asked);
        const { operations, refused, repeated } = asked;
        for (const { state } of operations) report[state === "entered" ? "entered" : "refused"] += 1;
        report.operations += operations.length;
        report.repeated += repeated;
        for (const code of refused) report.refusedAtOnce[code] = (report.refusedAtOnce[code] ?? 0) + 1;
      } catch (error) {
        const logs = join(tmpdir(), `genbo-faults-${seed}-${run}`);
        cpSync(world.stack.folder.logs, logs, { recursive: true });
        const story = [...notices.slice(-20), `The processes' logs are kept in ${logs}.`].join("\n");
        throw new Error(`Run ${run} of seed ${seed} (${names}) is wrong.\n${story}`, { cause: error });
      }
    }
  } finally {
    await world.close();
    given?.remove();
  }
  for (const [window, points] of Object.entries(windows))
    report.windows[window] = points.reduce(
      (sum, point) => sum + (report.faults[`failpoint ${point}`] ?? 0),
      0,
    );
  report.seconds = Math.round((performance.now() - started) / 1000);
  return report;
}
