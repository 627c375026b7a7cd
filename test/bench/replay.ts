import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startAnvil } from "@genbo/chain/anvil";
import { hexOf } from "@genbo/chain/hex";
import { createRpc, type Rpc, resultOf } from "@genbo/chain/rpc";
import { readDeployment } from "@genbo/database/outbox/deployment";
import type { Pool } from "@genbo/database/sql/connection";
import { chainBinary } from "../consortium/binary.ts";
import { startConsortium } from "../consortium/consortium.ts";
import type { Phase } from "./phase.ts";
import type { Platform } from "./platform.ts";
import type { Run } from "./run.ts";

/** Transactions that are given to the chain before it is waited for: as many as the lanes together may have in flight. */
const windowSize = 48;
/** The local chain makes a block when it is asked, so a window of it is one lane's. */
const localWindowSize = 16;
const pollMs = 20;
/** A node that carries out full blocks is slow to answer. */
const rpcTimeoutMs = 30_000;
/** A chain of four validators that mines nothing for so long has stopped. */
const stallMsMax = 30_000;

interface StoredTransaction {
  id: bigint;
  hash: string;
  raw: Buffer;
}

/** A fresh chain with nobody else on it. */
interface Alone {
  rpc: Rpc;
  windowSize: number;
  /** After a window was given to it. */
  ask(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The ceiling of whatever ends on chain: the platform's own transactions, signed already, fed to a fresh chain that
 * has nothing else to do. Begins with the first one ever stored, so that every transaction finds what it found before.
 * On validators the platform's own ones end first, as all share the machine.
 * @param then runs on that chain afterwards
 * @returns milliseconds that each phase took
 * @throws Error when a transaction of a phase does not succeed there
 */
export async function replay<Name extends string, T>(
  run: Run,
  { stack, owner }: Platform,
  phases: Readonly<Record<Name, Phase>>,
  then: (rpc: Rpc) => Promise<T>,
): Promise<{ took: Record<Name, number>; after: T }> {
  const found = await owner.query<StoredTransaction>("select id, hash, raw from chain_tx order by id");
  await stack.endChain();
  const chain = await (stack.consortium
    ? validatorsAlone(run, await chainIdOf(owner))
    : anvilAlone(run, stack.folder.chain));
  const took = Object.fromEntries(Object.keys(phases).map((name) => [name, 0])) as Record<Name, number>;
  try {
    for (const [name, transactions] of inPhases(found.rows, phases)) {
      const started = performance.now();
      await feedAll(chain, transactions);
      if (name !== undefined) took[name] += performance.now() - started;
      await checkAll(chain.rpc, transactions);
    }
    return { took, after: await then(chain.rpc) };
  } finally {
    await chain.stop();
  }
}

async function anvilAlone(run: Run, folder: string): Promise<Alone> {
  const time = Number(readFileSync(join(folder, "genesis-time"), "utf8"));
  const { rpc, stop } = await startAnvil({ dataDir: run.folder("replay"), time });
  return { rpc, stop, windowSize: localWindowSize, ask: async () => void (await rpc.call("evm_mine")) };
}

async function chainIdOf(owner: Pool): Promise<number> {
  const deployment = await readDeployment(owner);
  if (deployment === undefined) throw new Error("The contracts do not stand.");
  return deployment.chainId;
}

async function validatorsAlone(run: Run, chainId: number): Promise<Alone> {
  const net = await startConsortium(chainBinary()!, join(run.folder("replay"), "nodes"), {
    chainId,
    direct: true,
  });
  run.atEnd(() => net.close());
  const rpc = createRpc([net.slots[0]!.url], { timeoutMs: rpcTimeoutMs });
  return { rpc, windowSize, ask: async () => undefined, stop: () => net.close() };
}

/** Gives a chain transactions, never more than its window beyond those that are mined. */
async function feedAll(chain: Alone, transactions: readonly StoredTransaction[]): Promise<void> {
  let [fed, mined, movedMs] = [0, 0, performance.now()];
  while (mined < transactions.length) {
    const next = transactions.slice(fed, mined + chain.windowSize);
    if (next.length > 0) await feed(chain, next);
    fed += next.length;
    const receipts = await receiptsOf(chain.rpc, transactions.slice(mined, fed));
    const open = receipts.indexOf(null);
    const count = open < 0 ? receipts.length : open;
    mined += count;
    if (count > 0) movedMs = performance.now();
    else if (performance.now() - movedMs > stallMsMax) throw new Error("The chain alone mines nothing.");
    else await sleep(pollMs);
  }
}

async function feed({ rpc, ask }: Alone, transactions: readonly StoredTransaction[]): Promise<void> {
  const sends = transactions.map(({ raw }) => ({ method: "eth_sendRawTransaction", params: [hexOf(raw)] }));
  for (const outcome of await rpc.batch(sends)) resultOf(outcome);
  await ask();
}

const receiptsOf = (rpc: Rpc, transactions: readonly StoredTransaction[]) =>
  rpc.all<{ status: string } | null>(
    transactions.map(({ hash }) => ({ method: "eth_getTransactionReceipt", params: [hash] })),
  );

async function checkAll(rpc: Rpc, transactions: readonly StoredTransaction[]): Promise<void> {
  const receipts = await receiptsOf(rpc, transactions);
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
