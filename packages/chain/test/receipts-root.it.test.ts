import { expect, test } from "vitest";
import { startTestChain, testSigner } from "../../../test/support/deployed-chain.ts";
import { localChainId } from "../src/anvil.ts";
import { quantity } from "../src/hex.ts";
import { type BoundReceipt, receiptsRootOf } from "../src/receipts-root.ts";
import { signTransaction } from "../src/sign.ts";

interface Block {
  receiptsRoot: string;
  transactions: string[];
}

test("the root of a block's receipts is the header's, however many there are", async () => {
  const { rpc, stop } = await startTestChain();
  try {
    // The deployment's blocks have logs and receipts of every size.
    for (let number = 0; number <= Number(await rpc.call<string>("eth_blockNumber")); number += 1)
      await expectRoot(number);
    await rpc.call("evm_setIntervalMining", 0);
    await rpc.call("evm_setAutomine", false);
    const signer = testSigner(9);
    let nonce = 0;
    // A place's RLP is one byte up to 127, two to 255, three from there on; 16 is a full branch.
    for (const count of [0, 1, 2, 16, 17, 128, 129, 300]) {
      for (let sent = 0; sent < count; sent += 1) {
        const { raw } = await signTransaction(signer, {
          chainId: localChainId,
          nonce: nonce++,
          gasLimit: 21_000,
          to: signer.address,
          data: Buffer.alloc(0),
        });
        await rpc.call("eth_sendRawTransaction", `0x${raw.toString("hex")}`);
      }
      await rpc.call("evm_mine");
      const { transactions } = await expectRoot(Number(await rpc.call<string>("eth_blockNumber")));
      expect(transactions).toHaveLength(count);
    }
  } finally {
    await stop();
  }

  async function expectRoot(number: number): Promise<Block> {
    const block = await rpc.call<Block>("eth_getBlockByNumber", quantity(number), false);
    const receipts = await rpc.call<BoundReceipt[]>("eth_getBlockReceipts", quantity(number));
    expect(receiptsRootOf(receipts)).toBe(block.receiptsRoot);
    return block;
  }
}, 60_000);
