import { readQuantity } from "./hex.ts";
import type { Rpc } from "./rpc.ts";
import { NodeUnavailable } from "./rpc-errors.ts";

/** What tells one chain from every other. */
export interface ChainIdentity {
  chainId: number;
  genesisHash: string;
}

/** The node serves another chain than the one that the database knows. Trying again does not help. */
export class WrongChain extends Error {
  override readonly name = "WrongChain";
}

/** Asks the node which chain it serves. @param known the chain of the database, where it has one @throws WrongChain, NodeUnavailable */
export async function readChainIdentity(
  rpc: Rpc,
  known: Partial<ChainIdentity> | undefined,
): Promise<ChainIdentity> {
  const [chainId, genesis] = await rpc.all<unknown>([
    { method: "eth_chainId", params: [] },
    { method: "eth_getBlockByNumber", params: ["0x0", false] },
  ]);
  if (genesis === null) throw new NodeUnavailable("the node has no block 0");
  const found = {
    chainId: readQuantity(chainId as string),
    genesisHash: (genesis as { hash: string }).hash.toLowerCase(),
  };
  for (const [what, is] of Object.entries(found)) {
    const should = known?.[what as keyof ChainIdentity];
    if (should === undefined || should === is) continue;
    throw new WrongChain(
      `The node serves another chain: its ${what} is ${is}, the database belongs to ${should}. ` +
        "Point CHAIN_RPC_URLS at the right chain, or start with an empty database.",
    );
  }
  return found;
}
