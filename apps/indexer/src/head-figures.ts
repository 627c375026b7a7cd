import { askAgain } from "@genbo/chain/ask-again";
import { quantity } from "@genbo/chain/hex";
import { selectorOf } from "@genbo/chain/keccak";
import type { RpcCall } from "@genbo/chain/rpc";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import type { Cursor } from "@genbo/database/register/cursor";
import { issueHeads } from "@genbo/database/register/heads";
import { uintWord } from "@genbo/domain/words";
import type { Applied } from "./apply-lot.ts";
import type { LeaderContext } from "./context.ts";

/** What register and contract both know of a line of entries. */
export interface Figures {
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

export interface DifferingHead {
  issueId: string | null;
  registerSays: Record<string, string>;
  contractSays: Record<string, string>;
}

/** All lines of the register at `cursor` whose contract says otherwise, and for how many no node answers. */
export async function headsThatDiffer(
  context: Pick<LeaderContext, "pool" | "rpc">,
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

interface Compared {
  differing: Map<Figures, Record<string, string>>;
  unanswered: Figures[];
}

/** Those whose contract says otherwise and keeps to it, and those for which no node answers. */
export async function differences(
  context: Pick<LeaderContext, "rpc">,
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
  { rpc }: Pick<LeaderContext, "rpc">,
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
  values: { head, seq: uintWord(seq) },
});

const issueFigures = (
  issueId: string,
  contract: string,
  { seq, head, units }: { seq: number; head: string; units: bigint },
): Figures => ({
  issueId,
  contract,
  seq,
  values: { head, seq: uintWord(seq), totalSupply: uintWord(units) },
});

export function figuresOf({ folded, cursor }: Applied, registry: string): Figures[] {
  const issues = folded.issues.flatMap(({ issue, lines, after, fault }): Figures[] => {
    if (lines.length === 0 || issue.token === null || fault !== undefined) return [];
    return [issueFigures(issue.id, issue.token, after)];
  });
  if (folded.registry.rows.length === 0 || folded.registry.fault !== undefined) return issues;
  return [...issues, registryFigures(cursor, registry)];
}

export async function allFigures(
  { pool }: Pick<LeaderContext, "pool">,
  cursor: Cursor,
  registry: string,
): Promise<Figures[]> {
  const issues = await issueHeads(pool);
  const figures = issues.map(({ issueId, token, ...line }) => issueFigures(issueId, token, line));
  // A registry without a line may not stand on the chain yet, or not any more.
  return cursor.registrySeq === 0 ? figures : [...figures, registryFigures(cursor, registry)];
}
