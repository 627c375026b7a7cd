import { expect, test } from "vitest";
import { startMarket } from "../support/market-stack.ts";

const { stack, market } = await startMarket({ profile: "server", nodes: 3 });
const issue = await market.issue();
const [wallet] = (await market.wallets(0, 1)) as [string];
/** What indexer and worker ask of a node while they run. */
const methods = [
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_getBlockByNumber",
  "eth_getBlockReceipts",
  "eth_getCode",
  "eth_getTransactionByHash",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_sendRawTransaction",
];

test.each([...methods.map((method) => [method, [method]] as const), ["everything", methods] as const])(
  "a node that answers %s with something else ends no process: others are asked",
  async (_what, garbles) => {
    const ended: unknown[] = [];
    stack.indexer.current()!.done.catch((error: unknown) => ended.push(error));
    // One of them is the one that is asked first.
    for (const node of stack.nodes) {
      node.fault = { garbles };
      const id = await market.submit("issuance", [market.issueRow(issue, wallet, 1n)]);
      expect(await market.ended(id)).toMatchObject({ state: "entered" });
      node.fault = "none";
    }
    expect(ended).toEqual([]);
  },
);
