import { createBlockReader } from "@genbo/chain/blocks";
import { newFirst } from "@genbo/database/reconcile/rebuild-tables";
import { createPool } from "@genbo/database/sql/connection";
import { silentLog } from "@genbo/domain/log";
import type { StackInProcess } from "../../../test/support/stack-in-process.ts";
import { leadRebuild } from "../src/rebuild-lead.ts";
import type { ReindexContext } from "../src/reindex.ts";
import { type ReindexOptions, runReindex } from "../src/reindex-run.ts";

export type Reindex = (
  options?: Partial<ReindexOptions>,
  over?: Partial<ReindexContext>,
  /** Receives the lines as they are said. */
  lines?: string[],
) => Promise<{ code: number; text: string }>;

/** `genbo reindex` in this process, on a stack. */
export const reindexOn =
  (stack: StackInProcess): Reindex =>
  async (options = {}, over = {}, lines = []) => {
    const url = stack.database.urls.genbo;
    const leadership = await leadRebuild(url);
    const pool = createPool(url, { max: 2, schemas: newFirst });
    const reads = createPool(url, { max: 2, schemas: newFirst, pipeline: true });
    const { rpc } = stack.anvil();
    const reader = createBlockReader(rpc);
    const [genesis] = await reader.hashesAt([0]);
    try {
      const context = {
        ...{ pool, reads, rpc, reader, leadership, clock: stack.clock },
        ...{ confirm: async () => true, local: true, log: silentLog, reach: () => undefined },
        chain: { chainId: 31_337, genesisHash: genesis! },
        code: "test",
        signal: new AbortController().signal,
        ...over,
      };
      const all = { switch: false, anew: false, openBreaks: false, dropOld: false, json: false, ...options };
      const code = await runReindex(context, "console:test", all, (line) => lines.push(line));
      return { code, text: lines.join("\n") };
    } finally {
      await leadership.resign();
      await Promise.all([pool.end(), reads.end()]);
    }
  };
