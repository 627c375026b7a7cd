import { leftOut } from "@genbo/chain/nodes/judge";
import type { Nodes } from "@genbo/chain/nodes/nodes";
import { openByKind } from "@genbo/database/register/breaks";
import { registerHead } from "@genbo/database/server/status";
import type { Pool } from "@genbo/database/sql/connection";
import { Counter, Gauge, Histogram, type Registry, secondsBuckets } from "@genbo/telemetry/metrics";

/** What one lot brought into the register. */
export interface EnteredLot {
  blocks: number;
  /** Number of its last block. */
  block: number;
  entries: number;
  transactions: number;
  /** Our commands that ended, by state and code. */
  outcomes: readonly { state: string; code: string }[];
  /** From the node's answer to the commit, and what of it was folding and writing. */
  lagMs: number;
  foldMs: number;
}

export interface IndexerMetrics {
  entered(lot: EnteredLot): void;
  leads(now: boolean): void;
}

type WatchedNodes = Pick<Nodes, "health">;

export function createIndexerMetrics(registry: Registry, pool: Pool, nodes: WatchedNodes): IndexerMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const seconds = (name: string, help: string) =>
    new Histogram({ name, help, buckets: secondsBuckets, registers });
  const blocks = counter("genbo_blocks_entered_total", "Blocks that entered the register");
  const transactions = counter("genbo_transactions_mined_total", "Transactions of ours in those blocks");
  const entries = counter("genbo_entries_total", "Lines that entered; its rate is the fold rate");
  const ended = new Counter({
    name: "genbo_commands_ended_total",
    help: "Rows of operations by how they ended and with which code",
    labelNames: ["state", "code"],
    registers,
  });
  const block = gauge("genbo_register_block", "Last block in the register");
  const lag = seconds(
    "genbo_block_to_register_seconds",
    "From a block's arrival at this process to its entry",
  );
  const fold = seconds("genbo_fold_seconds", "Time in which a lot of blocks is folded and written");
  const leads = gauge("genbo_leads", "1 for the indexer that writes the register");
  addLag(registry, pool, nodes);
  addBreaks(registry, pool);
  return {
    leads: (now) => leads.set(now ? 1 : 0),
    entered: (lot) => {
      blocks.inc(lot.blocks);
      transactions.inc(lot.transactions);
      entries.inc(lot.entries);
      for (const outcome of lot.outcomes) ended.inc({ ...outcome });
      block.set(lot.block);
      lag.observe(lot.lagMs / 1000);
      fold.observe(lot.foldMs / 1000);
    },
  };
}

/** Reckoned when somebody scrapes: a register that stands still enters nothing that could say so. */
function addLag(registry: Registry, pool: Pool, nodes: WatchedNodes): void {
  let head = 0;
  new Gauge({
    name: "genbo_register_lag_blocks",
    help: "Blocks that the nodes have and the register has not",
    registers: [registry],
    async collect() {
      const heads = nodes.health().flatMap((each) => (leftOut.has(each.state) ? [] : (each.head ?? [])));
      // While no node answers the last head that one had counts.
      if (heads.length > 0) head = Math.max(...heads);
      const register = await registerHead(pool);
      this.set(Math.max(0, head - (register?.block ?? 0)));
    },
  });
}

function addBreaks(registry: Registry, pool: Pool): void {
  new Gauge({
    name: "genbo_breaks_open",
    help: "Breaks that two persons have to close, by kind",
    labelNames: ["kind"],
    registers: [registry],
    async collect() {
      const kinds = await openByKind(pool);
      this.reset();
      for (const { kind, open } of kinds) this.set({ kind }, open);
    },
  });
}
