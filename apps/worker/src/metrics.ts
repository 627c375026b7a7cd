import { type LaneState, laneStates } from "@genbo/database/outbox/lanes";
import { queuedUpTo } from "@genbo/database/outbox/outbox";
import type { Pool } from "@genbo/database/sql/connection";
import { Counter, Gauge, Histogram, type Registry, secondsBuckets } from "@genbo/telemetry/metrics";

export interface WorkerMetrics {
  /** A batch was signed and stored. */
  stored(call: string, rows: number): void;
  /** A node has taken a transaction. */
  sent(seconds: number): void;
  resent(): void;
}

/** Rows counted at most for the gauge. */
const countedMax = 1_000_000;

export function createWorkerMetrics(registry: Registry, pool: Pool): WorkerMetrics {
  const registers = [registry];
  const batches = new Histogram({
    name: "genbo_batch_rows",
    help: "Rows of each transaction that was stored",
    labelNames: ["call"],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers,
  });
  const sends = new Histogram({
    name: "genbo_send_seconds",
    help: "Time in which a node takes a transaction",
    buckets: secondsBuckets,
    registers,
  });
  const resent = new Counter({
    name: "genbo_transactions_resent_total",
    help: "Stored transactions offered to a node again",
    registers,
  });
  new Gauge({
    name: "genbo_commands_queued",
    help: "Rows that wait for their transaction",
    registers,
    async collect() {
      this.set(await queuedUpTo(pool, countedMax));
    },
  });
  addLaneMetrics(registry, pool);
  return {
    stored: (call, rows) => batches.observe({ call }, rows),
    sent: (seconds) => sends.observe(seconds),
    resent: () => resent.inc(),
  };
}

/** Each asks for itself: gauges are collected side by side, and what one sets of another would be a scrape late. */
function addLaneMetrics(registry: Registry, pool: Pool): void {
  const addOfEach = (name: string, help: string, value: (lane: LaneState) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["signer"],
      registers: [registry],
      async collect() {
        const lanes = await laneStates(pool);
        this.reset();
        for (const lane of lanes) this.set({ signer: lane.signer }, value(lane));
      },
    });
  addOfEach(
    "genbo_lane_transactions_open",
    "Transactions of a lane that no block holds yet",
    ({ open }) => open,
  );
  addOfEach("genbo_lane_stopped", "1 for a lane that has stopped; /status says why", ({ stopped }) =>
    Number(stopped),
  );
  new Gauge({
    name: "genbo_lanes",
    help: "Lanes by whether a worker holds them",
    labelNames: ["held"],
    registers: [registry],
    async collect() {
      const lanes = await laneStates(pool);
      this.set({ held: "yes" }, lanes.filter(({ held }) => held).length);
      this.set({ held: "no" }, lanes.filter(({ held }) => !held).length);
    },
  });
}
