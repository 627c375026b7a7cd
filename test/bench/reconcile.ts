import { contractsFile } from "@genbo/chain/abi";
import { startAnvil } from "@genbo/chain/anvil";
import { keccakHex, selectorOf } from "@genbo/chain/keccak";
import { callsPerRequestMax, type Rpc, type RpcCall, resultOf } from "@genbo/chain/rpc";
import type { Stack } from "@genbo/cli/supervisor";
import { type ReconciledState, readReconciled } from "@genbo/database/reconcile/reconcile-read";
import { createPool } from "@genbo/database/sql/connection";
import { compareWithChain } from "@genbo/indexer/reconcile-chain";
import { type Figure, time } from "./figure.ts";
import { reconciledHoldings, reconciledMs } from "./goals.ts";
import { timed } from "./register-reads.ts";
import type { Run } from "./run.ts";

const slotsTried = 64;
const word = (value: bigint | number): string => value.toString(16).padStart(64, "0");

/**
 * The daily reconciliation of one issue: the register's own sums, and every balance and what of it is free, asked of an
 * anvil with the token's real code whose storage was filled with the register's holdings. Ceiling: the same calls to the
 * same node, and nothing else.
 */
export async function reconciliation(context: Run, stack: Stack, issueId: string): Promise<Figure[]> {
  const pool = createPool(stack.urls.database.genbo_indexer, { max: 1, statementTimeoutMs: 120_000 });
  const anvil = await startAnvil({
    dataDir: context.folder("reconcile"),
    time: Math.floor(Date.now() / 1000),
  });
  try {
    const issue = await pool.query<{ token: string }>("select token from issue where id = $1", [issueId]);
    const { token } = issue.rows[0]!;
    const filled = await readReconciled(pool, issueId, 0);
    await fill(anvil.rpc, token, filled);
    const at = await anvil.rpc.call<{ number: string; hash: string }>(
      "eth_getBlockByNumber",
      "latest",
      false,
    );
    const here = { block: Number(at.number), hash: at.hash };
    let differences: unknown[] = [];
    const ms = await timed(async () => {
      const state = { ...(await readReconciled(pool, issueId, 0)), ...here };
      differences = [
        ...state.differences,
        ...(await compareWithChain(anvil.rpc, { token, anchor: token }, state)),
      ];
    });
    if (differences.length > 0)
      throw new Error(`The register differs: ${JSON.stringify(differences.slice(0, 3))}`);
    const calls = filled.holdings.flatMap(({ account }) =>
      ["balanceOf(address)", "freeUnits(address)"].map((name) => callOf(token, name, account, at.number)),
    );
    const bare = await timed(() => sendAll(anvil.rpc, calls));
    const count = filled.holdings.length;
    const goal = (reconciledMs * count) / reconciledHoldings;
    return [time({ name: `reconciliation.${count}`, value: ms, ceiling: bare, goal })];
  } finally {
    await anvil.stop();
    await pool.end();
  }
}

const callOf = (to: string, name: string, account?: string, block = "latest"): RpcCall => ({
  method: "eth_call",
  params: [{ to, data: `0x${selectorOf(name)}${account === undefined ? "" : word(BigInt(account))}` }, block],
});

async function sendAll(rpc: Rpc, calls: readonly RpcCall[]): Promise<void> {
  for (let at = 0; at < calls.length; at += callsPerRequestMax)
    for (const outcome of await rpc.batch(calls.slice(at, at + callsPerRequestMax))) resultOf(outcome);
}

/** Gives the token of an empty chain its code and the register's figures. */
async function fill(rpc: Rpc, token: string, state: ReconciledState): Promise<void> {
  await rpc.call("anvil_setCode", token, contractsFile().contracts.SecurityToken.deployedBytecode);
  const set = (slot: string, value: string): RpcCall => ({
    method: "anvil_setStorageAt",
    params: [token, slot, `0x${value}`],
  });
  const plain = (slot: number) => `0x${word(slot)}`;
  const find = async (name: string, slotOf: (slot: number) => string, account?: string): Promise<number> => {
    await sendAll(
      rpc,
      Array.from({ length: slotsTried }, (_, slot) => set(slotOf(slot), word(slot + 1))),
    );
    const slot = Number(await rpc.call<string>("eth_call", ...callOf(token, name, account).params)) - 1;
    await sendAll(
      rpc,
      Array.from({ length: slotsTried }, (_, each) => set(slotOf(each), word(0))),
    );
    if (!(slot >= 0)) throw new Error(`No slot answers ${name}.`);
    return slot;
  };
  const [head, supply] = [await find("head()", plain), await find("totalSupply()", plain)];
  const first = state.holdings[0]!.account;
  const accounts = await find("balanceOf(address)", (slot) => slotIn(first, slot), first);
  await sendAll(rpc, [
    set(plain(head), state.head.slice(2)),
    set(plain(supply), word(state.units)),
    ...state.holdings.map(({ account, units, encumbered }) =>
      set(slotIn(account, accounts), word((encumbered << 96n) | units)),
    ),
  ]);
}

/** Where a mapping keeps the value of an account. */
const slotIn = (account: string, slot: number): string =>
  keccakHex(Buffer.from(word(BigInt(account)) + word(slot), "hex"));
