import { holdKinds } from "@genbo/domain/entry-kinds";
import { refOf, refOfWallet } from "@genbo/domain/ids";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodePolicy } from "@genbo/domain/policy-word";
import { encodeRecord } from "@genbo/domain/registry-record";
import { encodeMove, zeroAddress, zeroWord } from "@genbo/domain/words";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startTestChain,
  type TestChain,
  testAdmin,
  testCommand,
  testSigner,
} from "../../../test/support/deployed-chain.ts";
import { roles, tokenAddress } from "../src/deployment.ts";

const [trustee, issuer, broker] = [testSigner(2), testSigner(3), testSigner(4)];
const now = Date.parse("2021-08-01T00:00:00+09:00") / 1000;
const wallet = (index: number) => `0x${(0x1000 + index).toString(16).padStart(40, "0")}`;
const data = encodeMove({});
let chain: TestChain;
let token: string;

/** Wallet 200 + n is another one of the person of wallet n. */
const recordOf = (index: number) =>
  encodeRecord({
    personId: `0x${((index % 200) + 1).toString(16).padStart(24, "0")}`,
    classBits: 8,
    flags: 0,
    validUntil: now + 1e8,
    country: 392,
    custodian: 7,
  });

beforeAll(async () => {
  chain = await startTestChain(now);
  const grant = (role: bigint, account: string, name: string) =>
    chain.run(testAdmin, [testCommand("grantRole", null, name, { role: String(role), account })]);
  await grant(roles.registrar, trustee.address, "g1");
  await grant(roles.enforcer, trustee.address, "g2");
  await grant(roles.broker, broker.address, "g3");
  await grant(1000n, issuer.address, "g4");
  await chain.run(testAdmin, [testCommand("setCustodian", null, "c1", { signer: broker.address, id: 7 })]);
  const records = Array.from({ length: 400 }, (_, index) => ({
    ...testCommand("setRecords", null, "", {
      wallet: wallet(index),
      record: recordOf(index),
      particulars: refOf("p"),
    }),
    ref: refOfWallet(wallet(index)),
  }));
  await chain.run(broker, records);
  const policy = encodePolicy({ unitsPerPersonTracked: true, maxHolders: 1_000 });
  const terms = {
    name: "Issue",
    symbol: "ST",
    cap: "1000000",
    policy,
    termsHash: refOf("t"),
    issuerRole: "1000",
  };
  await chain.run(trustee, [testCommand("createIssue", null, "iss", terms)]);
  token = tokenAddress(chain.addresses, refOf("iss")).toLowerCase();
  const issued = Array.from({ length: 100 }, (_, index) =>
    testCommand("issue", token, `i${index}`, { to: wallet(index), units: "1000", data }),
  );
  await chain.run(issuer, issued);
}, 60_000);
afterAll(() => chain.stop());

/** Carries out an act with nine tenths of its limit: what it used tells less, since it comes after the refunds. */
async function act(call: string, name: string, args: Record<string, unknown>): Promise<number> {
  const command = testCommand(call, token, name, args);
  const receipt = await chain.run(trustee, [command], 0.9);
  expect(receipt.status).toBe("0x1");
  return Number(receipt.gasUsed);
}

const hold = (name: string, account: string, units: string, kind: number) => ({
  account,
  to: kind === holdKinds.ATTACHMENT ? zeroAddress : wallet(99),
  controller: trustee.address,
  units,
  kind,
  expiryMinutes: 0,
  ref: refOf(name),
  data,
  behind: zeroWord,
});
const names = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}${index}`);

test("acts with as many rows, broken, carried and waiting holds as there may be stay below their limits", async () => {
  const pledge = (index: number) => hold(`pl${index}`, wallet(index), "1000", holdKinds.PLEDGE);
  const created = await act("createHolds", "pl", { rows: names(50, "").map((_, index) => pledge(index)) });
  // Orders over whole holdings to new holders, each of which breaks a pledge.
  const moves = Array.from({ length: 25 }, (_, index) => ({
    from: wallet(index),
    to: wallet(120 + index),
    units: "1000",
    basis: basisCode("JUDGMENT"),
    ref: refOf(`mv${index}`),
    data,
    breaks: [refOf(`pl${index}`)],
  }));
  const moved = await act("enforceTransfers", "mv", { rows: moves });
  // Eight attachments wait behind a pledge; its end covers them all.
  for (const name of names(8, "at"))
    await act("createHolds", name, { rows: [hold(name, wallet(30), "125", holdKinds.ATTACHMENT)] });
  const released = await act("releaseHolds", "pl30", { holdIds: [refOf("pl30")] });
  const small = names(49, "sm");
  await act("createHolds", "sm", {
    rows: small.map((name) => hold(name, wallet(60), "10", holdKinds.PLEDGE)),
  });
  const carried = {
    lost: wallet(60),
    replacement: wallet(260),
    ref: refOf("rec"),
    holdIds: small.map((name) => refOf(name)),
  };
  const recovered = await act("recover", "rec", carried);
  // Five heirs of a holder with nine holds, eight of which wait: every part of each waits on.
  await act("createHolds", "in0", { rows: [hold("in0", wallet(70), "100", holdKinds.PLEDGE)] });
  const waiting = names(8, "in-").map((name) => ({
    ...hold(name, wallet(70), "100", holdKinds.PLEDGE),
    behind: refOf("in0"),
  }));
  await act("createHolds", "in-", { rows: waiting });
  const heirs = Array.from({ length: 5 }, (_, index) => ({
    to: wallet(150 + index),
    units: "180",
    ref: refOf(`heir${index}`),
    data,
    parts: [{ units: "20", claim: "20" }, ...waiting.map(() => ({ units: "0", claim: "20" }))],
  }));
  const holdIds = [refOf("in0"), ...waiting.map(({ ref }) => ref)];
  const succeeded = await act("succeed", "heir0", { from: wallet(70), rows: heirs, holdIds });
  expect(succeeded / 50).toBeLessThan(200_000);
  const each = [created / 50, moved / 25, recovered / 50];
  expect(Math.max(...each)).toBeLessThan(100_000);
  expect(released).toBeLessThan(250_000);
});
