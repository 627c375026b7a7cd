import { describe, expect, test } from "vitest";
import { contractInterface } from "../src/abi.ts";
import { BadCommand, type ChainCommand, checkCommand, encodeCommands } from "../src/commands.ts";
import { legalCallGas } from "../src/gas.ts";
import { legalCalls } from "../src/legal-calls.ts";

const target = `0x${"11".repeat(20)}`;
const [account, controller] = [`0x${"22".repeat(20)}`, `0x${"33".repeat(20)}`];
const ref = `0x${"44".repeat(32)}`;
const data = `0x${"00".repeat(32)}`;
const contracts = { manager: target, registry: target, factory: target, anchor: target };
const targets = { ...contracts, settlement: target, cash: null };
const hold = {
  account,
  to: target,
  controller,
  units: "5",
  kind: 3,
  expiryMinutes: 0,
  ref,
  data,
  behind: data,
};
const move = { from: account, to: target, units: "9", basis: 5, ref, data, breaks: [ref] };

const samples: Record<(typeof legalCalls)[number], ChainCommand["args"]> = {
  createHolds: { rows: [hold, hold] },
  releaseHolds: { holdIds: [ref] },
  releaseByOrder: { holdIds: [ref], basis: 6 },
  executeHolds: { rows: [{ holdId: ref, units: "3" }] },
  enforceTransfers: { rows: [move] },
  recover: { lost: account, replacement: target, ref, holdIds: [ref, data] },
  succeed: {
    from: account,
    rows: [
      { to: target, units: "2", ref, data, parts: [{ units: "1", claim: "3" }] },
      { to: controller, units: "0", ref: data, data, parts: [{ units: "0", claim: "4" }] },
    ],
    holdIds: [ref],
  },
  changeController: { holdId: ref, controller },
  assignPledge: { holdId: ref, pledgee: account, controller },
  mark: { account, units: "5", basis: 13, ref, data },
};
const single: readonly string[] = ["recover", "succeed", "changeController", "assignPledge", "mark"];
const command = (call: string, args: ChainCommand["args"]): ChainCommand => ({ call, target, ref, args });

describe("a legal act", () => {
  test.each(legalCalls)("%s is one atomic call to its token", (call) => {
    checkCommand(command(call, samples[call]));
    const { to, data: bytes } = encodeCommands([command(call, samples[call])], targets);
    expect(to).toBe(target);
    const decoded = contractInterface("SecurityToken").parseTransaction({
      data: `0x${bytes.toString("hex")}`,
    });
    expect(decoded?.name).toBe(call);
    if (!single.includes(call)) expect(decoded?.args.at(-1)).toBe(true);
  });

  test("gets gas for every row and every hold that it breaks or carries", () => {
    const gas = (call: string, args: ChainCommand["args"]) =>
      encodeCommands([command(call, args)], targets).gasLimit;
    expect(gas("enforceTransfers", samples.enforceTransfers)).toBe(legalCallGas(2));
    expect(gas("recover", samples.recover)).toBe(legalCallGas(3));
    expect(gas("succeed", samples.succeed)).toBe(legalCallGas(4));
  });

  test.each([
    ["createHolds", { rows: [] }],
    ["createHolds", { rows: [{ ...hold, units: 5 }] }],
    ["createHolds", { rows: [{ ...hold, account: "0x12" }] }],
    ["releaseHolds", {}],
    ["enforceTransfers", { rows: Array.from({ length: 26 }, () => move) }],
  ])("%s with wrong arguments fails before it is sent", (call, args) => {
    expect(() => checkCommand(command(call, args))).toThrow(BadCommand);
  });
});
