import type { ChainBlock } from "@genbo/chain/blocks";
import { decodeRevert } from "@genbo/chain/errors";
import { decodeLog, topics } from "@genbo/chain/events";
import { bytesOf, quantity } from "@genbo/chain/hex";
import { keccakHex } from "@genbo/chain/keccak";
import type { Rpc } from "@genbo/chain/rpc";
import { NodeRefused, NodeUnavailable } from "@genbo/chain/rpc-errors";
import type { DeploymentRow } from "@genbo/database/outbox/deployment";
import { ourHashes } from "@genbo/database/outbox/mined";
import type { IndexerContext } from "./context.ts";

/** What a lot needs to know that its receipts do not say. Asked before the SQL transaction, which waits for no node. */
export interface ChainFacts {
  /** keccak256 of the code at each token that the lot creates. */
  codeHashes: ReadonlyMap<string, string>;
  /** Refusal by which each of our reverted transactions failed. */
  revertCodes: ReadonlyMap<string, number>;
}

export async function readFacts(
  context: IndexerContext,
  blocks: readonly ChainBlock[],
  deployment: DeploymentRow | undefined,
): Promise<ChainFacts> {
  return {
    codeHashes: await readCodes(context, blocks, deployment),
    revertCodes: await readRevertCodes(context, blocks, deployment),
  };
}

/** keccak256 of the code at each token that these blocks create. */
export const readCodes = (
  { rpc }: Pick<IndexerContext, "rpc">,
  blocks: readonly ChainBlock[],
  deployment: DeploymentRow | undefined,
): Promise<Map<string, string>> => readCodeHashes(rpc, createdTokens(blocks, deployment));

function createdTokens(blocks: readonly ChainBlock[], deployment: DeploymentRow | undefined): string[] {
  const logs = blocks.flatMap((block) => block.transactions.flatMap(({ logs: own }) => own));
  const created = logs.filter(
    ({ address, topics: own }) => address === deployment?.factory && own[0] === topics.issueCreated,
  );
  return created.flatMap((log) => {
    const event = decodeLog(log);
    return event?.type === "issueCreated" ? [event.token] : [];
  });
}

/** A token's code never changes, so the newest block's will do. */
async function readCodeHashes(rpc: Rpc, tokens: readonly string[]): Promise<Map<string, string>> {
  const codes = await rpc.all<string>(
    tokens.map((token) => ({ method: "eth_getCode", params: [token, "latest"] })),
  );
  return new Map(
    tokens.map((token, index) => {
      const code = codes[index]!;
      // Another node than the one whose block creates the token may be behind it.
      if (code === "0x") throw new NodeUnavailable(`the node has no code at ${token} yet`);
      return [token, keccakHex(bytesOf(code))];
    }),
  );
}

async function readRevertCodes(
  context: IndexerContext,
  blocks: readonly ChainBlock[],
  deployment: DeploymentRow | undefined,
): Promise<Map<string, number>> {
  const failed = blocks.flatMap(({ number, transactions }) =>
    transactions.filter(({ succeeded }) => !succeeded).map(({ hash }) => ({ hash, number })),
  );
  const ours = await ourHashes(
    context.pool,
    failed.map(({ hash }) => hash),
  );
  const codes = new Map<string, number>();
  for (const { hash, number } of failed) {
    if (ours.has(hash)) codes.set(hash, await readRevertCode(context, hash, number, deployment));
  }
  return codes;
}

interface WireTransaction {
  from: string;
  to: string | null;
  input: string;
  gas: string;
}

/**
 * Receipts do not say why: the call is made again on the state before its block. A node that has forgotten that state
 * leaves us with REVERTED.
 */
async function readRevertCode(
  { rpc, log }: IndexerContext,
  hash: string,
  blockNumber: number,
  deployment: DeploymentRow | undefined,
): Promise<number> {
  const found = await rpc.call<WireTransaction | null>("eth_getTransactionByHash", hash);
  if (found === null) throw new NodeUnavailable(`the node does not have transaction ${hash} yet`);
  const { from, to, input, gas } = found;
  try {
    await rpc.call("eth_call", { from, to, data: input, gas }, quantity(blockNumber - 1));
    return decodeRevert(undefined).code;
  } catch (error) {
    if (!(error instanceof NodeRefused)) throw error;
    const callee = to?.toLowerCase();
    const isPaying =
      callee !== undefined && (callee === deployment?.settlement || callee === deployment?.cash);
    const { code, error: name } = decodeRevert(error.data, isPaying);
    log.warn("a transaction reverted", { hash, code, error: name ?? error.message });
    return code;
  }
}
