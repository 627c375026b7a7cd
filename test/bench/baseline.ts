import { setTimeout as sleep } from "node:timers/promises";
import { localChainId } from "@genbo/chain/anvil";
import { type ChainCommand, encodeCommands } from "@genbo/chain/commands";
import { hexOf, readQuantity } from "@genbo/chain/hex";
import { openKeystore } from "@genbo/chain/keystore";
import type { Rpc } from "@genbo/chain/rpc";
import { signTransaction } from "@genbo/chain/sign";
import type { Signer } from "@genbo/chain/signer";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { refOf } from "@genbo/domain/ids";
import { encodeMove } from "@genbo/domain/words";
import type { Platform } from "./platform.ts";

/** How long each kind of work is sent, at least. */
const sendMs = 12_000;
/** As web3.py's `wait_for_transaction_receipt` polls. */
const pollMs = 100;
/** Rows of one of its bulk transactions. */
const lotRows = 100;

export interface Baseline {
  singlePerS: number;
  bulkPerS: number;
}

/**
 * A sender as the field knows it (ibet-Prime): for an issuer one transaction in flight; ask for the nonce, sign, send, ask for
 * the receipt until it is there, then the next. Bulk work goes in lots of 100. It writes nothing down, follows no
 * block and keeps no register, so it is faster here than where it does.
 */
export async function baseline(rpc: Rpc, { stack, owner, brokers, issueId }: Platform): Promise<Baseline> {
  const found = await owner.query<{ token: string; signer: string }>(
    `select i.token, p.signer from issue i, account a join party p on p.custodian_id = a.custodian_id
     where i.id = $1 and a.address = $2`,
    [issueId, brokers[0]!.accounts[0]],
  );
  const { token, signer: address } = found.rows[0]!;
  const signer = await openKeystore(stack.folder.keystore, stack.folder.keystorePasswordFile).signerFor(
    address,
  );
  const targets = (await readDeployment(owner))!;
  const chainId = readQuantity(await rpc.call<string>("eth_chainId"));
  if (!stack.consortium && chainId !== localChainId) throw new Error("This is not the chain alone.");
  const { accounts } = brokers[0]!;
  let made = 0;
  const row = (): ChainCommand => {
    made += 1;
    const [from, to] = [accounts[made % accounts.length]!, accounts[(made + 1) % accounts.length]!];
    const args = { from, to, units: "1", data: encodeMove({}) };
    return { call: "custodiedTransfer", target: token, ref: refOf("baseline", made), args };
  };
  const rate = async (rows: number): Promise<number> => {
    const began = performance.now();
    let sent = 0;
    while (performance.now() - began < sendMs) {
      const call = encodeCommands(Array.from({ length: rows }, row), targets);
      await sendOne(rpc, signer, chainId, call);
      sent += rows;
    }
    return (sent * 1000) / (performance.now() - began);
  };
  return { singlePerS: await rate(1), bulkPerS: await rate(lotRows) };
}

async function sendOne(
  rpc: Rpc,
  signer: Signer,
  chainId: number,
  call: ReturnType<typeof encodeCommands>,
): Promise<void> {
  const nonce = readQuantity(await rpc.call<string>("eth_getTransactionCount", signer.address, "latest"));
  const { raw, hash } = await signTransaction(signer, { chainId, nonce, ...call });
  await rpc.call("eth_sendRawTransaction", hexOf(raw));
  for (;;) {
    const receipt = await rpc.call<{ status: string } | null>("eth_getTransactionReceipt", hash);
    if (receipt?.status === "0x1") return;
    if (receipt !== null) throw new Error("A transaction of the baseline did not succeed.");
    await sleep(pollMs);
  }
}
