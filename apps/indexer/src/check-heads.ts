import { askAgain } from "@genbo/chain/ask-again";
import { createBlockReader } from "@genbo/chain/blocks";
import { quantity } from "@genbo/chain/hex";
import { selectorOf } from "@genbo/chain/keccak";
import type { Rpc, RpcCall } from "@genbo/chain/rpc";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { writeEvents } from "@genbo/database/outbox/events-write";
import { catchingUp, openBreak } from "@genbo/database/register/breaks-write";
import type { Cursor } from "@genbo/database/register/cursor";
import { issueHeads } from "@genbo/database/register/heads";
import { newId } from "@genbo/domain/ids";
import type { Applied } from "./apply-lot.ts";
import type { LeaderContext } from "./context.ts";
import { breakNotice } from "./notices.ts";

/** What register and contract both know of a line of entries. */
interface Figures {
  issueId: string | null;
  contract: string;
  seq: number;
  values: Record<string, string>;
}

const selectors = {
  head: selectorOf("head()"),
  seq: selectorOf("seq()"),
  totalSupply: selectorOf("totalSupply()"),
};
type View = keyof typeof selectors;

const word = (value: number | bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

export interface HeadChecks {
  /** Remembers what a lot led to. */
  note(applied: Applied, registry: string): void;
  /** Begins to compare what no node has answered for yet with the contracts at the cursor's block. */
  compare(cursor: Cursor, registry: string): void;
  /** Once what was begun has ended. @throws what it ended with */
  compared(): Promise<void>;
}

type HeadContext = Pick<LeaderContext, "pool" | "rpc" | "leadership" | "log">;

export interface DifferingHead {
  issueId: string | null;
  registerSays: Record<string, string>;
  contractSays: Record<string, string>;
}

/** All lines of the register at `cursor` whose contract says otherwise, and for how many no node answers. */
export async function headsThatDiffer(
  context: Pick<HeadContext, "pool" | "rpc">,
  cursor: Cursor,
  registry: string,
): Promise<{ heads: DifferingHead[]; unanswered: number }> {
  const figures = await allFigures(context, cursor, registry);
  const { differing, unanswered } = await differences(context, figures, cursor.blockNumber);
  const heads = [...differing].map(([{ issueId, values }, contractSays]) => ({
    issueId,
    registerSays: values,
    contractSays,
  }));
  return { heads, unanswered: unanswered.length };
}

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

interface Compared {
  differing: Map<Figures, Record<string, string>>;
  unanswered: Figures[];
}

/** Those whose contract says otherwise and keeps to it, and those for which no node answers. */
async function differences(
  context: Pick<HeadContext, "rpc">,
  figures: readonly Figures[],
  block: number,
): Promise<Compared> {
  const unanswered: Figures[] = [];
  let open = figures;
  const differing = await askAgain(
    async () => {
      const found = await ask(context, open, block);
      unanswered.push(...found.unanswered);
      open = [...found.differing.keys()];
      return found.differing;
    },
    ({ size }) => size === 0,
  );
  return { differing, unanswered };
}

async function ask(
  { rpc }: Pick<HeadContext, "rpc">,
  figures: readonly Figures[],
  block: number,
): Promise<Compared> {
  const questions = figures.flatMap((each) =>
    (Object.keys(each.values) as View[]).map((view) => ({ each, view })),
  );
  const at = quantity(block);
  const calls = questions.map(
    ({ each, view }): RpcCall => ({
      method: "eth_call",
      params: [{ to: each.contract, data: `0x${selectors[view]}` }, at],
    }),
  );
  const answers = await rpc.batch(calls).catch((error: unknown) => {
    if (error instanceof NodeUnavailable) return undefined;
    throw error;
  });
  if (answers === undefined) return { differing: new Map(), unanswered: [...figures] };
  const differing: Compared["differing"] = new Map();
  const unanswered = new Set<Figures>();
  for (const [index, answer] of answers.entries()) {
    const { each, view } = questions[index]!;
    if ("error" in answer) unanswered.add(each);
    else if (answer.result !== each.values[view])
      differing.set(each, { ...differing.get(each), [view]: String(answer.result) });
  }
  for (const each of unanswered) differing.delete(each);
  return { differing, unanswered: [...unanswered] };
}

const registryFigures = ({ registrySeq: seq, registryHead: head }: Cursor, contract: string): Figures => ({
  issueId: null,
  contract,
  seq,
  values: { head, seq: word(seq) },
});

const issueFigures = (
  issueId: string,
  contract: string,
  { seq, head, units }: { seq: number; head: string; units: bigint },
): Figures => ({
  issueId,
  contract,
  seq,
  values: { head, seq: word(seq), totalSupply: word(units) },
});

function figuresOf({ folded, cursor }: Applied, registry: string): Figures[] {
  const issues = folded.issues.flatMap(({ issue, rows, fault }): Figures[] => {
    const totals = rows.at(-1)?.step.totals;
    const contract = [...folded.byToken].find(([, known]) => known.id === issue.id)?.[0];
    if (totals === undefined || contract === undefined || fault !== undefined) return [];
    return [issueFigures(issue.id, contract, totals)];
  });
  if (folded.registry.rows.length === 0 || folded.registry.fault !== undefined) return issues;
  return [...issues, registryFigures(cursor, registry)];
}

async function allFigures(
  { pool }: Pick<HeadContext, "pool">,
  cursor: Cursor,
  registry: string,
): Promise<Figures[]> {
  const issues = await issueHeads(pool);
  const figures = issues.map(({ issueId, token, ...line }) => issueFigures(issueId, token, line));
  // A registry without a line may not stand on the chain yet, or not any more.
  return cursor.registrySeq === 0 ? figures : [...figures, registryFigures(cursor, registry)];
}

async function report(
  { leadership, log }: HeadContext,
  { blockNumber, blockTime: at }: Cursor,
  { issueId, seq, values }: Figures,
  contractSays: Record<string, string>,
): Promise<void> {
  const kind = issueId === null ? "REGISTRY_HEAD_MISMATCH" : "HEAD_MISMATCH";
  const id = newId("brk", at);
  const detail = { registerSays: values, contractSays };
  log.error("a break", { id, issueId, kind, block: blockNumber, ...detail });
  await leadership.transaction(async (tx) => {
    await openBreak(tx, { id, issueId, kind, nextSeq: seq + 1, detail, blockNumber, at });
    await writeEvents(tx, [breakNotice(id, issueId, kind, { blockNumber, at })]);
  });
}
