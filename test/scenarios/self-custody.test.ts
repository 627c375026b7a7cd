import { type OrderWallet, orderWallet } from "@genbo/chain/order-wallet";
import { orderActions } from "@genbo/chain/orders";
import { createRpc } from "@genbo/chain/rpc";
import { demoBegins } from "@genbo/cli/demo/run";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import { refOf } from "@genbo/domain/ids";
import { dayOfIso } from "@genbo/domain/jst";
import { encodeMove } from "@genbo/domain/words";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ActiveIssue, activeIssue } from "../support/active-issue.ts";
import { stackFolder } from "../support/stack-folder.ts";

const { dataDir, remove } = stackFolder("self-custody");
let stack: Stack;
let issue: ActiveIssue;
let investorId: string;
let personId: string;
const wallet = orderWallet();

beforeAll(async () => {
  stack = await startStack({ dataDir, genesisTime: demoBegins });
  issue = await activeIssue(stack, 2, 100);
  const { SBI } = issue.parties.as;
  const { body } = await SBI.call("listWallets", { query: { address: issue.accounts[0]! } });
  investorId = body.items[0]!.investorId;
  personId = (await SBI.call("getInvestor", { params: { id: investorId }, query: {} })).body.personId;
}, 240_000);

afterAll(async () => {
  issue?.chain.close();
  await stack?.stop();
  remove();
});

async function challenge(of: OrderWallet) {
  const { SBI } = issue.parties.as;
  return (await SBI.call("askWalletProof", { body: { investorId, address: of.address } })).body;
}

test("an investor registers a wallet of his own, is issued units there, and sells some by an order that he signed himself", async () => {
  const { SBI, NOMURA, issuer, trustee, trusteeSecond } = issue.parties.as;
  const asked = await challenge(wallet);
  const signature = await wallet.signPayload(asked.toSign);
  await SBI.call("proveWallet", { params: { id: asked.id }, body: { signature } });
  const { body: approved } = await trustee.call("approveWalletProof", { params: { id: asked.id }, body: {} });
  expect((await trustee.waitForOperation(approved.operationId)).state).toBe("entered");
  const { body: listed } = await trustee.call("listWallets", { query: { address: wallet.address } });
  expect(listed.items).toMatchObject([{ custody: "SELF", state: "registered", investorId }]);

  const rows = [{ to: wallet.address, units: "10" }];
  const { body: issued } = await issuer.call("issueUnits", { params: { id: issue.id }, body: { rows } });
  expect(await issuer.waitForOperation(issued.operationId)).toMatchObject({
    state: "entered",
    rowsRefused: 0,
  });

  const buyer = issue.accounts[1]!;
  const day = dayOfIso("2021-07-09")!;
  const order = wallet.order({
    ...{ action: orderActions.REQUEST, to: buyer, units: "4", ref: refOf("self-custody") },
    data: encodeMove({ tradeDate: day, acquiredOn: day, settlementDate: day }),
  });
  const { chainId } = (asked.toSign as { domain: { chainId: string } }).domain;
  const signed = await wallet.sign(Number(chainId), issue.token, order);
  // Any broker lends its lane; the buyer's accepts, by a person of its own.
  const { body: relayed } = await NOMURA.call("relayOrder", {
    body: { issueId: issue.id, order: { ...order, action: "REQUEST" }, signature: signed },
  });
  expect((await NOMURA.waitForOperation(relayed.operationId)).state).toBe("entered");
  const id = relayed.transferId!;
  const { body: accepted } = await SBI.call("acceptTransfer", { params: { id }, body: {} });
  expect((await SBI.waitForOperation(accepted.operationId)).state).toBe("entered");
  const { body: done } = await trusteeSecond.call("approveTransfer", { params: { id }, body: {} });
  expect((await trusteeSecond.waitForOperation(done.operationId)).state).toBe("entered");

  const { body: register } = await trustee.call("readRegister", { params: { id: issue.id }, query: {} });
  const held = Object.fromEntries(register.items.map((row) => [row.account, [row.units, row.personId]]));
  expect(held[wallet.address]).toEqual(["6", personId]);
  expect(held[buyer]?.[0]).toBe("4");
  expect(register.head).toBe(await issue.chain.head(issue.token));
});

test("a contract wallet is registered by its own word (ERC-1271), and one that says nothing is not", async () => {
  const { SBI, trustee } = issue.parties.as;
  const rpc = createRpc([stack.urls.chain]);
  const signature = `0x${"5a".repeat(65)}`;
  // Answers every call with 32 bytes: the magic value of isValidSignature, or zero.
  const codeFor = (answer: string) => `0x7f${answer.padEnd(64, "0")}60005260206000f3`;
  const deaf = orderWallet();
  await rpc.call("anvil_setCode", deaf.address, codeFor(""));
  const asked = await challenge(deaf);
  const refused = SBI.call("proveWallet", { params: { id: asked.id }, body: { signature } });
  await expect(refused).rejects.toThrow("INVALID_FIELD");

  const safe = orderWallet();
  await rpc.call("anvil_setCode", safe.address, codeFor("1626ba7e"));
  const { id } = await challenge(safe);
  await SBI.call("proveWallet", { params: { id }, body: { signature } });
  const { body } = await trustee.call("approveWalletProof", { params: { id }, body: {} });
  expect((await trustee.waitForOperation(body.operationId)).state).toBe("entered");
});
