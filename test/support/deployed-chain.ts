import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Anvil, localChainId, startAnvil } from "@genbo/chain/anvil";
import { type ChainCommand, type ContractCall, encodeCommands } from "@genbo/chain/commands";
import { type Addresses, deploymentPlan } from "@genbo/chain/deployment";
import { deploymentGas } from "@genbo/chain/gas";
import { bytesOf, hexOf, readQuantity } from "@genbo/chain/hex";
import type { Rpc } from "@genbo/chain/rpc";
import { signTransaction } from "@genbo/chain/sign";
import { localSigner, type Signer } from "@genbo/chain/signer";
import { refOf } from "@genbo/domain/ids";

/** A signer that is the same in every run. @param number from 1 */
export const testSigner = (number: number): Signer =>
  localSigner(bytesOf(`0x${number.toString(16).padStart(64, "0")}`));

export interface TestChain {
  anvil: Anvil;
  rpc: Rpc;
  /** Signs, sends and mines one transaction. */
  send(signer: Signer, call: Omit<ContractCall, "to"> & { to: string | null }): Promise<TestReceipt>;
  /** As `send`, for commands of the outbox. @param share of the gas limit that they have, 1 by default */
  run(signer: Signer, commands: readonly ChainCommand[], share?: number): Promise<TestReceipt>;
  addresses: Addresses;
  cashToken: string;
  stop(): Promise<void>;
}

export interface TestReceipt {
  status: string;
  gasUsed: string;
  blockNumber: string;
  transactionHash: string;
}

export const testAdmin = testSigner(1);

/** A chain of this test's own with the contracts deployed by `testAdmin`, driven without worker or indexer. */
export async function startTestChain(
  time = Date.parse("2021-08-01T00:00:00+09:00") / 1000,
): Promise<TestChain> {
  const dataDir = mkdtempSync(join(tmpdir(), "genbo-chain-"));
  const anvil = await startAnvil({ dataDir, time });
  const { rpc } = anvil;
  const send: TestChain["send"] = async (signer, { to, data, gasLimit }) => {
    const nonce = readQuantity(await rpc.call<string>("eth_getTransactionCount", signer.address, "latest"));
    const { raw, hash } = await signTransaction(signer, { chainId: localChainId, nonce, gasLimit, to, data });
    await rpc.call("eth_sendRawTransaction", hexOf(raw));
    await rpc.call("evm_mine");
    return rpc.call<TestReceipt>("eth_getTransactionReceipt", hash);
  };
  const { addresses, cashToken, transactions } = deploymentPlan(testAdmin.address, 0, true);
  for (const { to, data } of transactions)
    await send(testAdmin, { to, data: bytesOf(data), gasLimit: deploymentGas });
  const targets = {
    manager: addresses.accessManager,
    registry: addresses.holderRegistry,
    factory: addresses.tokenFactory,
    anchor: addresses.registerAnchor,
    settlement: addresses.settlement,
    cash: cashToken,
  };
  return {
    anvil,
    rpc,
    send,
    addresses,
    cashToken: cashToken!,
    run: (signer, commands, share = 1) => {
      const call = encodeCommands(commands, targets);
      return send(signer, { ...call, gasLimit: Math.floor(call.gasLimit * share) });
    },
    stop: async () => {
      await anvil.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A command of the outbox whose ref is that of `name`. */
export const testCommand = (
  call: string,
  target: string | null,
  name: string,
  args: ChainCommand["args"],
): ChainCommand => ({
  call,
  target,
  ref: refOf(name),
  args,
});
