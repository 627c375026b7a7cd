import { setTimeout as sleep } from "node:timers/promises";
import { quantity } from "@genbo/chain/hex";
import { selectorOf } from "@genbo/chain/keccak";
import type { RpcCall } from "@genbo/chain/rpc";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import { openBreak } from "@genbo/database/breaks-write";
import { writeEvents } from "@genbo/database/events-write";
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

/** A difference is a break only when it stays. */
const askAgainMs = [50, 200, 800];

const word = (value: number | bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

type Differences = Map<Figures, Record<string, string>>;

/**
 * Compares the heads, numbers and sums that a lot led to with what the contracts say at its last block: an entry that
 * the node has kept from us shows here. A node that has forgotten the state of that block is not asked again.
 */
export async function checkHeads(context: LeaderContext, applied: Applied, registry: string): Promise<void> {
  const figures = figuresOf(applied, registry);
  const block = applied.cursor.blockNumber;
  let differing = await differences(context, figures, block);
  // anvil answers for its best block from a state that the block it is mining has changed already.
  for (const pauseMs of askAgainMs) {
    if (differing.size === 0) return;
    await sleep(pauseMs);
    differing = await differences(context, [...differing.keys()], block);
  }
  for (const [each, contractSays] of differing) await report(context, applied, each, contractSays);
}

async function differences(
  context: LeaderContext,
  figures: readonly Figures[],
  block: number,
): Promise<Differences> {
  const at = quantity(block);
  const questions = figures.flatMap((each) =>
    (Object.keys(each.values) as View[]).map((view) => ({ each, view })),
  );
  const calls = questions.map(
    ({ each, view }): RpcCall => ({
      method: "eth_call",
      params: [{ to: each.contract, data: `0x${selectors[view]}` }, at],
    }),
  );
  const answers = await context.rpc.batch(calls).catch((error: unknown) => {
    if (error instanceof NodeUnavailable) return [];
    throw error;
  });
  const differing: Differences = new Map();
  for (const [index, answer] of answers.entries()) {
    const { each, view } = questions[index]!;
    if ("error" in answer || answer.result === each.values[view]) continue;
    differing.set(each, { ...differing.get(each), [view]: String(answer.result) });
  }
  return differing;
}

function figuresOf({ folded, cursor }: Applied, registry: string): Figures[] {
  const issues = folded.issues.flatMap(({ issue, rows, fault }): Figures[] => {
    const totals = rows.at(-1)?.step.totals;
    const contract = [...folded.byToken].find(([, known]) => known.id === issue.id)?.[0];
    if (totals === undefined || contract === undefined || fault !== undefined) return [];
    const values = { head: totals.head, seq: word(totals.seq), totalSupply: word(totals.units) };
    return [{ issueId: issue.id, contract, seq: totals.seq, values }];
  });
  if (folded.registry.rows.length === 0 || folded.registry.fault !== undefined) return issues;
  const { registrySeq: seq, registryHead: head } = cursor;
  return [...issues, { issueId: null, contract: registry, seq, values: { head, seq: word(seq) } }];
}

async function report(
  { leadership, log }: LeaderContext,
  { cursor }: Applied,
  { issueId, seq, values }: Figures,
  contractSays: Record<string, string>,
): Promise<void> {
  const kind = issueId === null ? "REGISTRY_HEAD_MISMATCH" : "HEAD_MISMATCH";
  const { blockNumber, blockTime: at } = cursor;
  const id = newId("brk", at);
  const detail = { registerSays: values, contractSays };
  log.error("a break", { id, issueId, kind, block: blockNumber, ...detail });
  await leadership.transaction(async (tx) => {
    await openBreak(tx, { id, issueId, kind, nextSeq: seq + 1, detail, blockNumber, at });
    await writeEvents(tx, [breakNotice(id, issueId, kind, { blockNumber, at })]);
  });
}
