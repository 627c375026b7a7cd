import { selectorOf } from "@genbo/chain/keccak";
import { createRpc } from "@genbo/chain/rpc";
import { customersOf } from "@genbo/cli/demo/customers";
import { readRegister } from "@genbo/cli/demo/reads";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { createPool } from "@genbo/database/sql/connection";
import { classesOf, recordFlags } from "@genbo/domain/investor-class";
import { decodeRecord } from "@genbo/domain/registry-record";
import { afterAll, expect, test } from "vitest";
import { goTo, printedAccount, standAfterSale } from "../support/after-sale.ts";
import { type NewCase, papers } from "../support/legal-desk.ts";
import { expectRegisterIsChain } from "../support/register-is-chain.ts";

// Several changes of one person are decided before the first of them is entered: none may be lost.
const place = await standAfterSale("registry-records");
const { stack, parties, issue, accounts, desk } = place;
const { SBI, NOMURA, trustee, trusteeSecond } = parties.as;
const day = "2021-10-11";
await goTo(parties, `${day}T10:00:00+09:00`);

const rpc = createRpc([stack.urls.chain]);
const pool = createPool(stack.urls.database.genbo_api, { max: 1 });
const { registry } = (await readDeployment(pool))!;
await pool.end();
afterAll(() => rpc.close());

async function recordOn(address: string) {
  const data = `0x${selectorOf("recordOf(address)")}${address.slice(2).padStart(64, "0")}`;
  return decodeRecord(await rpc.call<string>("eth_call", { to: registry, data }, "latest"));
}

/** What is decided while nothing is sent. */
async function decided(decide: () => Promise<string[]>): Promise<(string | null)[][]> {
  const worker = stack.processes().worker!;
  process.kill(worker, "SIGSTOP");
  const operations = await decide().finally(() => process.kill(worker, "SIGCONT"));
  const ended = await Promise.all(operations.map((id) => parties.as.operator.waitForOperation(id)));
  return ended.map(({ state, code }) => [state, code]);
}
const entered = ["entered", null];

/** Customers of one broker who hold units, and none of whom two tests have. */
const holders = customersOf(place.scenario).SBI.flatMap(({ person }) =>
  /^INV-\d+$/.test(person.id) ? [accounts.get(person.id)!] : [],
);
const holder = () => holders.pop()!;

async function approve(body: NewCase): Promise<string> {
  const { id } = await desk.file(body);
  return (await trusteeSecond.call("approveCase", { params: { id }, body: {} })).body.operationId;
}
const mark = (kind: "FREEZE" | "UNFREEZE", account: string, flag: keyof typeof recordFlags) =>
  approve({ kind, facts: { account, flag }, documents: papers("DECISION") });
const flagsOf = async (id: string) =>
  (await trustee.call("getInvestor", { params: { id }, query })).body.flags;
const query = { purpose: "点検" };
const investorOf = async (id: string) => (await SBI.call("getInvestor", { params: { id } })).body;

let evidence = 0;
async function change(id: string, more: { name?: string; classes?: ["QII"]; validUntil?: string }) {
  const { name, ...facts } = more;
  const value = (await investorOf(id)).particulars!.value;
  const particulars =
    name === undefined ? {} : { particulars: { ...value, name: { ...value.name, kanji: name } } };
  evidence += 1;
  const body = { effectiveOn: day, evidenceRef: `DOC-${evidence}`, ...facts, ...particulars };
  return (await SBI.call("changeParticulars", { params: { id }, body })).body.operationId!;
}

test("a sanction stays when another mark is decided after it, and when that one is lifted", async () => {
  const { address, investorId } = holder();
  const both = () =>
    decided(async () => [
      await mark("FREEZE", address, "SANCTIONED"),
      await mark("FREEZE", address, "FROZEN"),
    ]);
  expect(await both()).toEqual([entered, entered]);
  expect((await recordOn(address)).flags).toBe(recordFlags.SANCTIONED | recordFlags.FROZEN);
  const lifted = async () => [await mark("UNFREEZE", address, "FROZEN")];
  expect(await decided(lifted)).toEqual([entered]);
  expect((await recordOn(address)).flags).toBe(recordFlags.SANCTIONED);
  expect(await flagsOf(investorId)).toEqual(["SANCTIONED"]);
  const order = { issueId: issue.id, from: address, to: accounts.get("BRK-SBI")!.address, units: "1" };
  expect((await SBI.call("precheckTransfer", { body: order })).body.allowed).toBe(false);
});

test("a mark that is raised and lifted before it is entered is lifted in the end", async () => {
  const { address, investorId } = holder();
  const turns = async () => [
    await mark("FREEZE", address, "FROZEN"),
    await mark("UNFREEZE", address, "FROZEN"),
    await mark("FREEZE", address, "SANCTIONED"),
    await mark("UNFREEZE", address, "SANCTIONED"),
  ];
  expect(await decided(turns)).toEqual([entered, entered, entered, entered]);
  expect([(await recordOn(address)).flags, await flagsOf(investorId)]).toEqual([0, []]);
});

test("a succession leaves the sanction of the deceased where it is", async () => {
  const { address, investorId } = holder();
  const { rows } = await readRegister(trustee, issue.id);
  const { units } = rows.find(({ account }) => account === address)!;
  const heirs = [{ account: holder().address, units }];
  const documents = papers("FAMILY_REGISTER", "DIVISION_AGREEMENT");
  const both = async () => [
    await mark("FREEZE", address, "SANCTIONED"),
    await approve({
      kind: "SUCCESSION",
      facts: { account: address, diedOn: "2021-10-01", heirs },
      documents,
    }),
  ];
  expect(await decided(both)).toEqual([entered, entered]);
  expect((await recordOn(address)).flags).toBe(recordFlags.SANCTIONED | recordFlags.DECEASED);
  expect(await flagsOf(investorId)).toEqual(["DECEASED", "SANCTIONED"]);
});

test.each(["before", "after"])("a customer goes to another broker with a mark decided %s", async (when) => {
  const { address, investorId } = holder();
  const documents = [{ name: "移管依頼書.pdf", sha256: "c0".repeat(32) }];
  const { body: filed } = await SBI.call("fileCustodyChange", {
    body: { investorId, toBrokerId: parties.ids.NOMURA, documents },
  });
  const params = { id: filed.custodyChangeId! };
  const { body: consented } = await NOMURA.call("consentToCustodyChange", {
    params,
    body: { externalId: `from SBI, marked ${when}` },
  });
  await SBI.waitForOperation(filed.operationId);
  await NOMURA.waitForOperation(consented.operationId);
  const moving = async () =>
    (await trustee.call("approveCustodyChange", { params, body: {} })).body.operationId;
  const marking = () => mark("FREEZE", address, "SANCTIONED");
  const [first, second] = when === "before" ? [marking, moving] : [moving, marking];
  expect(await decided(async () => [await first(), await second()])).toEqual([entered, entered]);
  const { flags, custodian } = await recordOn(address);
  expect([flags, custodian]).toEqual([recordFlags.SANCTIONED, (await recordOn(nomuraAccount)).custodian]);
  const order = { issueId: issue.id, from: address, to: accounts.get("BRK-SBI")!.address, units: "1" };
  expect((await NOMURA.call("precheckTransfer", { body: order })).body.allowed).toBe(false);
});
const nomuraAccount = accounts.get("INV-C")!.address;

test.each(["before", "after"])(
  "a new name decided %s a mark is the one that is printed [TA 186(iii)]",
  async (when) => {
    const { address, investorId } = holder();
    const naming = () => change(investorId, { name: `改名 ${when}` });
    const marking = () => mark("FREEZE", address, "FROZEN");
    const [first, second] = when === "before" ? [naming, marking] : [marking, naming];
    expect(await decided(async () => [await first(), await second()])).toEqual([entered, entered]);
    expect((await printedAccount(place, address)).name).toMatchObject({ kanji: `改名 ${when}` });
    expect((await investorOf(investorId)).particulars!.value.name.kanji).toBe(`改名 ${when}`);
    expect((await recordOn(address)).flags).toBe(recordFlags.FROZEN);
  },
);

test.each(["before", "after"])(
  "a new class decided %s a mark is lifted stands, and so does the lifting",
  async (when) => {
    const { address, investorId } = holder();
    expect(await decided(async () => [await mark("FREEZE", address, "FROZEN")])).toEqual([entered]);
    const classing = () => change(investorId, { classes: ["QII"] });
    const lifting = () => mark("UNFREEZE", address, "FROZEN");
    const [first, second] = when === "before" ? [classing, lifting] : [lifting, classing];
    expect(await decided(async () => [await first(), await second()])).toEqual([entered, entered]);
    const { flags, classBits } = await recordOn(address);
    expect([flags, classesOf(classBits), await flagsOf(investorId)]).toEqual([0, ["QII"], []]);
  },
);

test.each(["before", "after"])("an account opened %s a mark has it too", async (when) => {
  const { address, investorId } = holder();
  const added = `0x${(when === "before" ? "5c" : "5d").repeat(20)}`;
  const opening = async () =>
    (await SBI.call("registerWallet", { body: { investorId, address: added } })).body.operationId!;
  const marking = () => mark("FREEZE", address, "SANCTIONED");
  const [first, second] = when === "before" ? [opening, marking] : [marking, opening];
  expect(await decided(async () => [await first(), await second()])).toEqual([entered, entered]);
  const flags = await Promise.all([address, added].map(async (each) => (await recordOn(each)).flags));
  expect(flags).toEqual([recordFlags.SANCTIONED, recordFlags.SANCTIONED]);
});

test("what the chain refuses of a customer's data stands nowhere, and the next change goes on from what it has", async () => {
  const { address, investorId } = holder();
  const before = await investorOf(investorId);
  const soon = new Date(Date.parse((await parties.as.operator.call("status")).body.time) + 20_000);
  const lapses = async () => {
    const operation = await change(investorId, {
      name: "届かぬ名",
      classes: ["QII"],
      validUntil: soon.toISOString(),
    });
    expect((await investorOf(investorId)).particulars!.value.name.kanji).toBe("届かぬ名");
    // Its record goes on from the one before it, and falls with it.
    const marked = await mark("FREEZE", address, "SANCTIONED");
    await goTo(parties, new Date(soon.getTime() + 60_000).toISOString());
    return [operation, marked];
  };
  const refused = ["refused", "VALIDITY_PAST"];
  expect(await decided(lapses)).toEqual([refused, refused]);
  expect({ ...(await investorOf(investorId)), asOf: null }).toEqual({ ...before, asOf: null });
  expect(await decided(async () => [await mark("FREEZE", address, "SANCTIONED")])).toEqual([entered]);
  expect(await flagsOf(investorId)).toEqual(["SANCTIONED"]);
  expect((await printedAccount(place, address)).name).toEqual(before.particulars!.value.name);
  expect(await decided(async () => [await change(investorId, { name: "届く名" })])).toEqual([entered]);
  expect((await investorOf(investorId)).particulars).toMatchObject({
    version: 3,
    value: { name: { kanji: "届く名" } },
  });
  const history = (
    await trustee.call("readHolder", {
      params: { id: issue.id, personId: before.personId },
      query,
    })
  ).body.particulars!;
  expect(history.map(({ version }) => version)).toEqual([3, 1]);
});

test("register and chain are one in the end", () => expectRegisterIsChain(place));
