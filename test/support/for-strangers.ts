import { readDeployment } from "@genbo/database/outbox/deployment";
import { exportChunks } from "@genbo/database/register/export";
import { positionOf } from "@genbo/database/register/read-position";
import { expect } from "vitest";
import type { MarketIssue } from "./market.ts";
import type { StackInProcess } from "./stack-in-process.ts";

/** An issue's register as the api exports it now. */
export async function exportedOf(stack: StackInProcess, issue: MarketIssue): Promise<Buffer> {
  const api = stack.database.pool("genbo_api");
  const position = await positionOf(api, issue.id);
  const deployment = await readDeployment(api);
  const chunks: string[] = [];
  for await (const chunk of exportChunks(api, issue, position!, deployment!)) chunks.push(chunk);
  return Buffer.from(chunks.join(""));
}

/** Sends as an account without its key, which a local node allows. */
export async function sendUnlocked(
  stack: StackInProcess,
  from: string,
  to: string | null,
  data: string,
): Promise<string> {
  const { rpc } = stack.anvil();
  await rpc.call("anvil_impersonateAccount", from);
  const call = { from, data, gas: "0x500000", gasPrice: "0x0", ...(to === null ? {} : { to }) };
  const hash = await rpc.call<string>("eth_sendTransaction", call);
  return stack.until("it is mined", async () => {
    const receipt = await rpc.call<{ status: string; contractAddress: string } | null>(
      "eth_getTransactionReceipt",
      hash,
    );
    if (receipt !== null) expect(receipt.status).toBe("0x1");
    return receipt !== null && (receipt.contractAddress ?? hash);
  });
}
