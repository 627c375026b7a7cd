import { Counter, Gauge, Histogram, type Registry, secondsBuckets } from "@genbo/telemetry/metrics";

/** What the api counts. Labels are routes, kinds and codes: nothing that a caller chose. */
export interface ApiMetrics {
  requested(route: string, status: number, ms: number): void;
  accepted(kind: string, rows: number): void;
  refused(code: string): void;
}

export function createApiMetrics(registry: Registry, outboxWaiting: () => number): ApiMetrics {
  const registers = [registry];
  const requests = new Histogram({
    name: "genbo_request_seconds",
    help: "Requests by route and status, from their first byte to the answer's last",
    labelNames: ["route", "status"],
    buckets: secondsBuckets,
    registers,
  });
  const operations = new Counter({
    name: "genbo_operations_accepted_total",
    help: "Operations accepted for the chain",
    labelNames: ["kind"],
    registers,
  });
  const rows = new Counter({
    name: "genbo_commands_accepted_total",
    help: "Rows of those operations",
    labelNames: ["kind"],
    registers,
  });
  const problems = new Counter({
    name: "genbo_problems_total",
    help: "Requests answered with a problem, by its code",
    labelNames: ["code"],
    registers,
  });
  new Gauge({
    name: "genbo_outbox_rows",
    help: "Rows that wait to be sent, as this process counts them",
    registers,
    collect() {
      this.set(outboxWaiting());
    },
  });
  return {
    requested: (route, status, ms) => requests.observe({ route, status }, ms / 1000),
    accepted: (kind, count) => {
      operations.inc({ kind });
      rows.inc({ kind }, count);
    },
    refused: (code) => problems.inc({ code }),
  };
}
