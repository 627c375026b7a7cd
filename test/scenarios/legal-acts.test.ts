import { allEntries, readRegister } from "@genbo/cli/demo/reads";
import { expect, test } from "vitest";
import { goTo, type Listed, openAccount, recordDateList, standAfterSale } from "../support/after-sale.ts";
import { codesOf, papers } from "../support/legal-desk.ts";
import { expectRegisterIsChain } from "../support/register-is-chain.ts";

const place = await standAfterSale("legal-acts");
const { stack, scenario, parties, issue, accounts, desk } = place;
const sbi = parties.as.SBI;
const at = (day: string) => goTo(parties, `${day}T10:00:00+09:00`);
const addressOf = (name: string) => accounts.get(name)!.address;
const personOf = (name: string) => accounts.get(name)!.personId;
const listOn = (day: string) => recordDateList(place, day);

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

test("register = chain: head, supply, every holding, what is free of it", () => expectRegisterIsChain(place));
