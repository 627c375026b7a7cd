import { selectorOf, topicOf } from "@genbo/chain/keccak";
import { createRpc, type Rpc } from "@genbo/chain/rpc";

/** What anybody can ask the chain, with no help from the platform. */
export interface ChainView {
  /** The token's own head of the chain of entries, at the latest block. */
  head(token: string): Promise<string>;
  /** `totalSupply` at a block, or at the latest one. */
  supply(token: string, block?: number): Promise<bigint>;
  /** `balanceOf` an account at the latest block: of units, or of cash. */
  balance(token: string, account: string): Promise<bigint>;
  close(): void;
}

const transferTopic = topicOf("Transfer(address,address,uint256)");
const zeroTopic = `0x${"0".repeat(64)}`;
const hex = (value: number) => `0x${value.toString(16)}`;

export function openChainView(rpcUrl: string): ChainView {
  const rpc = createRpc([rpcUrl]);
  const read = (token: string, name: string, block: string) =>
    rpc.call<string>("eth_call", { to: token, data: `0x${selectorOf(`${name}()`)}` }, block);
  return {
    head: (token) => read(token, "head", "latest"),
    supply: async (token, block) => {
      if (block === undefined) return BigInt(await read(token, "totalSupply", "latest"));
      try {
        return BigInt(await read(token, "totalSupply", hex(block)));
      } catch {
        // A local chain that was restarted keeps the logs of old blocks, not their state.
        return supplyFromLogs(rpc, token, block);
      }
    },
    balance: async (token, account) => {
      const data = `0x${selectorOf("balanceOf(address)")}${account.slice(2).padStart(64, "0")}`;
      return BigInt(await rpc.call<string>("eth_call", { to: token, data }, "latest"));
    },
    close: () => rpc.close(),
  };
}

/** Issued − redeemed: every ERC-20 Transfer from and to nobody, up to a block. */
async function supplyFromLogs(rpc: Rpc, token: string, block: number): Promise<bigint> {
  const filter = { address: token, fromBlock: "0x0", toBlock: hex(block), topics: [transferTopic] };
  const logs = await rpc.call<{ topics: string[]; data: string }[]>("eth_getLogs", filter);
  return logs.reduce((sum, { topics, data }) => {
    const issued = topics[1] === zeroTopic ? BigInt(data) : 0n;
    const redeemed = topics[2] === zeroTopic ? BigInt(data) : 0n;
    return sum + issued - redeemed;
  }, 0n);
}
