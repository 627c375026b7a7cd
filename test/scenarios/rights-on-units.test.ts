import type { Client } from "@genbo/cli/client";
import { allEntries, readRegister } from "@genbo/cli/demo/reads";
import { expect, test } from "vitest";
import { goTo, printedAccount, registerCustomer, standAfterSale } from "../support/after-sale.ts";
import { codesOf, papers } from "../support/legal-desk.ts";
import { expectRegisterIsChain } from "../support/register-is-chain.ts";

const place = await standAfterSale("rights-on-units");
const { parties, issue, accounts, desk } = place;
const sbi = parties.as.SBI;
const addressOf = (name: string) => accounts.get(name)!.address;
const personOf = (name: string) => accounts.get(name)!.personId;
const printed = (name: string) => printedAccount(place, addressOf(name));
await goTo(parties, "2022-09-01T10:00:00+09:00");

/** By both brokers' consent and the trustee's approval. @returns the id of the change */
async function goesToNomura(name: string): Promise<string> {
  const { SBI, NOMURA, trustee } = parties.as;
  const { investorId } = accounts.get(name)!;
  const documents = [{ name: "移管依頼書.pdf", sha256: "c0".repeat(32) }];
  const toBrokerId = parties.ids.NOMURA;
  const { body: filed } = await SBI.call("fileCustodyChange", {
    body: { investorId, toBrokerId, documents },
  });
  const params = { id: filed.custodyChangeId! };
  const body = { externalId: `${name} at Nomura` };
  const { body: consented } = await NOMURA.call("consentToCustodyChange", { params, body });
  await SBI.waitForOperation(filed.operationId);
  await NOMURA.waitForOperation(consented.operationId);
  const { body: approved } = await trustee.call("approveCustodyChange", { params, body: {} });
  expect((await trustee.waitForOperation(approved.operationId)).state).toBe("entered");
  return params.id;
}

test("a customer goes to another broker with its units and lots, by both brokers' consent and the trustee's approval", async () => {
  const { SBI, NOMURA, trustee } = parties.as;
  const { investorId, address } = accounts.get("INV-0007")!;
  const holding = async () => {
    const { rows } = await readRegister(trustee, issue.id);
    return rows.find(({ account: of }) => of === address)!;
  };
  const before = await holding();
  expect(BigInt(before.units)).toBeGreaterThan(0n);
  const params = { id: await goesToNomura("INV-0007") };
  const { body: change } = await NOMURA.call("getCustodyChange", { params });
  expect([change.state, change.code]).toEqual(["entered", null]);
  const { body: investor } = await NOMURA.call("getInvestor", { params: { id: investorId } });
  expect([investor.externalId, investor.wallets]).toEqual(["INV-0007 at Nomura", [address]]);
  await expect(SBI.call("getInvestor", { params: { id: investorId } })).rejects.toThrow();
  expect(await holding()).toEqual(before);
  const theirs = async (broker: Client) => (await readRegister(broker, issue.id)).rows;
  expect((await theirs(SBI)).some(({ account: of }) => of === address)).toBe(false);
  expect((await theirs(NOMURA)).some(({ account: of }) => of === address)).toBe(true);
});

test("a pledge goes along with its pledgee: the broker that keeps the account now ends it, and no other [TA 200(2)]", async () => {
  const { SBI, NOMURA } = parties.as;
  const facts = { account: addressOf("INV-B"), units: "1", pledgee: addressOf("INV-0009") };
  const documents = papers("PLEDGE_AGREEMENT");
  const { ref: id } = await desk.enter({ kind: "PLEDGE", facts, documents }, SBI);
  const controller = async () => (await desk.holds()).find((hold) => hold.id === id)!.controller;
  const before = await controller();
  await goesToNomura("INV-0009");
  expect(await controller()).not.toBe(before);
  const release = {
    kind: "PLEDGE_RELEASE" as const,
    facts: { holdId: id },
    documents: papers("PLEDGEE_CONSENT"),
  };
  expect(await codesOf(desk.file(release, SBI))).toEqual(["NOT_CUSTODIAN"]);
  await desk.enter(release, NOMURA);
  expect((await desk.holds()).some((hold) => hold.id === id)).toBe(false);
});

test("an attachment behind a pledge that was sold is realised for what it has [CEA 145] [CEA 161]", async () => {
  const { rows } = await readRegister(parties.as.trustee, issue.id);
  const spoken = new Set(["INV-A", "INV-B", "INV-0007", "INV-0009"].map(addressOf));
  const { account, units } = rows.find((row) => Number(row.units) > 1 && !spoken.has(row.account))!;
  const pledged = String(BigInt(units) - 1n);
  const buyer = addressOf("INV-A");
  const pledge = { account, units: pledged, pledgee: addressOf("BRK-SBI") };
  const first = await desk.enter({ kind: "PLEDGE", facts: pledge, documents: papers("PLEDGE_AGREEMENT") });
  const attachment = {
    ...{ account, units, form: "ATTACHMENT" as const, authority: "東京地方裁判所" },
    ...{ caseNumber: "令和4年(ル)第9号", servedAt: "2022-08-31T10:00:00+09:00" },
  };
  const documents = papers("ATTACHMENT_ORDER");
  const { ref: holdId } = await desk.enter({ kind: "ATTACHMENT", facts: attachment, documents });
  const order = {
    kind: "SALE_ORDER" as const,
    facts: {
      ...{ holdId, buyer, units: "1", form: "TRANSFER_ORDER" as const },
      ...{ finalOn: "2022-09-01", acquiredOn: "2022-08-31" },
    },
    documents: papers("TRANSFER_ORDER", "FINALITY_CERTIFICATE"),
  };
  expect(await codesOf(desk.file(order))).toEqual(["NOT_THE_WHOLE_HOLD"]);
  const sale = { holdId: first.ref, buyer, units: pledged, soldOn: "2022-09-01" };
  await desk.enter({ kind: "AUCTION", facts: sale, documents: papers("AUCTION_RECORD") });
  const left = (await desk.holds()).filter((hold) => hold.account === account);
  expect(left).toMatchObject([{ id: holdId, units: "1", waiting: pledged }]);
  await desk.enter(order);
  expect((await desk.holds()).filter((hold) => hold.account === account)).toEqual([]);
});

test("units of another trust are marked, with effect from the entry, and the mark is erased [TA 206]", async () => {
  const facts = { account: addressOf("INV-B"), units: "3", trust: "見本投資信託" };
  const documents = papers("TRUST_PROPERTY_REQUEST");
  await desk.enter({ kind: "TRUST_PROPERTY_MARK", facts, documents }, sbi);
  const entry = (await allEntries(parties.as.trustee, issue.id)).at(-1)!;
  expect(entry).toMatchObject({ kind: "MARK", basis: "TRUST_PROPERTY_MARK", units: "3" });
  expect(entry.perfectedAt).toBe(entry.enteredAt);
  expect((await printed("INV-B")).marks).toMatchObject([
    { trustProperty: true, units: "3", trust: facts.trust },
  ]);
  await desk.enter({
    kind: "TRUST_PROPERTY_ERASURE",
    facts: { account: facts.account },
    documents: papers("TRUST_PROPERTY_ERASURE_REQUEST"),
  });
  expect((await printed("INV-B")).marks).toEqual([]);
});

test("a pledge is assigned: the new pledgee stands in the register, has the certificate, and alone ends it [TA 200(2)] [TA 202]", async () => {
  const { SBI, NOMURA } = parties.as;
  const pledge = {
    account: addressOf("INV-B"),
    units: "2",
    pledgee: addressOf("INV-A"),
    claim: "金銭消費貸借",
  };
  const { ref } = await desk.enter(
    { kind: "PLEDGE", facts: pledge, documents: papers("PLEDGE_AGREEMENT") },
    SBI,
  );
  const facts = { holdId: ref, pledgee: addressOf("INV-0007"), claim: "根質権 極度額 3,000,000円" };
  const documents = papers("PLEDGE_ASSIGNMENT");
  expect(await codesOf(desk.file({ kind: "PLEDGE_CHANGE", facts, documents }, NOMURA))).toEqual([
    "NOT_CUSTODIAN",
  ]);
  await desk.enter({ kind: "PLEDGE_CHANGE", facts, documents }, SBI);
  expect((await printed("INV-B")).pledges).toMatchObject([
    { holdId: ref, account: addressOf("INV-0007"), claim: facts.claim, units: "2" },
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
    addressOf("INV-0007"),
    { kind: "HOLD_ASSIGNED", basis: "PLEDGE_SET", units: "2", to: addressOf("INV-0007") },
  ]);
  const { number } = await certify("INV-0007");
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
  expect((await printed("INV-B")).pledges).toEqual([]);
});

test("a second pledge ranks on the units of the first, and takes them when the first ends [TA 200(2)] [TA 201] [TA 202] [CA 693]", async () => {
  const { SBI, NOMURA } = parties.as;
  const account = addressOf("INV-B");
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
  expect(await codesOf(desk.file((await set("INV-0007", "3", first)).body, SBI))).toEqual([
    "INSUFFICIENT_UNITS",
  ]);
  const { ref: second } = await desk.enter((await set("INV-0007", "2", first)).body, SBI);
  expect(Number(await encumbered())).toBe(before + 2);
  const lines = (await allEntries(parties.as.trustee, issue.id)).slice(-2);
  expect(lines.map(({ kind, basis, units, data }) => [kind, basis, units, data])).toEqual([
    ["HOLD_CREATED", "PLEDGE_SET", "0", expect.anything()],
    ["HOLD_RANKED", "PLEDGE_SET", "2", first],
  ]);
  expect(lines.every(({ perfectedAt, maker }) => perfectedAt !== null && maker === lines[0]!.maker)).toBe(
    true,
  );
  expect((await printed("INV-B")).pledges).toMatchObject([
    { holdId: first, rank: 1, units: "2", waiting: "0", behind: null, account: addressOf("INV-A") },
    { holdId: second, rank: 2, units: "0", waiting: "2", behind: first, account: addressOf("INV-0007") },
  ]);
  const certify = async () => {
    const body = { account: addressOf("INV-0007"), side: "PLEDGEE" as const };
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
  const pledge = { account: addressOf("INV-B"), units: "2", pledgee: addressOf("INV-0007") };
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
  expect((await printed("INV-B")).pledges).toEqual([]);
  const entry = (await allEntries(parties.as.trustee, issue.id)).at(-1)!;
  expect([entry.kind, entry.basis, entry.perfectedAt !== null]).toEqual(["HOLD_RELEASED", "JUDGMENT", true]);
});

test("the trustee takes units and gives some away: entered without request, with their property [TA 197(1)(i)] [TA 197(1)(ii)] [TAR 20]", async () => {
  await registerCustomer(place, "TRUSTEE-OWN", "ISSUER_TRUSTEE");
  const [from, to] = [addressOf("INV-B"), addressOf("TRUSTEE-OWN")];
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
  const facts = { account: addressOf("INV-0007"), effectiveOn: "2022-08-01", representatives: [guardian] };
  await desk.enter(
    { kind: "REPRESENTATION", facts, documents: papers("GUARDIANSHIP_CERTIFICATE") },
    parties.as.NOMURA,
  );
  const { body } = await parties.as.trustee.call("readHolder", {
    params: { id: issue.id, personId: personOf("INV-0007") },
    query: { purpose: "閲覧" },
  });
  expect(body.particulars.map(({ version }) => version)).toEqual([2, 1]);
  expect(await printed("INV-0007")).toMatchObject({
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

test("register = chain: head, supply, every holding, what is free of it", () => expectRegisterIsChain(place));
