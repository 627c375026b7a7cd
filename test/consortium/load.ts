import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeBatch } from "@genbo/chain/calls";
import { type Addresses, deploymentPlan, grantRole, roles, type UnsignedCall } from "@genbo/chain/deployment";
import { batchGas, deploymentGas, singleCallGas } from "@genbo/chain/gas";
import { bytesOf, hexOf } from "@genbo/chain/hex";
import { topicOf } from "@genbo/chain/keccak";
import type { Rpc } from "@genbo/chain/rpc";
import { signTransaction } from "@genbo/chain/sign";
import { localSigner, type Signer } from "@genbo/chain/signer";
import { encodeRecord } from "@genbo/domain/registry-record";
import { waitFor } from "./wait.ts";

const minedWithinMs = 60_000;
const resendEveryMs = 2_000;
/** What has been sent and not mined is sent again to every node: one that was killed has forgotten it. */
const resendMax = 200;

export const newSigner = (): Signer => localSigner(randomBytes(32));

/** Sends the deployment plan and gives `registrar` its role. @returns the addresses, each with code on the chain */
export async function deploy(rpc: Rpc, chainId: number, registrar: string): Promise<Addresses> {
  const admin = newSigner();
  const { addresses, transactions } = deploymentPlan(admin.address);
  const calls: UnsignedCall[] = [...transactions, grantRole(addresses, roles.registrar, registrar)];
  for (const [nonce, { step, to, data }] of calls.entries()) {
    const gasLimit = to === null ? deploymentGas : singleCallGas;
    const { raw, hash } = await signTransaction(admin, { chainId, nonce, gasLimit, to, data: bytesOf(data) });
    await rpc.call("eth_sendRawTransaction", hexOf(raw));
    const receipt = await waitFor(
      step,
      () =>
        rpc.call<{ status: string } | null>("eth_getTransactionReceipt", hash).then((it) => it ?? undefined),
      minedWithinMs,
    );
    if (receipt.status !== "0x1") throw new Error(`${step} was reverted`);
  }
  return addresses;
}

/** A stream of registry records, one a transaction, from one lane: the wallets say which were mined, and how often. */
export interface Load {
  readonly sent: number;
  /** Stops sending and waits until every transaction is mined. @returns the wallets in order of sending */
  finish(timeoutMs: number): Promise<string[]>;
}

/**
 * Sends `perSecond` transactions a second to all nodes that `nodes` gives at that moment, and again until mined, the
 * same bytes every time.
 */
export function startLoad(
  nodes: () => readonly Rpc[],
  chainId: number,
  registry: string,
  signer: Signer,
  firstNonce: number,
  perSecond: number,
): Load {
  const wallets: string[] = [];
  const raws: string[] = [];
  let mined = 0;
  let stopped = false;
  const broadcast = (lot: readonly string[]) =>
    Promise.all(
      nodes().map((rpc) =>
        // "already known" and "nonce too low" are answers as good as any: the bytes are there.
        rpc
          .batch(lot.map((raw) => ({ method: "eth_sendRawTransaction", params: [raw] })))
          .catch(() => undefined),
      ),
    );
  const send = async () => {
    while (!stopped) {
      const due = Date.now() + 1_000;
      const lot: string[] = [];
      for (let row = 0; row < perSecond; row += 1) lot.push(await next());
      await broadcast(lot);
      await sleep(Math.max(0, due - Date.now()));
    }
  };
  const next = async () => {
    const wallet = hexOf(randomBytes(20));
    const data = encodeBatch(
      "setRecords",
      [{ wallet, record: record(), particulars: word(), ref: word() }],
      true,
    );
    const gasLimit = batchGas("setRecords", 1);
    const { raw } = await signTransaction(signer, {
      chainId,
      nonce: firstNonce + wallets.length,
      gasLimit,
      to: registry,
      data,
    });
    wallets.push(wallet);
    raws.push(hexOf(raw));
    return hexOf(raw);
  };
  const resend = async () => {
    while (!(stopped && mined >= raws.length)) {
      await sleep(resendEveryMs);
      const nonces = await Promise.all(nodes().map((rpc) => nonceOf(rpc, signer.address)));
      mined = Math.max(mined, ...nonces.map((nonce) => nonce - firstNonce));
      await broadcast(raws.slice(mined, mined + resendMax));
    }
  };
  const sending = send();
  const resending = resend();
  return {
    get sent() {
      return raws.length;
    },
    finish: async (timeoutMs) => {
      stopped = true;
      await sending;
      await waitFor(
        `${raws.length} transactions are mined (${mined} are)`,
        async () => mined >= raws.length,
        timeoutMs,
      );
      await resending;
      return wallets;
    },
  };
}

/** The wallet of every `Recorded` entry of the registry, in the order of the chain, as this node tells it. */
export async function recordedWallets(rpc: Rpc, registry: string): Promise<string[]> {
  const topics = [topicOf("Recorded(address,bytes32,bytes32)")];
  const filter = { address: registry, topics, fromBlock: "0x0", toBlock: "latest" };
  const logs = await rpc.call<{ topics: string[] }[]>("eth_getLogs", filter);
  return logs.map((log) => `0x${log.topics[1]?.slice(26)}`);
}

const nonceOf = (rpc: Rpc, address: string): Promise<number> =>
  rpc.call<string>("eth_getTransactionCount", address, "latest").then(Number, () => 0);

const word = (): `0x${string}` => `0x${randomBytes(32).toString("hex")}`;

const record = () =>
  encodeRecord({
    personId: hexOf(randomBytes(12)),
    classBits: 8,
    flags: 0,
    validUntil: 4_000_000_000,
    country: 392,
    custodian: 1,
  });
