import { holdKinds } from "@genbo/domain/entry-kinds";
import { refOf, refOfWallet } from "@genbo/domain/ids";
import { encodePolicy } from "@genbo/domain/policy-word";
import { encodeRecord } from "@genbo/domain/registry-record";
import { encodeMove, zeroAddress, zeroWord } from "@genbo/domain/words";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startTestChain,
  type TestChain,
  type TestReceipt,
  testAdmin,
  testCommand,
  testSigner,
} from "../../../test/support/deployed-chain.ts";
import type { BatchCall } from "../src/calls.ts";
import type { ChainCommand } from "../src/commands.ts";
import { tokenAddress } from "../src/deployment.ts";
import { batchRowsMax } from "../src/gas.ts";
import type { Signer } from "../src/signer.ts";

const [trustee, issuer, broker] = [testSigner(2), testSigner(3), testSigner(4)];
const custodian = 7;
const now = Date.parse("2021-08-01T00:00:00+09:00") / 1000;
let chain: TestChain;

beforeAll(async () => {
  chain = await startTestChain(now);
  await run(testAdmin, [testCommand("grantRole", null, "g1", { role: "1", account: trustee.address })]);
  await run(testAdmin, [testCommand("grantRole", null, "g2", { role: "2", account: broker.address })]);
  await run(testAdmin, [testCommand("grantRole", null, "g3", { role: "1000", account: issuer.address })]);
  await run(testAdmin, [testCommand("setCustodian", null, "c1", { signer: broker.address, id: custodian })]);
});
afterAll(() => chain.stop());

/** Runs commands with nine tenths of their limit: what they used tells less, since it comes after the refunds. */
async function run(signer: Signer, commands: readonly ChainCommand[]): Promise<TestReceipt> {
  const receipt = await chain.run(signer, commands, 0.9);
  expect(receipt.status, commands[0]!.call).toBe("0x1");
  return receipt;
}

const data = encodeMove({ tradeDate: 18_900, acquiredOn: 18_900, settlementDate: 18_902 });
const full = (
  call: BatchCall,
  row: (index: number) => [name: string, args: ChainCommand["args"]],
  target: string | null,
) =>
  Array.from({ length: batchRowsMax(call) }, (_, index) => {
    const [name, args] = row(index);
    return testCommand(call, target, name, args);
  });
const wallet = (index: number) => `0x${(0x1000 + index).toString(16).padStart(40, "0")}`;

test("the dearest rows of full batches stay well below their limits", async () => {
  const record = (index: number) =>
    encodeRecord({
      personId: `0x${(index + 1).toString(16).padStart(24, "0")}`,
      classBits: 8,
      flags: 0,
      validUntil: now + 1e8,
      country: 392,
      custodian,
    });
  for (let from = 0; from < 1_500; from += 500) {
    await run(
      broker,
      Array.from({ length: 500 }, (_, index) => ({
        ...testCommand("setRecords", null, "", {
          wallet: wallet(from + index),
          record: record(from + index),
          particulars: refOf(`p${from + index}`),
        }),
        ref: refOfWallet(wallet(from + index)),
      })),
    );
  }
  const policy = encodePolicy({
    acceptanceRequired: true,
    approvalRequired: true,
    unitsPerPersonTracked: true,
    maxHolders: 10_000,
  });
  const name = "第1回ケネディクス・リアルティ・トークン渋谷神南".repeat(2);
  await run(trustee, [
    testCommand("createIssue", null, "iss1", {
      name,
      symbol: "KDX-1",
      cap: "1000000",
      policy,
      termsHash: refOf("t"),
      issuerRole: "1000",
    }),
  ]);
  const free = encodePolicy({ unitsPerPersonTracked: true });
  await run(trustee, [
    testCommand("createIssue", null, "iss2", {
      name,
      symbol: "KDX-2",
      cap: "1000000",
      policy: free,
      termsHash: refOf("t"),
      issuerRole: "1000",
    }),
  ]);
  const [held, open] = [refOf("iss1"), refOf("iss2")].map((ref) =>
    tokenAddress(chain.addresses, ref).toLowerCase(),
  ) as [string, string];
  const most = batchRowsMax("issue");
  await run(
    issuer,
    full("issue", (index) => [`i${index}`, { to: wallet(index), units: "100", data }], held),
  );
  await run(
    issuer,
    full("issue", (index) => [`j${index}`, { to: wallet(index), units: "100", data }], open),
  );
  await run(
    broker,
    full(
      "custodiedTransfer",
      (index) => [`c${index}`, { from: wallet(index), to: wallet(600 + index), units: "10", data }],
      open,
    ),
  );
  await run(
    broker,
    full(
      "custodiedTransfer",
      (index) => [`d${index}`, { from: wallet(index), to: wallet(600 + index), units: "90", data }],
      open,
    ),
  );
  const requests = full(
    "requestTransfers",
    (index) => [
      `r${index}`,
      { from: wallet(index), to: wallet(600 + index), units: "10", expiryMinutes: 0, data },
    ],
    held,
  );
  await run(broker, requests);
  const ids = requests.map((_, index) => `r${index}`);
  const accept = batchRowsMax("acceptTransfers");
  await run(
    broker,
    ids.slice(0, accept).map((id) => testCommand("acceptTransfers", held, id, {})),
  );
  const approve = Math.min(batchRowsMax("approveTransfers"), accept);
  await run(
    trustee,
    ids.slice(0, approve).map((id) => testCommand("approveTransfers", held, id, {})),
  );
  const more = full(
    "requestTransfers",
    (index) => [
      `s${index}`,
      { from: wallet(index), to: wallet(600 + index), units: "1", expiryMinutes: 0, data },
    ],
    held,
  );
  await run(broker, more);
  const ending = (call: BatchCall, from: number) =>
    more.slice(from, from + batchRowsMax(call)).map((each) => ({ ...each, call, args: {} }));
  await run(trustee, ending("rejectTransfers", 0));
  await run(broker, ending("cancelTransfers", 60));
  await run(
    issuer,
    full("redeem", (index) => [`z${index}`, { from: wallet(600 + index), units: "1", data }], held).slice(
      0,
      50,
    ),
  );
  expect(most).toBeGreaterThan(100);
  // On each account eight attachments wait for what the request on all of its units frees.
  for (const [call, signer, first] of [
    ["cancelTransfers", broker, 600],
    ["rejectTransfers", trustee, 650],
  ] as const) {
    const accounts = Array.from({ length: batchRowsMax(call) }, (_, index) => wallet(first + index));
    const ofAll = accounts.map((from, index) => {
      const row = { from, to: wallet(1200), units: "100", expiryMinutes: 0, data };
      return testCommand("requestTransfers", open, `${call}${index}`, row);
    });
    await run(broker, ofAll);
    const attachments = accounts.flatMap((account) =>
      Array.from({ length: 8 }, (_, index) => attachment(account, `${account}${index}`)),
    );
    for (let at = 0; at < attachments.length; at += 50)
      await run(trustee, [
        testCommand("createHolds", open, `${call} ${at}`, { rows: attachments.slice(at, at + 50) }),
      ]);
    await run(
      signer,
      ofAll.map((each) => ({ ...each, call, args: {} })),
    );
  }
}, 60_000);

const attachment = (account: string, name: string) => ({
  ...{ account, to: zeroAddress, controller: trustee.address, units: "12", kind: holdKinds.ATTACHMENT },
  ...{ expiryMinutes: 0, ref: refOf(name), data, behind: zeroWord },
});
