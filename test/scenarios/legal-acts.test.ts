import { selectorOf } from "@genbo/chain/keccak";
import { createRpc } from "@genbo/chain/rpc";
import type { Client } from "@genbo/cli/client";
import { openChainView } from "@genbo/cli/demo/chain-view";
import { allEntries, headOf, readRegister } from "@genbo/cli/demo/reads";
import { expect, test } from "vitest";
import {
  goTo,
  type Listed,
  openAccount,
  printedAccount,
  recordDateList,
  registerCustomer,
  standAfterSale,
} from "../support/after-sale.ts";
import { papers } from "../support/legal-desk.ts";

const place = await standAfterSale("legal-acts");
const { stack, scenario, parties, issue, accounts, desk } = place;
const sbi = parties.as.SBI;
const at = (day: string) => goTo(parties, `${day}T10:00:00+09:00`);
const addressOf = (name: string) => accounts.get(name)!.address;
const personOf = (name: string) => accounts.get(name)!.personId;
const listOn = (day: string) => recordDateList(place, day);
const printed = (name: string) => printedAccount(place, addressOf(name));

const codesOf = async (refused: Promise<unknown>): Promise<string[]> => {
  const error = await refused.then(
    () => undefined,
    (thrown) => thrown,
  );
  return error?.problem?.failing?.map(({ code }: { code: string }) => code) ?? [String(error)];
};

/** What a listed person is paid: each tax is rounded down once for it. Only residents pay the local one. */
function paid({ id, units, taxCategory }: Listed, yenPerUnit: number) {
  const gross = units * yenPerUnit;
  const national = Number((BigInt(gross) * 15_315n) / 100_000n);
  const local = taxCategory === "RESIDENT_INDIVIDUAL" ? Math.floor((gross * 5) / 100) : 0;
  return { id, units, gross, national, local, net: gross - national - local };
}

const byName = <Row extends { id: string }>(rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

test("2021-11-15 INV-B pledges 5: perfected by its entry, and bars a transfer [TA 200(2)] [TA 201]", async () => {
  const { date, pledgor, units, pledgee } = scenario.pledge;
  await at(date);
  const facts = { account: addressOf(pledgor), units: String(units), pledgee: addressOf(pledgee) };
  const entered = await desk.enter({ kind: "PLEDGE", facts, documents: papers("PLEDGE_AGREEMENT") }, sbi);
  const [hold] = await desk.holds();
  expect(hold).toMatchObject({
    id: entered.ref,
    caseId: entered.id,
    kind: "PLEDGE",
    units: "5",
    personId: personOf(pledgor),
    targetPersonId: personOf(pledgee),
  });
  const entries = await allEntries(parties.as.trustee, issue.id);
  expect(entries.at(-1)).toMatchObject({
    kind: "HOLD_CREATED",
    basis: "PLEDGE_SET",
    maker: "staff:sbi-customers-1",
    checker: "staff:trustee-2",
  });
  expect(new Date(entries.at(-1)!.perfectedAt!).toISOString().slice(0, 10)).toBe(date);
  const order = { issueId: issue.id, from: addressOf(pledgor), to: addressOf("BRK-SBI"), units: "1" };
  const precheck = await sbi.call("precheckTransfer", { body: order });
  expect(precheck.body.failing.map(({ code }) => code)).toEqual(["INSUFFICIENT_UNITS"]);
  // The title, and with it the record date, stays the pledgor's.
  expect(await desk.unitsOf(personOf(pledgor))).toBe(units);
});

test("2021-12-20 attachment on INV-C 3: ends the transfer in flight, statement due 2022-01-04 [CEA 145] [CEA 147]", async () => {
  const { served_on_trustee: day, debtor, units, third_party_statement_due: due } = scenario.attachment;
  await at(day);
  const order = {
    issueId: issue.id,
    from: addressOf(debtor),
    to: addressOf("BRK-SBI"),
    units: String(units),
  };
  const dates = { tradeDate: day, settlementDate: "2021-12-22" };
  const { body: request } = await parties.as.NOMURA.call("requestTransfer", { body: { ...order, ...dates } });
  await parties.as.NOMURA.waitForOperation(request.operationId);
  const facts = {
    account: addressOf(debtor),
    units: String(units + 1),
    form: "ATTACHMENT" as const,
    authority: "東京地方裁判所",
    caseNumber: "令和3年(ル)第1号",
    servedAt: `${day}T09:30:00+09:00`,
  };
  const entered = await desk.enter({ kind: "ATTACHMENT", facts, documents: papers("ATTACHMENT_ORDER") });
  expect(entered.deadlines).toEqual([
    { name: "THIRD_PARTY_STATEMENT", article: "CEA 147", due: due.slice(0, 10) },
  ]);
  expect(entered.result).toMatchObject({ recorded: String(units), remainder: "1" });
  const { body: transfer } = await parties.as.NOMURA.call("getTransfer", {
    params: { id: request.transferId! },
  });
  expect([transfer.state, transfer.reason]).toEqual(["rejected", `ATTACHMENT: case ${entered.id}`]);
  const held = (await desk.holds()).filter(({ personId }) => personId === personOf(debtor));
  expect(held).toMatchObject([
    { kind: "ATTACHMENT", units: String(units), waiting: "0", caseId: entered.id },
  ]);
  const again = await parties.as.NOMURA.call("precheckTransfer", { body: order });
  expect(again.body.failing.map(({ code }) => code)).toEqual(["INSUFFICIENT_UNITS"]);
});

test("record date 2022-01-31: pledgor and debtor are still the holders, and each is paid to the yen [TA 189]", async () => {
  const { record_date: day, rows, per_unit: yenPerUnit } = scenario.distribution_1;
  const list = await listOn(day);
  expect(byName(list.map((row) => paid(row, yenPerUnit)))).toEqual(byName(rows));
  const encumbered = list.filter(({ pledged, attached }) => pledged.length > 0 || attached > 0);
  expect(byName(encumbered).map(({ id, pledged, attached }) => [id, pledged, attached])).toEqual([
    ["INV-B", [5], 0],
    ["INV-C", [], 3],
  ]);
});

test("2022-03-10 INV-D dies: heirs take 4 and 3, with the dates kept [TAR 21(2)] [TA 186(iv)]", async () => {
  const { entry_date: day, deceased, heirs } = scenario.inheritance;
  await at(day);
  const rows = Object.entries(heirs).map(([name, units]) => ({
    account: addressOf(name),
    units: String(units),
  }));
  const facts = { account: addressOf(deceased), diedOn: "2022-02-14", heirs: rows };
  const documents = papers("FAMILY_REGISTER", "DIVISION_AGREEMENT");
  const short = { ...facts, heirs: rows.slice(1) };
  expect(await codesOf(desk.file({ kind: "SUCCESSION", facts: short, documents }))).toEqual([
    "SHARES_DO_NOT_ADD_UP",
  ]);
  expect(
    await codesOf(desk.file({ kind: "SUCCESSION", facts, documents: papers("FAMILY_REGISTER") })),
  ).toEqual(["DOCUMENT_MISSING"]);
  const entered = await desk.enter({ kind: "SUCCESSION", facts, documents });
  const entries = (await allEntries(parties.as.trustee, issue.id)).slice(-2);
  expect(entries.map(({ kind, basis, units, lots }) => [kind, basis, units, lots])).toEqual(
    Object.values(heirs).map((units) => [
      "FORCED_TRANSFER",
      "GENERAL_SUCCESSION",
      String(units),
      [{ acquiredOn: scenario.dates.payment, units: String(units) }],
    ]),
  );
  expect(entries[0]).toMatchObject({ operationId: entered.operationIds[0], maker: "staff:trustee-1" });
  const { rows: holdings } = await readRegister(parties.as.trustee, issue.id);
  const taken = holdings.filter(({ account }) => account === addressOf(Object.keys(heirs)[0]!));
  expect(taken[0]?.lots).toEqual([{ acquiredOn: scenario.dates.payment, units: "4" }]);
  // Nothing more can be sent to the estate: its accounts are marked.
  const order = { issueId: issue.id, from: addressOf("INV-B"), to: addressOf(deceased), units: "1" };
  const { body } = await sbi.call("precheckTransfer", { body: order });
  expect(body.failing.map(({ code }) => code)).toContain("RECEIVER_FROZEN");
});

test("2022-04-01 INV-B's wallet is lost: its units go to another one, and the pledge with them [TA 186(iii)]", async () => {
  await at("2022-04-01");
  const lost = accounts.get("INV-B")!;
  const { address: replacement } = await openAccount(sbi, lost.investorId, `0x${"b0".repeat(20)}`);
  const [pledge] = (await desk.holds()).filter(({ kind }) => kind === "PLEDGE");
  const facts = { lost: lost.address, replacement };
  const { operationIds } = await desk.enter(
    { kind: "RECOVERY", facts, documents: papers("LOSS_REPORT") },
    sbi,
  );
  const carried = (await desk.holds()).find(({ id }) => id === pledge!.id);
  expect(carried).toEqual({ ...pledge, account: replacement });
  expect(await desk.unitsOf(personOf("INV-B"))).toBe(5);
  const { rows } = await readRegister(parties.as.trustee, issue.id);
  expect(rows.some(({ account: of }) => of === lost.address)).toBe(false);
  expect(rows.find(({ account: of }) => of === replacement)).toMatchObject({
    units: "5",
    encumbered: "5",
    lots: [{ acquiredOn: scenario.dates.payment, units: "5" }],
  });
  const [entry] = (await allEntries(parties.as.trustee, issue.id)).slice(-1);
  expect(entry).toMatchObject({
    kind: "HOLD_CHANGED",
    basis: "WALLET_RECOVERY",
    operationId: operationIds[0],
  });
  // Before the recovery the pledge stood on the lost wallet, and still does as of then.
  expect((await desk.holds("2022-03-31")).find(({ id }) => id === pledge!.id)?.account).toBe(lost.address);
  accounts.set("INV-B", { ...lost, address: replacement });
});

test("record date 2022-07-31, a Sunday, at 24:00 JST [TA 189]", async () => {
  const { record_date, rows, per_unit: yenPerUnit } = scenario.distribution_2;
  const list = await listOn(record_date.slice(0, 10));
  expect(byName(list.map((row) => paid(row, yenPerUnit)))).toEqual(byName(rows));
});

test("a tax office attaches what is pledged: it waits, and takes what the pledgee releases [CEA 145] [TA 200(2)]", async () => {
  await at("2022-09-01");
  const facts = {
    account: addressOf("INV-B"),
    units: "5",
    form: "TAX_ATTACHMENT" as const,
    authority: "渋谷税務署",
    caseNumber: "令和4年第7号",
    servedAt: "2022-09-01T09:00:00+09:00",
  };
  const documents = papers("TAX_ATTACHMENT_NOTICE");
  const { ref, deadlines } = await desk.enter({ kind: "ATTACHMENT", facts, documents });
  const attachment = async () => (await desk.holds()).find(({ id }) => id === ref);
  expect([deadlines, await attachment()]).toMatchObject([[], { units: "0", waiting: "5" }]);
  const pledge = (await desk.holds()).find(({ kind }) => kind === "PLEDGE")!;
  const released = { holdId: pledge.id };
  await desk.enter({ kind: "PLEDGE_RELEASE", facts: released, documents: papers("PLEDGEE_CONSENT") });
  expect(await attachment()).toMatchObject({ units: "5", waiting: "0" });
  await desk.enter({
    kind: "ATTACHMENT_RELEASE",
    facts: { holdId: ref, ground: "TAX_RELEASED" },
    documents: papers("TAX_RELEASE_NOTICE"),
  });
  expect(await attachment()).toBeUndefined();
});

test("the court sells what was attached: the buyer is entered on its sole request [CEA 161] [TAR 21(2)]", async () => {
  const [attached] = await desk.holds();
  const facts = {
    holdId: attached!.id,
    buyer: addressOf("BRK-SBI"),
    units: attached!.units,
    form: "SALE_ORDER" as const,
    finalOn: "2022-08-30",
    acquiredOn: "2022-08-31",
  };
  const documents = papers("SALE_ORDER", "FINALITY_CERTIFICATE", "AUCTION_RECORD");
  await desk.enter({ kind: "SALE_ORDER", facts, documents });
  expect(await desk.holds()).toEqual([]);
  expect((await desk.holds("2022-01-31")).map(({ kind }) => kind).sort()).toEqual(["ATTACHMENT", "PLEDGE"]);
  const [release, transfer] = (await allEntries(parties.as.trustee, issue.id)).slice(-2);
  expect([release, transfer].map((entry) => [entry!.kind, entry!.basis])).toEqual([
    ["HOLD_RELEASED", "AUCTION"],
    ["FORCED_TRANSFER", "AUCTION"],
  ]);
  // The days of the buyer's lot are those of the sale, not of its entry.
  expect(transfer!.acquiredOn).toBe("2022-08-31");
  expect(await desk.unitsOf(personOf("INV-C"))).toBe(0);
  expect(await codesOf(desk.file({ kind: "SALE_ORDER", facts, documents }))).toEqual(["HOLD_UNKNOWN"]);
});

test("a judgment moves units, and an order that the chain refuses closes its case with the reason [TAR 21(2)]", async () => {
  const facts = { from: addressOf("INV-E"), to: addressOf("INV-F"), units: "1", finalOn: "2022-08-01" };
  const documents = papers("JUDGMENT", "FINALITY_CERTIFICATE");
  await desk.enter({ kind: "JUDGMENT", facts, documents });
  expect([await desk.unitsOf(personOf("INV-E")), await desk.unitsOf(personOf("INV-F"))]).toEqual([3, 4]);
  // Two cases for the same units, both right when they were approved: the second finds nothing left.
  const all = { ...facts, units: "3" };
  const cases = [await desk.file({ kind: "JUDGMENT", facts: all, documents })];
  cases.push(
    await desk.file({ kind: "EQUIVALENT_INSTRUMENT", facts: all, documents: papers("SETTLEMENT_RECORD") }),
  );
  // Nobody sends anything while both are approved.
  await stack.kill("worker");
  const ended = await Promise.all(cases.map(({ id }) => desk.approve(id)));
  expect(ended.map(({ state }) => state).sort()).toEqual(["entered", "refused"]);
  const read = await Promise.all(
    cases.map(async ({ id }) => (await parties.as.trustee.call("getCase", { params: { id } })).body),
  );
  const outcomes = read.map(({ state, code }) => [state, code]).sort();
  expect(outcomes).toEqual([
    ["entered", null],
    ["refused", "INSUFFICIENT_UNITS"],
  ]);
  expect(await desk.unitsOf(personOf("INV-F"))).toBe(7);
});

test("the register as of each day of the fixture", async () => {
  for (const { as_of, holder, units } of scenario.as_of_checks)
    expect([holder, as_of, await desk.unitsOf(personOf(holder), as_of)]).toEqual([holder, as_of, units]);
});

test("a customer goes to another broker with its units and lots, by both brokers' consent and the trustee's approval", async () => {
  const { SBI, NOMURA, trustee } = parties.as;
  const { investorId, address } = accounts.get("INV-F")!;
  const holding = async () => {
    const { rows } = await readRegister(trustee, issue.id);
    return rows.find(({ account: of }) => of === address)!;
  };
  const before = await holding();
  expect(BigInt(before.units)).toBeGreaterThan(0n);
  const documents = [{ name: "移管依頼書.pdf", sha256: "c0".repeat(32) }];
  const toBrokerId = parties.ids.NOMURA;
  const { body: filed } = await SBI.call("fileCustodyChange", {
    body: { investorId, toBrokerId, documents },
  });
  const params = { id: filed.custodyChangeId! };
  const body = { externalId: "INV-F at Nomura" };
  const { body: consented } = await NOMURA.call("consentToCustodyChange", { params, body });
  await SBI.waitForOperation(filed.operationId);
  await NOMURA.waitForOperation(consented.operationId);
  const { body: approved } = await trustee.call("approveCustodyChange", { params, body: {} });
  expect((await trustee.waitForOperation(approved.operationId)).state).toBe("entered");
  const { body: change } = await NOMURA.call("getCustodyChange", { params });
  expect([change.state, change.code]).toEqual(["entered", null]);
  const { body: investor } = await NOMURA.call("getInvestor", { params: { id: investorId } });
  expect([investor.externalId, investor.wallets]).toEqual(["INV-F at Nomura", [address]]);
  await expect(SBI.call("getInvestor", { params: { id: investorId } })).rejects.toThrow();
  expect(await holding()).toEqual(before);
  const theirs = async (broker: Client) => (await readRegister(broker, issue.id)).rows;
  expect((await theirs(SBI)).some(({ account: of }) => of === address)).toBe(false);
  expect((await theirs(NOMURA)).some(({ account: of }) => of === address)).toBe(true);
});

test("units of another trust are marked, with effect from the entry, and the mark is erased [TA 206]", async () => {
  const facts = { account: addressOf("BRK-SBI"), units: "3", trust: "見本投資信託" };
  const documents = papers("TRUST_PROPERTY_REQUEST");
  await desk.enter({ kind: "TRUST_PROPERTY_MARK", facts, documents }, sbi);
  const entry = (await allEntries(parties.as.trustee, issue.id)).at(-1)!;
  expect(entry).toMatchObject({ kind: "MARK", basis: "TRUST_PROPERTY_MARK", units: "3" });
  expect(entry.perfectedAt).toBe(entry.enteredAt);
  expect((await printed("BRK-SBI")).marks).toMatchObject([
    { trustProperty: true, units: "3", trust: facts.trust },
  ]);
  await desk.enter({
    kind: "TRUST_PROPERTY_ERASURE",
    facts: { account: facts.account },
    documents: papers("TRUST_PROPERTY_ERASURE_REQUEST"),
  });
  expect((await printed("BRK-SBI")).marks).toEqual([]);
});

test("a pledge is assigned: the new pledgee stands in the register, has the certificate, and alone ends it [TA 200(2)] [TA 202]", async () => {
  const { SBI, NOMURA } = parties.as;
  const pledge = {
    account: addressOf("BRK-SBI"),
    units: "2",
    pledgee: addressOf("INV-A"),
    claim: "金銭消費貸借",
  };
  const { ref } = await desk.enter(
    { kind: "PLEDGE", facts: pledge, documents: papers("PLEDGE_AGREEMENT") },
    SBI,
  );
  const facts = { holdId: ref, pledgee: addressOf("INV-F"), claim: "根質権 極度額 3,000,000円" };
  const documents = papers("PLEDGE_ASSIGNMENT");
  expect(await codesOf(desk.file({ kind: "PLEDGE_CHANGE", facts, documents }, NOMURA))).toEqual([
    "NOT_CUSTODIAN",
  ]);
  await desk.enter({ kind: "PLEDGE_CHANGE", facts, documents }, SBI);
  expect((await printed("BRK-SBI")).pledges).toMatchObject([
    { holdId: ref, account: addressOf("INV-F"), claim: facts.claim, units: "2" },
  ]);
  const certify = async (name: string) => {
    const body = { account: addressOf(name), side: "PLEDGEE" as const };
    return (await parties.as.trustee.call("issueCertificate", { params: { id: issue.id }, body })).body;
  };
  await expect(certify("INV-A")).rejects.toThrow();
  // The chain has the new pledgee, too: it is who would receive the units.
  const [onChain] = (await desk.holds()).filter(({ id }) => id === ref);
  const assigned = (await allEntries(parties.as.trustee, issue.id)).at(-1)!;
  expect([onChain?.target, assigned]).toMatchObject([
    addressOf("INV-F"),
    { kind: "HOLD_ASSIGNED", basis: "PLEDGE_SET", units: "2", to: addressOf("INV-F") },
  ]);
  const { number } = await certify("INV-F");
  const { body } = await NOMURA.call("readCertificate", { params: { number }, query: {} });
  const says = JSON.parse(Buffer.from(body.jws.payload, "base64url").toString());
  expect(says).toMatchObject({ article: "TA 202(1)", pledges: [{ id: ref, units: "2" }] });
  expect(says.entries.map(({ kind }: { kind: string }) => kind)).toEqual(["HOLD_CREATED", "HOLD_ASSIGNED"]);
  const release = {
    kind: "PLEDGE_RELEASE" as const,
    facts: { holdId: ref },
    documents: papers("PLEDGEE_CONSENT"),
  };
  expect(await codesOf(desk.file(release, SBI))).toEqual(["NOT_CUSTODIAN"]);
  await desk.enter(release, NOMURA);
  expect((await printed("BRK-SBI")).pledges).toEqual([]);
});

test("a second pledge ranks on the units of the first, and takes them when the first ends [TA 200(2)] [TA 201] [TA 202] [CA 693]", async () => {
  const { SBI, NOMURA } = parties.as;
  const account = addressOf("BRK-SBI");
  const set = async (pledgee: string, units: string, behind?: string) => {
    const facts = { account, units, pledgee: addressOf(pledgee), ...(behind && { behind }) };
    const body = { kind: "PLEDGE" as const, facts, documents: papers("PLEDGE_AGREEMENT") };
    return { body, ref: behind === undefined ? (await desk.enter(body, SBI)).ref : "" };
  };
  const encumbered = async () => {
    const { rows } = await readRegister(parties.as.trustee, issue.id);
    return rows.find(({ account: of }) => of === account)!.encumbered;
  };
  const before = Number(await encumbered());
  const { ref: first } = await set("INV-A", "2");
  expect(await codesOf(desk.file((await set("INV-F", "3", first)).body, SBI))).toEqual([
    "INSUFFICIENT_UNITS",
  ]);
  const { ref: second } = await desk.enter((await set("INV-F", "2", first)).body, SBI);
  expect(Number(await encumbered())).toBe(before + 2);
  const lines = (await allEntries(parties.as.trustee, issue.id)).slice(-2);
  expect(lines.map(({ kind, basis, units, data }) => [kind, basis, units, data])).toEqual([
    ["HOLD_CREATED", "PLEDGE_SET", "0", expect.anything()],
    ["HOLD_RANKED", "PLEDGE_SET", "2", first],
  ]);
  expect(lines.every(({ perfectedAt, maker }) => perfectedAt !== null && maker === lines[0]!.maker)).toBe(
    true,
  );
  expect((await printed("BRK-SBI")).pledges).toMatchObject([
    { holdId: first, rank: 1, units: "2", waiting: "0", behind: null, account: addressOf("INV-A") },
    { holdId: second, rank: 2, units: "0", waiting: "2", behind: first, account: addressOf("INV-F") },
  ]);
  const certify = async () => {
    const body = { account: addressOf("INV-F"), side: "PLEDGEE" as const };
    const { body: made } = await parties.as.trustee.call("issueCertificate", {
      params: { id: issue.id },
      body,
    });
    const { body: read } = await NOMURA.call("readCertificate", {
      params: { number: made.number },
      query: {},
    });
    return JSON.parse(Buffer.from(read.jws.payload, "base64url").toString());
  };
  expect((await certify()).pledges).toMatchObject([{ id: second, rank: 2, units: "0", waiting: "2" }]);
  const released = { holdId: first };
  await desk.enter({ kind: "PLEDGE_RELEASE", facts: released, documents: papers("PLEDGEE_CONSENT") }, SBI);
  expect((await certify()).pledges).toMatchObject([{ id: second, rank: 1, units: "2", waiting: "0" }]);
  expect(Number(await encumbered())).toBe(before + 2);
  expect((await desk.holds()).filter(({ id }) => id === second)).toMatchObject([{ rank: 1, behind: first }]);
  const end = { kind: "PLEDGE_RELEASE" as const, facts: { holdId: second } };
  await desk.enter({ ...end, documents: papers("PLEDGEE_CONSENT") }, NOMURA);
  expect(Number(await encumbered())).toBe(before);
});

test("a court ends a pledge in place of its pledgee", async () => {
  const pledge = { account: addressOf("BRK-SBI"), units: "2", pledgee: addressOf("INV-F") };
  const { ref } = await desk.enter(
    { kind: "PLEDGE", facts: pledge, documents: papers("PLEDGE_AGREEMENT") },
    parties.as.SBI,
  );
  const facts = { holdId: ref, finalOn: "2022-08-31" };
  await desk.enter({
    kind: "JUDGMENT_RELEASE",
    facts,
    documents: papers("JUDGMENT", "FINALITY_CERTIFICATE"),
  });
  expect((await printed("BRK-SBI")).pledges).toEqual([]);
  const entry = (await allEntries(parties.as.trustee, issue.id)).at(-1)!;
  expect([entry.kind, entry.basis, entry.perfectedAt !== null]).toEqual(["HOLD_RELEASED", "JUDGMENT", true]);
});

test("the trustee takes units and gives some away: entered without request, with their property [TA 197(1)(i)] [TA 197(1)(ii)] [TAR 20]", async () => {
  await registerCustomer(place, "TRUSTEE-OWN", "ISSUER_TRUSTEE");
  const [from, to] = [addressOf("BRK-SBI"), addressOf("TRUSTEE-OWN")];
  const taking = { from, to, units: "3", capacity: "PROPRIETARY" as const, acquiredOn: "2022-08-31" };
  await desk.enter({
    kind: "TRUSTEE_ACQUISITION",
    facts: taking,
    documents: papers("ACQUISITION_AGREEMENT"),
  });
  expect(await printed("TRUSTEE-OWN")).toMatchObject({
    units: "3",
    lots: [{ acquiredOn: "2022-08-31", units: "3" }],
    marks: [{ basisArticle: "TA 197(1)(i)", capacity: "PROPRIETARY", units: "3" }],
  });
  const giving = { from: to, to: from, units: "1", disposedOn: "2022-08-31" };
  await desk.enter({ kind: "TRUSTEE_DISPOSAL", facts: giving, documents: papers("DISPOSAL_AGREEMENT") });
  const [move, mark] = (await allEntries(parties.as.trustee, issue.id)).slice(-2);
  expect([move!.kind, move!.basis, mark!.kind, mark!.units]).toEqual([
    "FORCED_TRANSFER",
    "TRUSTEE_DISPOSED",
    "MARK",
    "2",
  ]);
  expect((await printed("TRUSTEE-OWN")).marks).toMatchObject([{ capacity: "PROPRIETARY", units: "2" }]);
});

test("an adult ward's guardian is entered for every account, and receives the notices [TA 191(1)]", async () => {
  const guardian = {
    role: "ADULT_GUARDIAN" as const,
    name: "見本 後見人",
    address: "東京都千代田区",
    from: "2022-08-01",
    receivesNotices: true,
  };
  const facts = { account: addressOf("INV-F"), effectiveOn: "2022-08-01", representatives: [guardian] };
  await desk.enter(
    { kind: "REPRESENTATION", facts, documents: papers("GUARDIANSHIP_CERTIFICATE") },
    parties.as.NOMURA,
  );
  const { body } = await parties.as.trustee.call("readHolder", {
    params: { id: issue.id, personId: personOf("INV-F") },
    query: { purpose: "閲覧" },
  });
  expect(body.particulars.map(({ version }) => version)).toEqual([2, 1]);
  expect(await printed("INV-F")).toMatchObject({
    representatives: [{ role: "ADULT_GUARDIAN", name: guardian.name }],
    notices: { name: guardian.name },
  });
});

test("a wrong number of units and a wrong day are rectified by lines that name the entry, and both readings stand [TA 186(iv)]", async () => {
  const disposal = (await allEntries(parties.as.trustee, issue.id)).findLast(
    ({ kind }) => kind === "FORCED_TRANSFER",
  )!;
  const read = async (query: object) => {
    const filter = { personId: disposal.toPerson!, ...query };
    const { body } = await parties.as.trustee.call("readRegister", {
      params: { id: issue.id },
      query: filter,
    });
    const row = body.items.find(({ account }) => account === disposal.to)!;
    return { units: Number(row.units), days: row.lots.map(({ acquiredOn }) => acquiredOn) };
  };
  const asOf = `entry:${disposal.seq}`;
  const [before, bytes] = [await read({ asOf }), JSON.stringify(await read({ asOf }))];
  const [right, acquiredOn] = [Number(disposal.units) - 1, "2022-06-30"];
  await desk.enter({
    kind: "UNITS_RECTIFICATION",
    facts: { corrects: disposal.seq, to: disposal.to!, units: String(right) },
    documents: papers("ERROR_REPORT", "HOLDER_CONSENT"),
  });
  await desk.enter({
    kind: "DATES_RECTIFICATION",
    facts: { corrects: disposal.seq, acquiredOn },
    documents: papers("ERROR_REPORT"),
  });
  const lines = (await allEntries(parties.as.trustee, issue.id)).filter(({ seq }) => seq >= disposal.seq);
  expect(lines[0]!.correctedBy).toEqual(lines.slice(-2).map(({ seq }) => seq));
  expect(lines.slice(-2).map(({ kind, basis, corrects }) => [kind, basis, corrects])).toEqual([
    ["FORCED_TRANSFER", "RECTIFICATION", disposal.seq],
    ["MARK", "RECTIFICATION", disposal.seq],
  ]);
  expect(JSON.stringify(await read({ asOf }))).toBe(bytes);
  const known = await read({ asOf, knownAt: "latest" });
  expect(known.units).toBe(before.units - 1);
  if (right > 0) expect(known.days).toContain(acquiredOn);
  expect(await read({})).toEqual(known);
});

test("register = chain: head, supply, every holding, what is free of it", async () => {
  const entries = await allEntries(parties.as.trustee, issue.id);
  const chain = openChainView(stack.urls.chain);
  const rpc = createRpc([stack.urls.chain]);
  const read = async (name: string, account: string) => {
    const data = `0x${selectorOf(`${name}(address)`)}${account.slice(2).padStart(64, "0")}`;
    return BigInt(await rpc.call<string>("eth_call", { to: issue.token, data }, "latest"));
  };
  try {
    expect(headOf(entries)).toBe(await chain.head(issue.token));
    const { rows } = await readRegister(parties.as.trustee, issue.id);
    expect(rows.reduce((sum, { units }) => sum + BigInt(units), 0n)).toBe(await chain.supply(issue.token));
    for (const { account: of, units, free } of rows)
      expect([of, await read("balanceOf", of), await read("freeUnits", of)]).toEqual([
        of,
        BigInt(units),
        BigInt(free),
      ]);
    const { body } = await parties.as.operator.call("status");
    expect([body.openBreaks, body.stoppedLanes]).toEqual([[], []]);
  } finally {
    rpc.close();
    chain.close();
  }
});
