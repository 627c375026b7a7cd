import { setChainTime } from "@genbo/chain/anvil";
import { latestBlock } from "@genbo/chain/latest-block";
import type { Nodes } from "@genbo/chain/nodes/nodes";
import { NodeRefused } from "@genbo/chain/rpc-errors";
import { isMagicValue, signatureQuestion } from "@genbo/chain/wallet-proof";
import type { ChainPort } from "../context.ts";

/**
 * The chain behind the JSON-RPC of its nodes. `keep` stores a local chain before its time moves: what a killed chain
 * lost is sent again at the time of then, when a customer's confirmation may have lapsed.
 */
export const chainPortOf = (
  { rpc, health, progress }: Nodes,
  keep: () => Promise<void> = async () => undefined,
): ChainPort => ({
  health,
  progress,
  lastSeenHead: () => {
    const heads = health().flatMap(({ head }) => (head === null ? [] : [head]));
    return heads.length === 0 ? null : Math.max(...heads);
  },
  head: async () => Number(await rpc.call<string>("eth_blockNumber")),
  acceptsSignature: async (to, digest, signature) => {
    try {
      const data = signatureQuestion(digest, signature);
      return isMagicValue(await rpc.call<string>("eth_call", { to, data }, "latest"));
    } catch (error) {
      // It reverts, or spends its gas: it does not stand for it.
      if (error instanceof NodeRefused) return false;
      throw error;
    }
  },
  setTime: async (at) => {
    const seconds = Math.ceil(at.getTime() / 1000);
    const latest = await latestBlock<{ timestamp: string }>(rpc);
    // A repeat after a crash between the two clocks: the chain has been there already.
    if (Number(latest.timestamp) >= seconds) return;
    await keep();
    await setChainTime(rpc, seconds);
  },
});
