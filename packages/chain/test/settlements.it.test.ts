import { refOf } from "@genbo/domain/ids";
import { zeroAddress } from "@genbo/domain/words";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startTestChain,
  type TestChain,
  testCommand,
  testSigner,
} from "../../../test/support/deployed-chain.ts";
import { contractInterface } from "../src/abi.ts";
import { localChainId } from "../src/anvil.ts";
import { encodeCommands } from "../src/commands.ts";
import { settlementCalls } from "../src/settlement-calls.ts";
import { instructionIdOf, legIdOf, legKinds } from "../src/settlements.ts";

let chain: TestChain;
beforeAll(async () => {
  chain = await startTestChain();
}, 60_000);
afterAll(() => chain.stop());

const [seller, buyer] = [testSigner(5).address, testSigner(6).address];
const instruction = {
  ref: refOf("deal"),
  deadline: 1_700_000_000,
  legs: [
    { kind: legKinds.UNITS, asset: zeroAddress, from: seller, to: buyer, amount: "5" },
    { kind: legKinds.BANK, asset: zeroAddress, from: buyer, to: seller, amount: "9007199254740993" },
  ],
};

test("an instruction and its legs have the ids that the contract gives them", async () => {
  const { settlement } = chain.addresses;
  const ask = async (fn: string, args: unknown[]) => {
    const data = contractInterface("Settlement").encodeFunctionData(fn, args);
    return chain.rpc.call<string>("eth_call", { to: settlement, data }, "latest");
  };
  const id = instructionIdOf(localChainId, settlement, instruction);
  expect(id).toBe(await ask("idOf", [instruction]));
  expect(legIdOf(id, 1)).toBe(await ask("legIdOf", [id, 1]));
});

test("every call goes to the contract that it belongs to", () => {
  const { settlement } = chain.addresses;
  const contracts = { manager: "", registry: "", factory: "", anchor: "" };
  const targets = { ...contracts, settlement, cash: chain.cashToken };
  const args = { instruction, leg: 1, evidence: refOf("paid"), account: buyer, yen: "5" };
  const called = settlementCalls.map((call) => {
    const { to, data } = encodeCommands([testCommand(call, null, "x", args)], targets);
    const name = to === settlement.toLowerCase() ? "Settlement" : "CashToken";
    const { name: fn } = contractInterface(name).parseTransaction({ data: `0x${data.toString("hex")}` })!;
    return [call, name, fn];
  });
  expect(called).toEqual([
    ["fund", "Settlement", "fund"],
    ["attest", "Settlement", "attest"],
    ["settle", "Settlement", "settle"],
    ["giveBack", "Settlement", "giveBack"],
    ["admitCash", "CashToken", "admit"],
    ["mintCash", "CashToken", "mint"],
    ["allowCash", "CashToken", "approve"],
  ]);
});
