import { selectorOf } from "@genbo/chain/keccak";
import { createRpc } from "@genbo/chain/rpc";
import { openChainView } from "@genbo/cli/demo/chain-view";
import { allEntries, headOf, readRegister } from "@genbo/cli/demo/reads";
import { expect } from "vitest";
import type { AfterSale } from "./after-sale.ts";

/** Head, supply, every holding and what is free of it, as the chain itself has them; and nothing is broken. */
export async function expectRegisterIsChain({ stack, parties, issue }: AfterSale): Promise<void> {
  const entries = await allEntries(parties.as.trustee, issue.id);
  const chain = openChainView(stack.urls.chain);
  const rpc = createRpc([stack.urls.chain]);
  const read = async (name: string, account: string) => {
    const data = `0x${selectorOf(`${name}(address)`)}${account.slice(2).padStart(64, "0")}`;
    return BigInt(await rpc.call<string>("eth_call", { to: issue.token, data }, "latest"));
  };
  try {
    expect(headOf(entries)).toBe(await chain.head(issue.token));
    const { rows } = await readRegister(parties.as.trustee, issue.id);
    expect(rows.reduce((sum, { units }) => sum + BigInt(units), 0n)).toBe(await chain.supply(issue.token));
    for (const { account: of, units, free } of rows)
      expect([of, await read("balanceOf", of), await read("freeUnits", of)]).toEqual([
        of,
        BigInt(units),
        BigInt(free),
      ]);
    const { body } = await parties.as.operator.call("status");
    expect([body.openBreaks, body.stoppedLanes]).toEqual([[], []]);
  } finally {
    rpc.close();
    chain.close();
  }
}
