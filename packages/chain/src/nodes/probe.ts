import { quantity, readQuantity } from "../hex.ts";
import type { ChainIdentity } from "../identity.ts";
import { latestBlock } from "../latest-block.ts";
import { type Rpc, type RpcCall, type RpcOutcome, resultOf } from "../rpc.ts";
import type { Answered, Sight } from "./judge.ts";

interface WireBlock {
  number: string;
  hash: string;
  timestamp: string;
}

/** The first half of a look at a node: what it says of itself. */
export type FirstSight = Extract<Sight, { answered: false }> | Omit<Answered, "hasClaimed" | "hashAtCommon">;

const questions: readonly RpcCall[] = [
  { method: "eth_chainId", params: [] },
  { method: "eth_getBlockByNumber", params: ["0x0", false] },
  { method: "eth_blockNumber", params: [] },
  { method: "eth_getBlockByNumber", params: ["latest", false] },
  { method: "eth_syncing", params: [] },
  { method: "net_peerCount", params: [] },
];

/** Asks a node who and where it is, in one request. @param reputation what its other answers have shown lately */
export async function firstLook(
  rpc: Rpc,
  reputation: Pick<Answered, "failures" | "caught">,
): Promise<FirstSight> {
  const began = performance.now();
  try {
    const [chainId, genesis, claimed, latest, syncing, peers] = await rpc.batch(questions);
    const head = resultOf<WireBlock | null>(latest!) ?? (await latestBlock<WireBlock>(rpc));
    return {
      answered: true,
      ms: performance.now() - began,
      chain: {
        chainId: readQuantity(resultOf<string>(chainId!)),
        genesisHash: resultOf<WireBlock>(genesis!).hash.toLowerCase(),
      } satisfies ChainIdentity,
      head: {
        number: readQuantity(head.number),
        hash: head.hash.toLowerCase(),
        time: readQuantity(head.timestamp),
      },
      claimed: readQuantity(resultOf<string>(claimed!)),
      syncing: syncingOf(syncing!),
      peers: "result" in peers! && typeof peers.result === "string" ? readQuantity(peers.result) : null,
      ...reputation,
    };
  } catch (error) {
    return away(error, began);
  }
}

/** Looks whether a node has the block that it claims, and which one it has at the height that all should have. */
export async function secondLook(rpc: Rpc, first: FirstSight, common: number): Promise<Sight> {
  if (!first.answered) return first;
  const began = performance.now();
  try {
    const [claimed, atCommon] = await rpc.all<WireBlock | null>(
      [Math.max(first.claimed, first.head.number), common].map((height) => ({
        method: "eth_getBlockByNumber",
        params: [quantity(height), false],
      })),
    );
    const ms = Math.max(first.ms, performance.now() - began);
    return { ...first, ms, hasClaimed: claimed !== null, hashAtCommon: atCommon?.hash.toLowerCase() ?? null };
  } catch (error) {
    return away(error, began);
  }
}

const away = (error: unknown, began: number): Extract<Sight, { answered: false }> => ({
  answered: false,
  ms: performance.now() - began,
  error: error instanceof Error ? error.message : String(error),
});

function syncingOf(outcome: RpcOutcome): { at: number; of: number } | null {
  if ("error" in outcome || typeof outcome.result !== "object" || outcome.result === null) return null;
  const { currentBlock, highestBlock } = outcome.result as Record<string, unknown>;
  if (typeof currentBlock !== "string" || typeof highestBlock !== "string") return { at: 0, of: 0 };
  return { at: readQuantity(currentBlock), of: readQuantity(highestBlock) };
}
