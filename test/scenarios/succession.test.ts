import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createRpc } from "@genbo/chain/rpc";
import { allEntries, readRegister } from "@genbo/cli/demo/reads";
import { reconcileAndWait } from "@genbo/cli/reconcile";
import { verifyFile } from "@genbo/cli/verify";
import { partIdOf } from "@genbo/register/hold";
import { expect, test } from "vitest";
import {
  goTo,
  openAccount,
  printedAccount,
  recordDateList,
  registerCustomer,
  standAfterSale,
} from "../support/after-sale.ts";
import { papers } from "../support/legal-desk.ts";

const script = resolve(import.meta.dirname, "../../docs/verify.py");
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("SKIPPED: docs/verify.py needs python3 on the PATH");

// INV-D of the 2021 issue dies with 7 units, 5 of them pledged and 4 attached; its heirs take 4 and 3.
const place = await standAfterSale("succession");
const { stack, scenario, parties, issue, accounts, desk } = place;
const { trustee, SBI } = parties.as;
const { entry_date: died, deceased, heirs } = scenario.inheritance;
const [first, second] = Object.keys(heirs) as [string, string];
const pledgee = scenario.pledge.pledgee;
const at = (day: string) => goTo(parties, `${day}T10:00:00+09:00`);
const addressOf = (name: string) => accounts.get(name)!.address;
const printed = (name: string) => printedAccount(place, addressOf(name));
const refs = { pledge: "", attachment: "" };
const partOf = (hold: keyof typeof refs, name: string) => partIdOf(refs[hold], addressOf(name));
const rowsOf = async () => {
  const { rows } = await readRegister(trustee, issue.id);
  const names = new Map([...accounts].map(([name, { address }]) => [address, name]));
  return new Map(rows.map((row) => [names.get(row.account), row]));
};
const codesOf = async (refused: Promise<unknown>): Promise<string[]> => {
  const error = await refused.then(
    () => undefined,
    (thrown) => thrown,
  );
  return error?.problem?.failing?.map(({ code }: { code: string }) => code) ?? [String(error)];
};
const inheritance = () => ({
  kind: "SUCCESSION" as const,
  facts: {
    account: addressOf(deceased),
    diedOn: "2022-02-14",
    heirs: [first, second].map((name) => ({ account: addressOf(name), units: String(heirs[name]) })),
  },
  documents: papers("FAMILY_REGISTER", "DIVISION_AGREEMENT"),
});

test("5 of 7 units are pledged, and 4 attached, of which 2 wait", async () => {
  await at("2021-11-15");
  const pledge = { account: addressOf(deceased), units: "5", pledgee: addressOf(pledgee), claim: "証書貸付" };
  const agreement = papers("PLEDGE_AGREEMENT");
  refs.pledge = (await desk.enter({ kind: "PLEDGE", facts: pledge, documents: agreement })).ref;
  await at("2021-12-20");
  const facts = {
    ...{ account: addressOf(deceased), units: "4", form: "PROVISIONAL_ATTACHMENT" as const },
    ...{ authority: "東京地方裁判所", caseNumber: "令和3年(ヨ)第1号", servedAt: "2021-12-20T09:30:00+09:00" },
  };
  const order = papers("PROVISIONAL_ATTACHMENT_ORDER");
  refs.attachment = (await desk.enter({ kind: "ATTACHMENT", facts, documents: order })).ref;
  expect((await rowsOf()).get(deceased)).toMatchObject({ units: "7", encumbered: "7" });
});

test("the heirs succeed with what rests on the units, each part for the whole claim [CC 296] [CC 896] [TAR 21(2)(iii)]", async () => {
  await at(died);
  const lots = (await rowsOf()).get(deceased)!.lots;
  await desk.enter(inheritance());
  const lines = (await allEntries(trustee, issue.id)).slice(-4);
  expect(
    lines.map(({ kind, basis, ref, to, units, holdId }) => [kind, basis, ref, to, units, holdId]),
  ).toEqual(
    (
      [
        ["pledge", first, "3"],
        ["pledge", second, "2"],
        ["attachment", first, "1"],
        ["attachment", second, "1"],
      ] as const
    ).map(([hold, to, units]) => [
      ...["HOLD_SUCCEEDED", "GENERAL_SUCCESSION", refs[hold], addressOf(to), units, partOf(hold, to)],
    ]),
  );
  const rows = await rowsOf();
  expect(rows.has(deceased)).toBe(false);
  expect([rows.get(first), rows.get(second)]).toMatchObject([
    { units: "4", encumbered: "4", lots: [{ ...lots[0], units: "4" }] },
    { units: "3", encumbered: "3", lots: [{ ...lots[0], units: "3" }] },
  ]);
  const holds = (await desk.holds()).sort((a, b) => a.fromSeq - b.fromSeq);
  const pledge = {
    kind: "PLEDGE",
    target: addressOf(pledgee),
    rank: 1,
    claim: "証書貸付",
    partOf: refs.pledge,
  };
  const attachment = { kind: "ATTACHMENT", waiting: "1", partOf: refs.attachment };
  expect(holds).toMatchObject([
    { ...pledge, account: addressOf(first), units: "3" },
    { ...pledge, account: addressOf(second), units: "2" },
    { ...attachment, account: addressOf(first), units: "1" },
    { ...attachment, account: addressOf(second), units: "1" },
  ]);
  // They are those of the cases that once made the undivided ones.
  expect(new Set(holds.map(({ caseId }) => caseId)).size).toBe(2);
  expect(holds.every(({ caseId }) => caseId !== null)).toBe(true);
  // Before, they stood on the deceased's account, and still do as of then.
  expect((await desk.holds("2022-03-01")).map(({ id, units }) => [id, units]).sort()).toEqual(
    [
      [refs.pledge, "5"],
      [refs.attachment, "2"],
    ].sort(),
  );
  const order = { issueId: issue.id, from: addressOf(first), to: addressOf("BRK-SBI"), units: "1" };
  const { body } = await SBI.call("precheckTransfer", { body: order });
  expect(body.failing.map(({ code }) => code)).toEqual(["INSUFFICIENT_UNITS"]);
});

test("a record date lists the heirs as holders, with their parts of the pledge [TA 189] [TA 200(2)]", async () => {
  const list = await recordDateList(place, scenario.distribution_2.record_date.slice(0, 10));
  const of = (name: string) => list.find(({ id }) => id === name);
  expect(of(deceased)).toBeUndefined();
  expect([of(first), of(second)]).toMatchObject([
    { units: 4, pledged: [3], attached: 1 },
    { units: 3, pledged: [2], attached: 1 },
  ]);
});

test("the printed register and the pledgee's certificate name both parts, with rank and claim [TA 201(1)] [TA 202]", async () => {
  const line = { account: addressOf(pledgee), rank: 1, behind: null, claim: "証書貸付", partOf: refs.pledge };
  expect((await printed(first)).pledges).toMatchObject([{ ...line, units: "3", order: 1 }]);
  expect((await printed(second)).pledges).toMatchObject([{ ...line, units: "2", order: 1 }]);
  expect((await printed(second)).attachments).toMatchObject([{ units: "1", waiting: "1", order: 2 }]);
  const body = { account: addressOf(pledgee), side: "PLEDGEE" as const };
  const { number } = (await trustee.call("issueCertificate", { params: { id: issue.id }, body })).body;
  const { body: read } = await SBI.call("readCertificate", { params: { number }, query: {} });
  const says = JSON.parse(Buffer.from(read.jws.payload, "base64url").toString());
  expect(
    says.pledges.map(({ units, partOf: of, claim }: Record<string, unknown>) => [units, of, claim]).sort(),
  ).toEqual([
    ["2", refs.pledge, "証書貸付"],
    ["3", refs.pledge, "証書貸付"],
  ]);
  expect(says.entries.map(({ kind }: { kind: string }) => kind)).toEqual([
    "HOLD_CREATED",
    "HOLD_SUCCEEDED",
    "HOLD_SUCCEEDED",
  ]);
});

test("one part is released and the other stands; what waits takes what is freed [CC 296] [CEA 145]", async () => {
  const holdId = partOf("pledge", first);
  await desk.enter({ kind: "PLEDGE_RELEASE", facts: { holdId }, documents: papers("PLEDGEE_CONSENT") });
  const rows = await rowsOf();
  expect([rows.get(first), rows.get(second)]).toMatchObject([{ encumbered: "2" }, { encumbered: "3" }]);
  const holds = new Map((await desk.holds()).map((hold) => [hold.id, hold]));
  expect(holds.has(holdId)).toBe(false);
  expect(holds.get(partOf("attachment", first))).toMatchObject({ units: "2", waiting: "0" });
  expect(holds.get(partOf("pledge", second))).toMatchObject({ units: "2" });
});

test("the other part is realised at auction for the pledgee [TAR 21(2)(iv)]", async () => {
  const facts = {
    holdId: partOf("pledge", second),
    buyer: addressOf("BRK-SBI"),
    units: "2",
    soldOn: "2022-07-29",
  };
  await desk.enter({ kind: "AUCTION", facts, documents: papers("AUCTION_RECORD") });
  expect((await rowsOf()).get(second)).toMatchObject({ units: "1", encumbered: "1" });
  expect((await desk.holds()).map(({ kind }) => kind)).toEqual(["ATTACHMENT", "ATTACHMENT"]);
});

test("the court lifts its provisional attachment at one heir [CEA 167]", async () => {
  const facts = { holdId: partOf("attachment", first), ground: "PROVISIONAL_RELEASE_MONEY" as const };
  const documents = papers("RELEASE_MONEY_DEPOSIT");
  expect(
    await codesOf(
      desk.file({ kind: "ATTACHMENT_RELEASE", facts: { ...facts, ground: "TAX_RELEASED" }, documents }),
    ),
  ).toContain("GROUND_OF_ANOTHER_ORDER");
  await desk.enter({ kind: "ATTACHMENT_RELEASE", facts, documents });
  expect((await rowsOf()).get(first)).toMatchObject({ units: "4", encumbered: "0" });
});

test("an heir dies in turn: a sole heir takes the hold itself, with its attachment", async () => {
  const { investorId } = accounts.get(first)!;
  const { address } = await openAccount(SBI, investorId, `0x${"e1".repeat(20)}`);
  const facts = {
    account: addressOf(second),
    diedOn: "2022-08-01",
    heirs: [{ account: address, units: "1" }],
  };
  const documents = papers("FAMILY_REGISTER", "INHERITANCE_STATEMENT");
  await desk.enter({ kind: "SUCCESSION", facts, documents });
  const [hold] = await desk.holds();
  expect(hold).toMatchObject({ id: partOf("attachment", second), account: address, partOf: refs.attachment });
});

test("one heir takes all pledged units and the other free ones, as their division says [CC 296]", async () => {
  const account = addressOf("INV-B");
  const all = Number((await rowsOf()).get("INV-B")!.units);
  const agreement = papers("PLEDGE_AGREEMENT");
  const pledge = { account, units: "2", pledgee: addressOf(pledgee), claim: "証書貸付" };
  const { ref: holdId } = await desk.enter({ kind: "PLEDGE", facts: pledge, documents: agreement });
  const third = "INV-B's heir";
  await registerCustomer(place, third);
  const before = Number((await rowsOf()).get(first)!.units);
  const heirs = [
    { account: addressOf(first), units: String(all - 2) },
    { account: addressOf(third), units: "2", holds: [{ holdId, units: "2" }] },
  ];
  await desk.enter({ ...inheritance(), facts: { account, diedOn: "2022-07-30", heirs } });
  const rows = await rowsOf();
  expect(rows.has("INV-B")).toBe(false);
  expect([rows.get(first), rows.get(third)]).toMatchObject([
    { units: String(before + all - 2), encumbered: "0" },
    { units: "2", encumbered: "2" },
  ]);
  const parts = (await desk.holds()).filter(({ partOf: of }) => of === holdId);
  expect(parts).toMatchObject([
    { id: partIdOf(holdId, addressOf(third)), account: addressOf(third), units: "2", claim: "証書貸付" },
  ]);
});

test("strangers recompute all of it from an export and a node", async () => {
  const { body: text } = await trustee.call("exportRegister", { params: { id: issue.id } });
  const file = join(stack.folder.root, "export.jsonl");
  writeFileSync(file, text);
  const rpc = createRpc([stack.urls.chain]);
  const { verdict, finding } = await verifyFile(file, rpc).finally(() => rpc.close());
  expect([verdict, finding]).toEqual(["equal", null]);
  const { differences } = await reconcileAndWait(trustee, issue.id);
  expect(differences).toEqual([]);
  if (!hasPython) return;
  const { stdout } = spawnSync("python3", [script, file, "--rpc", stack.urls.chain]);
  expect(JSON.parse(stdout.toString())).toMatchObject({ verdict: "equal", at: null });
});
