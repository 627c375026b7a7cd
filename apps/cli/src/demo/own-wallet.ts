import type { WireAnswer } from "@genbo/api-schema/wire";
import { type OrderWallet, orderWallet } from "@genbo/chain/order-wallet";
import { orderActions } from "@genbo/chain/orders";
import type { Account } from "./accounts.ts";
import type { DemoIssue } from "./issue.ts";
import type { KeyStore } from "./keys.ts";
import type { Parties } from "./parties.ts";
import { attemptAll, type Refusal } from "./refusals.ts";
import type { Step } from "./steps.ts";

/** A wallet of which the investor has the key; the demo plays him, and keeps it between two runs. */
export function keptWallet(keys: KeyStore, name: string): OrderWallet {
  const kept = keys.get(name);
  const wallet = orderWallet(kept);
  if (kept === undefined) keys.put(name, wallet.secret);
  return wallet;
}

/** The wallet's key signs a challenge, a person of the trustee approves: it is the investor's own (ADR 0037). Gives the chain's id. */
export async function proveOwnWallet(
  step: Step,
  parties: Parties,
  { investorId }: Account,
  wallet: OrderWallet,
): Promise<number> {
  const { SBI, trustee } = parties.as;
  const { address } = wallet;
  const body = { investorId, address };
  const { body: asked } = await SBI.call("askWalletProof", { body, key: "demo:own-wallet:ask" });
  const params = { id: asked.id };
  const signed = { signature: await wallet.signPayload(asked.toSign) };
  const proof = { params, body: signed, key: "demo:own-wallet:prove" };
  const { body: proved } = await SBI.call("proveWallet", proof);
  step.check("the wallet's key has signed the challenge", proved.state, "proved");
  const approval = { params, body: {}, key: "demo:own-wallet:approve" };
  const { operationId } = (await trustee.call("approveWalletProof", approval)).body;
  const { state } = await trustee.waitForOperation(operationId);
  step.check("the trustee approves", state, "entered");
  const { body: listed } = await trustee.call("listWallets", { query: { address } });
  step.check(
    "it stands in the holder registry as his, with no custodian",
    listed.items.map(({ custody, state: stands, investorId: of }) => [custody, stands, of]),
    [["SELF", "registered", investorId]],
  );
  return Number((asked.toSign as { domain: { chainId: string } }).domain.chainId);
}

/** What is no proof: another key's signature, and a broker's word for it. */
export async function refuseOtherKeys(
  step: Step,
  parties: Parties,
  { investorId }: Account,
): Promise<Refusal[]> {
  const { SBI } = parties.as;
  const address = orderWallet().address;
  const { body: asked } = await SBI.call("askWalletProof", { body: { investorId, address } });
  const params = { id: asked.id };
  const signature = await orderWallet().signPayload(asked.toSign);
  return attemptAll(step, [
    {
      case: "a wallet proved by another key",
      expected: { status: 422, codes: ["INVALID_FIELD"] },
      act: () => SBI.call("proveWallet", { params, body: { signature } }),
    },
    {
      case: "a wallet approved by the broker",
      expected: { status: 403, codes: ["FORBIDDEN"] },
      act: () => SBI.call("approveWalletProof", { params, body: {} }),
    },
  ]);
}

/** The wallet accepts what is requested for it by an order that it signs; any broker lends its lane. */
export async function acceptBySignature(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  wallet: OrderWallet,
  transfer: WireAnswer<"getTransfer">,
  chainId: number,
): Promise<void> {
  const { NOMURA } = parties.as;
  const order = wallet.order({ action: orderActions.ACCEPT, ref: transfer.ref as `0x${string}` });
  const signature = await wallet.sign(chainId, issue.token, order);
  const body = { issueId: issue.id, order: { ...order, action: "ACCEPT" as const }, signature };
  const { body: relayed } = await NOMURA.call("relayOrder", { body, key: "demo:own-wallet:accept" });
  const { state } = await NOMURA.waitForOperation(relayed.operationId);
  step.check(
    "the wallet accepts by an order that it has signed, relayed by another broker",
    state,
    "entered",
  );
}
