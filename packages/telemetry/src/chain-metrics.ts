import { Gauge, type Registry } from "./metrics.ts";

/** What is known of the chain's nodes (`openNodes` of packages/chain has it). */
export interface WatchedNodes {
  health(): readonly { node: string; state: string; head: number | null; peers: number | null }[];
  progress(): { state: string };
}

/** Gauges of the nodes as this process sees them, read when somebody scrapes. */
export function addNodeMetrics(registry: Registry, nodes: WatchedNodes): void {
  const registers = [registry];
  new Gauge({
    name: "genbo_node_state",
    help: "1 for the state that each node is in",
    labelNames: ["node", "state"],
    registers,
    collect() {
      this.reset();
      for (const { node, state } of nodes.health()) this.set({ node, state }, 1);
    },
  });
  new Gauge({
    name: "genbo_node_head",
    help: "Newest block of each node",
    labelNames: ["node"],
    registers,
    collect() {
      this.reset();
      for (const { node, head } of nodes.health()) if (head !== null) this.set({ node }, head);
    },
  });
  new Gauge({
    name: "genbo_chain_halted",
    help: "1 while the chain makes no blocks or no node answers",
    registers,
    collect() {
      this.set(nodes.progress().state === "running" ? 0 : 1);
    },
  });
}

/** What is known of a pool of database connections. */
export interface WatchedPool {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

export function addPoolMetrics(registry: Registry, pool: WatchedPool): void {
  new Gauge({
    name: "genbo_database_connections",
    help: "Connections of this process by what they do, and queries that wait for one",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
      this.set({ state: "idle" }, pool.idleCount);
      this.set({ state: "waiting" }, pool.waitingCount);
    },
  });
}
