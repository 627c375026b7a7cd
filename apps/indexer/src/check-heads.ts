import { createBlockReader } from "@genbo/chain/blocks";
import type { Rpc } from "@genbo/chain/rpc";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { catchingUp } from "@genbo/database/register/breaks-write";
import type { Cursor } from "@genbo/database/register/cursor";
import type { Applied } from "./apply-lot.ts";
import type { LeaderContext } from "./context.ts";
import { allFigures, differences, type Figures, figuresOf } from "./head-figures.ts";
import { type FoundBreak, openBreaks } from "./open-breaks.ts";

export interface HeadChecks {
  /** Remembers what a lot led to. */
  note(applied: Applied, registry: string): void;
  /** Begins to compare what no node has answered for yet with the contracts at the cursor's block. */
  compare(cursor: Cursor, registry: string): void;
  /** Once what was begun has ended. @throws what it ended with */
  compared(): Promise<void>;
}

type HeadContext = Pick<LeaderContext, "pool" | "rpc" | "leadership" | "log">;

/**
 * Compares the heads, numbers and sums of the register with what the contracts say at the chain's head: an entry that
 * the node has kept from us shows here. A line stays due until a node has answered for it, over any number of blocks;
 * after a start all of them are due.
 */
export function createHeadChecks(context: HeadContext): HeadChecks {
  const { pool, log } = context;
  let due: Map<string, Figures> | undefined;
  let isBehind = false;
  let comparing: Promise<void> | undefined;

  const say = (unanswered: number, block: number) => {
    if (unanswered > 0 && !isBehind)
      log.warn("heads were not compared: no node answers for them; they stay due", { block, unanswered });
    if (unanswered === 0 && isBehind) log.info("all heads are compared again", { block });
    isBehind = unanswered > 0;
  };

  const compareAll = async (cursor: Cursor, registry: string) => {
    due ??= byContract(await allFigures(context, cursor, registry));
    const { differing, unanswered } = await differences(context, [...due.values()], cursor.blockNumber);
    // Of a block that the chain has not any more these are no figures of ours to judge.
    if (differing.size > 0 && !(await isOnChain(context.rpc, cursor))) return;
    due = byContract(unanswered);
    say(unanswered.length, cursor.blockNumber);
    if (differing.size === 0) return;
    // What a break holds back differs for a known reason.
    const behind = await catchingUp(pool);
    for (const [each, contractSays] of differing)
      if (!behind.has(each.issueId)) await report(context, cursor, each, contractSays);
  };

  return {
    note: (applied, registry) => {
      for (const each of figuresOf(applied, registry)) due?.set(each.contract, each);
    },
    compare: (cursor, registry) => {
      comparing = compareAll(cursor, registry);
      // Whoever waits for it hears of it.
      comparing.catch(() => undefined);
    },
    compared: async () => {
      const last = comparing;
      comparing = undefined;
      await last;
    },
  };
}

/** When no node says that the cursor's block is there, it is not. */
async function isOnChain(rpc: Rpc, { blockNumber: number, blockHash: hash }: Cursor): Promise<boolean> {
  try {
    return await createBlockReader(rpc).has({ number, hash });
  } catch (error) {
    if (error instanceof NodeUnavailable) return false;
    throw error;
  }
}

const byContract = (figures: readonly Figures[]): Map<string, Figures> =>
  new Map(figures.map((each) => [each.contract, each]));

async function report(
  { leadership, log }: HeadContext,
  { blockNumber, blockTime: at }: Cursor,
  { issueId, seq, values }: Figures,
  contractSays: Record<string, string>,
): Promise<void> {
  const kind = issueId === null ? "REGISTRY_HEAD_MISMATCH" : "HEAD_MISMATCH";
  const detail = { registerSays: values, contractSays };
  const found: FoundBreak = { issueId, kind, nextSeq: seq + 1, detail, blockNumber, at };
  await leadership.transaction((tx) => openBreaks(tx, log, [found]));
}
