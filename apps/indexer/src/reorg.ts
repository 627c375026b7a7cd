import { WrongChain } from "@genbo/chain/identity";
import { writeEvents } from "@genbo/database/outbox/events-write";
import { reorgDecision } from "@genbo/database/register/breaks-write";
import { blocksDown, type Cursor, readCursor } from "@genbo/database/register/cursor";
import { rollBack } from "@genbo/database/register/rollback";
import type { LeaderContext } from "./context.ts";
import { forkStep } from "./limits.ts";
import { type FoundBreak, openBreaks } from "./open-breaks.ts";

/**
 * Takes the register back to the last block that it and the chain share.
 * @returns false where that may not happen (a QBFT block is final) until the break that it opens is closed
 * @throws WrongChain when they share no block
 */
export async function handleReorg(context: LeaderContext): Promise<boolean> {
  const { leadership, pool, log, clock } = context;
  const cursor = await readCursor(pool);
  if (cursor === undefined) return true;
  if (!context.local) {
    const standing = await standingOf(context, cursor);
    if (standing !== "left") return standing === "same";
  }
  const fork = await findFork(context, cursor);
  if (fork === cursor.blockNumber) return true;
  if (!context.local && !(await mayRollBack(context, cursor, fork))) return false;
  const done = await leadership.transaction(async (tx) => {
    const back = await rollBack(tx, fork, clock.now());
    const data = { fork, from: back.from, entries: back.entries };
    const at = cursor.blockTime;
    const event = { kind: "chain.rolledBack", partyIds: [], subjectId: null, data, blockNumber: fork, at };
    const whom = back.issueIds.length === 0 ? [null] : back.issueIds;
    await writeEvents(
      tx,
      whom.map((issueId) => ({ ...event, issueId })),
    );
    return back;
  });
  log.warn("the chain went back, and the register with it", { ...done });
  return true;
}

/** One node that has left the chain is that node's fault; when two have, something is wrong with the chain. */
async function standingOf(
  { reader, confirm, log }: LeaderContext,
  cursor: Cursor,
): Promise<"same" | "unclear" | "left"> {
  const [hash] = await reader.hashesAt([cursor.blockNumber]);
  if (hash === cursor.blockHash) return "same";
  if (hash !== undefined && (await confirm({ number: cursor.blockNumber, hash }))) return "left";
  log.warn("a node has not the block of the register", { block: cursor.blockNumber, hash });
  return "unclear";
}

/** The highest processed block that the node still has. */
async function findFork({ pool, reader }: LeaderContext, cursor: Cursor): Promise<number> {
  for (let below = cursor.blockNumber + 1; ; ) {
    const known = await blocksDown(pool, below, forkStep);
    const last = known.at(-1);
    if (last === undefined) {
      throw new WrongChain(
        "The node's chain shares no block with the register. Point CHAIN_RPC_URLS at the right chain.",
      );
    }
    const hashes = await reader.hashesAt(known.map(({ number }) => number));
    const found = known.find(({ hash }, index) => hashes[index] === hash);
    if (found !== undefined) return found.number;
    below = last.number;
  }
}

/** On a chain with finality somebody must have decided, by closing the break with a reason. */
async function mayRollBack(context: LeaderContext, cursor: Cursor, fork: number): Promise<boolean> {
  const decision = await reorgDecision(context.pool, cursor.blockHash);
  if (decision === "closed") return true;
  if (decision === "open") return false;
  const { blockNumber, blockTime: at } = cursor;
  const detail = { cursorHash: cursor.blockHash, fork };
  const nextSeq = cursor.registrySeq + 1;
  const found: FoundBreak = { issueId: null, kind: "REORG", nextSeq, detail, blockNumber, at };
  await context.leadership.transaction((tx) => openBreaks(tx, context.log, [found]));
  return false;
}
