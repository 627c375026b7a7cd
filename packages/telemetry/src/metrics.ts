import { createServer } from "node:http";
import { collectDefaultMetrics, Registry } from "prom-client";

export { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Seconds: from a quick statement to what somebody would notice. */
export const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A registry of a process's own: several processes may live in one in tests. */
export const createRegistry = (): Registry => new Registry();

export interface MetricsServer {
  /** Where Prometheus scrapes. */
  url: string;
  close(): Promise<void>;
}

/**
 * Shows a process's metrics at `/metrics` of a port of its own. It belongs on loopback or an operators' network: they
 * have no personal data but name nodes and lanes. @returns undefined with port 0
 */
export async function serveMetrics(
  registry: Registry,
  { metricsHost, metricsPort }: { metricsHost: string; metricsPort: number },
): Promise<MetricsServer | undefined> {
  if (metricsPort === 0) return undefined;
  collectDefaultMetrics({ register: registry });
  const server = createServer(async (request, response) => {
    if (request.url !== "/metrics" || request.method !== "GET") {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType }).end(text);
    } catch {
      // A gauge asks the database, which may be away.
      response.writeHead(503).end();
    }
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(metricsPort, metricsHost, done);
  });
  return {
    url: `http://${metricsHost}:${metricsPort}/metrics`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
