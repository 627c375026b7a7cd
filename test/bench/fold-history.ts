import type { ChainBlock } from "@genbo/chain/blocks";
import type { Stack } from "@genbo/cli/supervisor";
import { writeDeployment } from "@genbo/database/outbox/deployment";
import { cursorOf, insertBlocks, writeCursor } from "@genbo/database/register/cursor";
import { createPool, withTransaction } from "@genbo/database/sql/connection";
import { tryLead } from "@genbo/database/sql/leader";
import { silentLog } from "@genbo/domain/log";
import { zeroWord } from "@genbo/domain/words";
import { applyLot } from "@genbo/indexer/apply-lot";
import { enterLots } from "@genbo/indexer/enter-lots";
import { nextLot } from "@genbo/indexer/plan-lots";
import { createHistory, type History, type HistoryPlan } from "./history.ts";

/** Blocks that the follower reads at once while catching up, as full as these are. */
const blocksRead = 30;

export interface FoldedHistory {
  history: History;
  /** Registrations and entries, and the time that folding and writing them took. */
  records: number;
  recordsMs: number;
  entries: number;
  entriesMs: number;
  /** Processor time that this process took for the entries; PostgreSQL's is not in it. */
  processMs: number;
}

export interface FoldWatch {
  /** Called once, when a tenth of the entries stand. */
  between?(folded: FoldedHistory): Promise<void>;
  /** Told at each further tenth. */
  say?(line: string): void;
}

/**
 * Folds a synthetic chain into the stack's database by the indexer's own functions, lot by lot as it catches up. The
 * making of the blocks is not measured.
 */
export async function foldHistory(
  { urls, clock }: Stack,
  plan: HistoryPlan,
  { between = async () => undefined, say = () => undefined }: FoldWatch = {},
): Promise<FoldedHistory> {
  const history = createHistory(plan);
  await openHistory(urls.database, history, plan);
  const leadership = await tryLead(urls.database.genbo_indexer);
  if (leadership === undefined) throw new Error("Another indexer leads.");
  const pool = createPool(urls.database.genbo_indexer, { max: 4 });
  const { deployment, issues } = history;
  const facts = {
    codeHashes: new Map(issues.map(({ token, ref }) => [token, ref])),
    revertCodes: new Map<string, number>(),
  };
  const folded: FoldedHistory = { history, records: 0, recordsMs: 0, entries: 0, entriesMs: 0, processMs: 0 };
  let paused = false;
  let told = 0;
  const lots = enterLots(await cursorOf(pool), {
    db: pool,
    log: silentLog,
    plan: async (blocks) => ({ ...nextLot(blocks), facts, deployment, quarantined: new Set() }),
    write: (prepared, from) =>
      leadership.transaction((tx) => applyLot(tx, prepared, from, { now: clock.now(), log: silentLog })),
  });
  /** @param next what the follower has read meanwhile */
  const applyAll = async (blocks: ChainBlock[], next?: ChainBlock[]) => {
    let [started, before] = [performance.now(), process.cpuUsage()];
    for await (const { done } of lots.enter(blocks, { next: () => next })) {
      count(folded, done.folded, performance.now() - started, before);
      [started, before] = [performance.now(), process.cpuUsage()];
    }
    if (folded.entries - told >= plan.entries / 10) {
      told = folded.entries;
      say(`  ${told} entries, ${Math.round((told * 1000) / folded.entriesMs)}/s so far`);
    }
    if (!paused && folded.entries >= plan.entries / 10) {
      paused = true;
      await between(folded);
    }
  };
  try {
    let [read, next]: [ChainBlock[], ChainBlock[]] = [[], []];
    for (const block of history.blocks()) {
      next.push(block);
      if (next.length < blocksRead) continue;
      await applyAll(read, next);
      [read, next] = [next, []];
    }
    await applyAll(read, next);
    await applyAll(next);
    return folded;
  } finally {
    await leadership.resign();
    await pool.end();
  }
}

interface Applied {
  registry: { rows: readonly unknown[] };
  issues: readonly { lines: readonly unknown[]; fault: unknown }[];
}

/** A lot that mixes registrations and entries (there is one such) counts as entries. */
function count(
  folded: FoldedHistory,
  { registry, issues }: Applied,
  ms: number,
  before: NodeJS.CpuUsage,
): void {
  if (issues.some(({ fault }) => fault !== undefined)) throw new Error("The synthetic chain does not fold.");
  const entries = issues.reduce((sum, { lines }) => sum + lines.length, 0);
  folded.records += registry.rows.length;
  folded.entries += entries;
  const used = process.cpuUsage(before);
  if (entries > 0) folded.processMs += (used.user + used.system) / 1_000;
  if (entries > 0) folded.entriesMs += ms;
  else folded.recordsMs += ms;
}

/** What a database has before the first block of a history: parties, issues, the contracts' addresses, a cursor. */
export async function openHistory(
  urls: Pick<Stack["urls"]["database"], "genbo" | "genbo_worker" | "genbo_indexer">,
  history: History,
  plan: HistoryPlan,
): Promise<void> {
  await insertParties(urls.genbo, history, plan);
  await insertDeployment(urls.genbo_worker, history, plan);
  await beginRegister(urls.genbo_indexer, history);
}

/** Issues that wait for their tokens, and the parties that stand behind them. */
async function insertParties(url: string, { issues }: History, plan: HistoryPlan): Promise<void> {
  const pool = createPool(url, { max: 1 });
  try {
    await pool.query(
      `insert into party (id, kind, name, custodian_id, issuer_role, created_at) values
         ('pty_issuer', 'issuer', '発行者', null, 1000, $1), ('pty_trustee', 'trustee', '受託者', null, null, $1),
         ('pty_broker1', 'broker', '証券会社 1', 1, null, $1), ('pty_broker2', 'broker', '証券会社 2', 2, null, $1)`,
      [plan.from],
    );
    await pool.query(
      `insert into issue (id, ref, issuer_id, trustee_id, profile, name, symbol, terms, terms_hash, certificateless,
         total_units, unit_price_yen, min_units, lot, policy, state, maker, checker, created_at, decided_at)
       select t.id, t.ref, 'pty_issuer', 'pty_trustee', 'TRUST_BENEFICIAL', '測定用', 'BENCH', '{}', t.ref, true,
         1000000000000000, 1, 1, 1, $3, 'approved', 'maker', 'checker', $4, $4
       from unnest($1::text[], $2::text[]) as t (id, ref)`,
      [issues.map(({ id }) => id), issues.map(({ ref }) => ref), zeroWord, plan.from],
    );
  } finally {
    await pool.end();
  }
}

async function insertDeployment(url: string, { deployment }: History, { from }: HistoryPlan): Promise<void> {
  const pool = createPool(url, { max: 1 });
  await writeDeployment(pool, deployment, from).finally(() => pool.end());
}

async function beginRegister(url: string, { genesis, deployment }: History): Promise<void> {
  const pool = createPool(url, { max: 1 });
  try {
    await withTransaction(pool, async (tx) => {
      await insertBlocks(tx, [genesis]);
      await writeCursor(tx, {
        blockNumber: genesis.number,
        blockHash: genesis.hash,
        blockTime: new Date(genesis.time * 1000),
        genesisHash: deployment.genesisHash,
        registrySeq: 0,
        registryHead: zeroWord,
      });
    });
  } finally {
    await pool.end();
  }
}
