import { readFile, writeFile } from "node:fs/promises";
import { contractArtifact, contractInterface } from "@genbo/chain/abi";
import { issuerRole } from "@genbo/chain/deployment";
import { carriedRowGas, singleCallGas } from "@genbo/chain/gas";
import { Interface, id, ZeroAddress } from "ethers";
import { artifacts } from "hardhat";
import { createPlatform, type Platform, registryRecord, wallet } from "../../contracts/test/platform.ts";

export interface GasFigure {
  name: string;
  /** Gas of one transaction, or of one row of a batch, the transaction's own gas shared out. */
  gas: number;
  budget: number;
  /** OpenZeppelin's ERC-20 for the nearest act, measured in the same run. */
  openzeppelin: number | null;
  met: boolean;
}

/** Gas by name of the figure, as it was when last agreed to: `contracts/gas.json`. */
type GasSnapshot = Record<string, number>;

const snapshotFile = new URL("../../contracts/gas.json", import.meta.url);
const batch = 100;
/** The chain's own prices for a row whose seller no other row has are 19,900, see docs/contracts.md; 3,600 are for code. */
const manySellersBudget = 23_500;
/** The API carries at most 50 accounts and holds a transaction, which has this much gas for each of them. */
const carryWorst = singleCallGas / 50 + carriedRowGas;
const ref = (text: string) => id(text);
const range = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const zero = `0x${"0".repeat(64)}`;

/** Measures the budgets of docs/contracts.md on an in-process Berlin chain. */
export async function measureGas(): Promise<GasFigure[]> {
  const platform = await createPlatform();
  const { signers, send, addresses } = platform;
  const [seller, buyer] = signers.brokers;
  const figures: GasFigure[] = [];
  const note = (
    name: string,
    gas: bigint,
    rows: number,
    budget: number,
    openzeppelin: bigint | null = null,
  ) => {
    const each = Math.round(Number(gas) / rows);
    figures.push({
      name,
      gas: each,
      budget,
      openzeppelin: openzeppelin === null ? null : Number(openzeppelin),
      met: each <= budget,
    });
  };
  const plain = await measurePlain(platform);
  const block = await platform.request<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
  const validUntil = BigInt(block.timestamp) + 86_400n * 365n;

  const register = (wallets: string[], custodian: bigint, from: string) =>
    send(from, "HolderRegistry", addresses.holderRegistry, "setRecords", [
      wallets.map((address) => [
        address,
        registryRecord(BigInt.asUintN(96, BigInt(address)), validUntil, custodian),
        id(address),
      ]),
      true,
    ]);
  await register([wallet(0)], 1n, seller);
  note(
    "registration, batch of 100",
    (await register(range(batch, 1).map(wallet), 1n, seller)).gasUsed,
    batch,
    26_000,
  );
  await register(range(batch, 200).map(wallet), 2n, buyer);
  await register(range(500, 1000).map(wallet), 1n, seller);
  const [alice, bob, carol] = signers.others as [string, string, string];
  await register([alice, bob, carol], 0n, signers.registrar);

  const terms = [ref("measured"), "Issue", "ST", 1n, 0n, ref("terms"), issuerRole(0n)];
  const created = await send(signers.registrar, "TokenFactory", addresses.tokenFactory, "createIssue", [
    terms,
  ]);
  note("creation of an issue", created.gasUsed, 1, 8_000_000);
  const token = await platform.createIssue(ref("issue"));
  const joint = await platform.createIssue(ref("joint"), 6n << 248n);
  const act = (from: string, fn: string, rows: unknown[], target = token) =>
    send(from, "SecurityToken", target, fn, [rows, true]);
  const issue = (wallets: string[], units: bigint, target = token) =>
    act(
      signers.issuer,
      "issue",
      wallets.map((to) => [to, units, ref(`issue ${to}`), zero]),
      target,
    );
  await issue([wallet(0), alice], 1_000_000n);
  note(
    "issue to new holders, batch of 100",
    (await issue(range(batch, 1).map(wallet), 1000n)).gasUsed,
    batch,
    32_000,
    plain.mintNew,
  );
  const large = await issue(range(500, 1000).map(wallet), 10n);
  note("issue to 500 new holders in one transaction", large.gasUsed, 1, 16_000_000);

  const transfer = (to: string) => send(alice, "SecurityToken", token, "transfer", [to, 10n]);
  note("transfer to a new holder", (await transfer(bob)).gasUsed, 1, 77_000, plain.transferNew);
  note("transfer between holders", (await transfer(bob)).gasUsed, 1, 56_000, plain.transfer);
  const custodied = (from: (index: number) => string) =>
    act(
      seller,
      "custodiedTransfer",
      range(batch, 1).map((index) => [from(index), wallet(1000 + index), 1n, ref(`move ${index}`), zero]),
    );
  note("custodied batch of 100, one seller", (await custodied(() => wallet(0))).gasUsed, batch, 16_000);
  note("custodied batch of 100, 100 sellers", (await custodied(wallet)).gasUsed, batch, manySellersBudget);

  await issue(range(batch, 1).map(wallet), 1000n, joint);
  await issue(range(batch, 200).map(wallet), 1000n, joint);
  const requests = range(batch, 1).map((index) => [
    wallet(index),
    wallet(199 + index),
    5n,
    0,
    ref(`request ${index}`),
    zero,
  ]);
  note(
    "request, batch of 100",
    (await act(seller, "requestTransfers", requests, joint)).gasUsed,
    batch,
    120_000,
  );
  const ids = range(batch, 1).map((index) => ref(`request ${index}`));
  note("accept, batch of 100", (await act(buyer, "acceptTransfers", ids, joint)).gasUsed, batch, 30_000);
  note(
    "approve, batch of 100",
    (await act(signers.registrar, "approveTransfers", ids, joint)).gasUsed,
    batch,
    30_000,
  );
  const carry = await measureCarry(platform);
  note("split, an account carried, batch of 25", carry.bare, 25, 40_000);
  note("split, an account and its pledge carried, batch of 25", carry.pledged, 25, 65_000);
  note(
    "split, an account with frozen units, a pledge and eight attachments that wait",
    carry.worst,
    1,
    carryWorst,
  );
  note("DvP of two legs, settlement", await measureDvp(platform, token, validUntil), 1, 210_000);
  return figures;
}

/** Gas of carrying accounts over a split in an issue that tracks persons: bare, with one pledge each, and at the worst. */
async function measureCarry({ signers, createIssue, send, request }: Platform) {
  const token = await createIssue(ref("scaled"), 32n << 248n, 10_000_000n);
  const { issuer, registrar, enforcer } = signers;
  const act = (from: string, fn: string, args: unknown[]) => send(from, "SecurityToken", token, fn, args);
  const [bare, pledged] = [range(25, 1).map(wallet), range(25, 26).map(wallet)];
  const worst = wallet(51);
  const issued = [...bare, ...pledged, worst].map((to) => [to, 1000n, ref(`issue ${to}`), zero]);
  await act(issuer, "issue", [issued, true]);
  const hold = (account: string, name: string, units: bigint, kind = 3) => [
    ...[account, kind === 4 ? ZeroAddress : wallet(0), registrar, units, kind, 0],
    ...[ref(name), zero, zero],
  ];
  await act(registrar, "createHolds", [pledged.map((account) => hold(account, account, 10n)), true]);
  await act(registrar, "createHolds", [[hold(worst, "all", 995n)], true]);
  const waiting = range(8).map((index) => hold(worst, `waits ${index}`, 10n, 4));
  await act(registrar, "createHolds", [waiting, true]);
  await act(enforcer, "setFrozenTokens", [worst, 7n]);
  await act(issuer, "proposeRatio", [3n, 2n]);
  await request("evm_increaseTime", [90_000]);
  await act(registrar, "beginRatio", [3n, 2n, ref("split")]);
  const carry = async (accounts: string[], ids: (account: string) => string[]) =>
    (await act(registrar, "carry", [accounts.map((account) => [account, ids(account)])])).gasUsed;
  return {
    bare: await carry(bare, () => []),
    pledged: await carry(pledged, (account) => [ref(account)]),
    worst: await carry([worst], () => [ref("all")]),
  };
}

/** Gas of settling one delivery against one cash leg, both in the settlement contract's hands. */
async function measureDvp(
  { signers, addresses, send, sendRaw, read }: Platform,
  token: string,
  validUntil: bigint,
): Promise<bigint> {
  const { settlement, accessManager } = addresses;
  const [from, to] = signers.others as [string, string];
  const seller = wallet(1);
  const cashCode = contractInterface("CashToken").encodeDeploy([accessManager]);
  const deployed = await sendRaw(signers.admin, {
    to: null,
    data: contractArtifact("CashToken").bytecode + cashCode.slice(2),
  });
  const cash = deployed.contractAddress!;
  for (const account of [from, to, seller, settlement])
    await send(signers.admin, "CashToken", cash, "admit", [account, true]);
  for (const account of [to, seller]) await send(signers.admin, "CashToken", cash, "mint", [account, 1_000n]);
  const legs = [
    [1, token, seller, to, 10n],
    [2, cash, to, seller, 500n],
  ];
  const instruction = [ref("deal"), validUntil, legs];
  const dealId = (await read("Settlement", settlement, "idOf", [instruction]))[0];
  const holdId = (await read("Settlement", settlement, "legIdOf", [dealId, 0]))[0];
  const row = [seller, to, settlement, 10n, 2, 0, holdId, zero, zero];
  await send(signers.brokers[0], "SecurityToken", token, "createDvpHolds", [[row], true]);
  await send(to, "CashToken", cash, "approve", [settlement, 500n]);
  await send(to, "Settlement", settlement, "fund", [instruction, 1]);
  return (await send(from, "Settlement", settlement, "settle", [instruction])).gasUsed;
}

async function measurePlain(
  platform: Platform,
): Promise<{ mintNew: bigint; transferNew: bigint; transfer: bigint }> {
  const { abi, bytecode } = await artifacts.readArtifact("PlainToken");
  const codec = new Interface(abi);
  const [from] = platform.signers.others as [string];
  const { contractAddress } = await platform.sendRaw(from, { to: null, data: bytecode });
  const call = async (fn: string, args: unknown[]) =>
    (await platform.sendRaw(from, { to: contractAddress, data: codec.encodeFunctionData(fn, args) })).gasUsed;
  await call("mint", [from, 1_000_000n]);
  const mintNew = (await call("mintBatch", [range(batch, 5000).map(wallet), 10n])) / BigInt(batch);
  const transferNew = await call("transfer", [wallet(1), 10n]);
  return { mintNew, transferNew, transfer: await call("transfer", [wallet(1), 10n]) };
}

export const readSnapshot = async (): Promise<GasSnapshot> =>
  JSON.parse(await readFile(snapshotFile, "utf8")) as GasSnapshot;

/** The figures that are unknown to a snapshot or more than 1 % above it, each in words. */
export const grownSince = (snapshot: GasSnapshot, figures: readonly Pick<GasFigure, "name" | "gas">[]) =>
  figures
    .filter(({ name, gas }) => !(gas <= (snapshot[name] ?? 0) * 1.01))
    .map(({ name, gas }) => `${name}: ${gas}, was ${snapshot[name] ?? "not measured"}`);

if (import.meta.main) {
  const figures = await measureGas();
  if (process.argv.includes("--write")) {
    const snapshot: GasSnapshot = Object.fromEntries(figures.map(({ name, gas }) => [name, gas]));
    await writeFile(snapshotFile, `${JSON.stringify(snapshot, null, 2)}\n`);
  }
  if (process.argv.includes("--json")) console.log(JSON.stringify(figures));
  else console.table(figures);
}
