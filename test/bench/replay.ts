import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startAnvil } from "@genbo/chain/anvil";
import { hexOf } from "@genbo/chain/hex";
import { type Rpc, resultOf } from "@genbo/chain/rpc";
import type { BenchContext } from "./context.ts";
import type { Phase } from "./phase.ts";
import type { Platform } from "./platform.ts";

/** Transactions that are given to the chain before a block is asked for: as many as a lane may have in flight. */
const windowSize = 16;

interface StoredTransaction {
  id: bigint;
  hash: string;
  raw: Buffer;
}

/**
 * The ceiling of whatever ends on chain: the platform's own transactions, signed already, fed to a fresh chain that
 * has nothing else to do. Begins with the first one ever stored, so that every transaction finds what it found before.
 * @returns milliseconds that each phase took
 * @throws Error when a transaction of a phase does not succeed there
 */
export async function replay<Name extends string>(
  context: BenchContext,
  { stack, owner }: Platform,
  phases: Readonly<Record<Name, Phase>>,
): Promise<Record<Name, number>> {
  const found = await owner.query<StoredTransaction>("select id, hash, raw from chain_tx order by id");
  const time = Number(readFileSync(join(stack.folder.chain, "genesis-time"), "utf8"));
  const anvil = await startAnvil({ dataDir: context.folder("replay"), time });
  const took = Object.fromEntries(Object.keys(phases).map((name) => [name, 0])) as Record<Name, number>;
  try {
    for (const [name, transactions] of inPhases(found.rows, phases)) {
      const started = performance.now();
      for (let at = 0; at < transactions.length; at += windowSize) {
        await feed(anvil.rpc, transactions.slice(at, at + windowSize));
      }
      if (name !== undefined) took[name] += performance.now() - started;
      await checkAll(anvil.rpc, transactions);
    }
    return took;
  } finally {
    await anvil.stop();
  }
}

async function feed(rpc: Rpc, transactions: readonly StoredTransaction[]): Promise<void> {
  const sends = transactions.map(({ raw }) => ({ method: "eth_sendRawTransaction", params: [hexOf(raw)] }));
  for (const outcome of await rpc.batch(sends)) resultOf(outcome);
  await rpc.call("evm_mine");
}

async function checkAll(rpc: Rpc, transactions: readonly StoredTransaction[]): Promise<void> {
  const calls = transactions.map(({ hash }) => ({ method: "eth_getTransactionReceipt", params: [hash] }));
  const receipts = await rpc.all<{ status: string } | null>(calls);
  const lost = receipts.findIndex((receipt) => receipt?.status !== "0x1");
  if (lost >= 0)
    throw new Error(`Transaction ${transactions[lost]!.hash} did not succeed when it was fed again.`);
}

/** All transactions in their order, cut where a phase begins or ends; the set-up between phases has no name. */
function inPhases<Name extends string>(
  all: readonly StoredTransaction[],
  phases: Readonly<Record<Name, Phase>>,
): [Name | undefined, StoredTransaction[]][] {
  const named = Object.entries(phases) as [Name, Phase][];
  const parts: [Name | undefined, StoredTransaction[]][] = [];
  for (const transaction of all) {
    const name = named.find(
      ([, { afterTx, lastTx }]) => transaction.id > afterTx && transaction.id <= lastTx,
    )?.[0];
    const last = parts.at(-1);
    if (last !== undefined && last[0] === name) last[1].push(transaction);
    else parts.push([name, [transaction]]);
  }
  return parts;
}
