import { describe, expect, test } from "vitest";
import type { AttachmentFacts } from "../../src/cases/attachment.ts";
import { caseFaults, rulesOf } from "../../src/cases/cases.ts";
import type { CaseDocument, DocumentKind } from "../../src/cases/kinds.ts";
import { endOfWeeks } from "../../src/cases/period.ts";
import type { CaseHold } from "../../src/cases/situation.ts";
import { holdKinds } from "../../src/entry-kinds.ts";
import { dayOfIso, isoOfDay } from "../../src/jst.ts";
import { basisCode } from "../../src/legal-basis.ts";
import { decodeRecord } from "../../src/registry-record.ts";
import { decodeMove, zeroWord } from "../../src/words.ts";
import { caseRef, faultsOf, planOf, rowOf } from "./judge.ts";
import {
  bank,
  broker,
  debtor,
  heirE,
  heirF,
  ref,
  situationOf,
  spare,
  stranger,
  trustee,
} from "./register.ts";

const papersOf = (kind: DocumentKind): CaseDocument => ({
  kind,
  name: `${kind}.pdf`,
  sha256: "0".repeat(64),
});

describe("a pledge", () => {
  const facts = { account: debtor, units: 5n, pledgee: bank };

  test("is entered on the pledgor's request with the pledgee's account [TA 201]", () => {
    expect(faultsOf("PLEDGE", facts, ["PLEDGE_AGREEMENT"])).toEqual([]);
    const plan = planOf("PLEDGE", facts);
    expect(plan.calls).toMatchObject([{ signer: trustee, call: "createHolds", ref: caseRef }]);
    expect(rowOf(plan)).toMatchObject({ account: debtor, to: bank, units: "5", kind: 3, expiryMinutes: 0 });
  });

  test("is controlled by the pledgee's side, which alone can end it [TA 200(2)]", () => {
    expect(rowOf(planOf("PLEDGE", facts))).toMatchObject({ controller: broker });
    const held = situationOf([{ kind: holdKinds.PLEDGE, units: 5n, controller: broker }]);
    const release = planOf("PLEDGE_RELEASE", { holdId: ref(1) }, held);
    expect(release.calls).toMatchObject([{ signer: broker, call: "releaseHolds", ref: ref(1) }]);
    const foreign = situationOf([{ kind: holdKinds.PLEDGE, units: 5n, controller: stranger }]);
    expect(faultsOf("PLEDGE_RELEASE", { holdId: ref(1) }, ["PLEDGEE_CONSENT"], foreign)).toEqual([
      "NOT_CONTROLLER",
    ]);
  });

  test("needs free units, a pledgee with name and address, and the agreement", () => {
    const held = situationOf([{ kind: holdKinds.PLEDGE, units: 6n }]);
    expect(faultsOf("PLEDGE", facts, ["PLEDGE_AGREEMENT"], held)).toEqual(["INSUFFICIENT_UNITS"]);
    expect(faultsOf("PLEDGE", { ...facts, pledgee: stranger }, [])).toEqual([
      "PLEDGEE_UNKNOWN",
      "DOCUMENT_MISSING",
    ]);
    expect(faultsOf("PLEDGE", { ...facts, pledgee: debtor }, ["PLEDGE_AGREEMENT"])).toEqual(["SAME_ACCOUNT"]);
    const dead = situationOf([], { flags: 2 });
    expect(faultsOf("PLEDGE", facts, ["PLEDGE_AGREEMENT"], dead)).toEqual(["SENDER_FROZEN"]);
  });

  describe("behind another", () => {
    const behind = { ...facts, behind: ref(1) };
    const pledged = { kind: holdKinds.PLEDGE, units: 8n };
    const faults = (holds: Partial<CaseHold>[], more: object = {}) =>
      faultsOf("PLEDGE", { ...behind, ...more }, ["PLEDGE_AGREEMENT"], situationOf(holds));

    test("ranks on that one's units, free or not [TA 200(2)]", () => {
      expect(faults([pledged])).toEqual([]);
      expect(rowOf(planOf("PLEDGE", behind, situationOf([pledged])))).toMatchObject({
        ...{ account: debtor, to: bank, controller: broker, units: "5", behind: ref(1) },
      });
      expect(rowOf(planOf("PLEDGE", facts))).toMatchObject({ behind: zeroWord });
    });

    test("claims no more than that one has or claims", () => {
      expect(faults([pledged], { units: 9n })).toEqual(["INSUFFICIENT_UNITS"]);
      expect(faults([{ ...pledged, units: 0n, claimed: 9n }], { units: 9n })).toEqual([]);
    });

    test("needs an open pledge on the account", () => {
      expect(faults([])).toEqual(["HOLD_UNKNOWN"]);
      expect(faults([{ kind: holdKinds.ATTACHMENT, units: 8n }])).toEqual(["HOLD_UNKNOWN"]);
      expect(faults([{ ...pledged, account: spare }])).toEqual(["HOLD_UNKNOWN"]);
    });

    test("is not set on what an attachment waits for, and not as the ninth that waits [CEA 145]", () => {
      const attachment = { kind: holdKinds.ATTACHMENT, units: 2n };
      expect(faults([pledged, { ...attachment, claimed: 5n }])).toEqual(["ATTACHMENT_AHEAD"]);
      expect(faults([pledged, attachment])).toEqual([]);
      const waiting = { kind: holdKinds.PLEDGE, units: 0n, claimed: 1n, behind: ref(1) };
      expect(faults([pledged, ...Array(7).fill(waiting)])).toEqual([]);
      expect(faults([pledged, ...Array(8).fill(waiting)])).toEqual(["TOO_MANY_WAITING"]);
    });
  });
});

describe("an attachment", () => {
  const facts: AttachmentFacts = {
    account: debtor,
    units: 3n,
    form: "ATTACHMENT",
    authority: "東京地方裁判所",
    caseNumber: "令和3年(ル)第1号",
    servedAt: new Date("2021-12-20T11:00:00+09:00"),
  };
  const order: DocumentKind[] = ["ATTACHMENT_ORDER"];

  test("is due for the third-party debtor's statement two weeks from service [CEA 147] [CPC 95(3)]", () => {
    expect(rulesOf("ATTACHMENT").deadlines!(facts)).toEqual([
      { name: "THIRD_PARTY_STATEMENT", article: "CEA 147", due: "2022-01-04" },
    ]);
    expect(rulesOf("ATTACHMENT").deadlines!({ ...facts, form: "TAX_ATTACHMENT" })).toEqual([]);
  });

  test("is held by the trustee from its entry on, behind earlier holds [CEA 145] [CEA 167]", () => {
    const pledged = situationOf([{ kind: holdKinds.PLEDGE, units: 9n }]);
    expect(faultsOf("ATTACHMENT", facts, order, pledged)).toEqual([]);
    const plan = planOf("ATTACHMENT", facts, pledged);
    expect(plan.calls).toHaveLength(1);
    expect(rowOf(plan)).toMatchObject({ units: "3", kind: 4, controller: trustee });
  });

  test("for more than the holding is recorded for what there is, and the remainder stated", () => {
    const plan = planOf("ATTACHMENT", { ...facts, units: 12n });
    expect(rowOf(plan)).toMatchObject({ units: "10" });
    expect(plan.result).toMatchObject({ recorded: "10", remainder: "2", rejectedRequests: [] });
    expect(faultsOf("ATTACHMENT", { ...facts, account: bank }, order)).toEqual(["INSUFFICIENT_UNITS"]);
  });

  test("ends the latest requests for the same units, and leaves those for other units alone [CEA 145]", () => {
    const requests = situationOf([{ units: 4n }, { units: 4n }]);
    const calls = (units: bigint) =>
      planOf("ATTACHMENT", { ...facts, units }, requests).calls.map(({ call, ref: of }) => [call, of]);
    expect(calls(2n)).toEqual([["createHolds", caseRef]]);
    expect(calls(6n)).toEqual([
      ["rejectTransfers", ref(2)],
      ["createHolds", caseRef],
    ]);
    expect(calls(10n).map(([, of]) => of)).toEqual([ref(2), ref(1), caseRef]);
  });

  test("ends a delivery against payment that has not happened yet as it ends a request [CEA 145(1)]", () => {
    const trade = situationOf([
      { kind: holdKinds.DVP, units: 4n },
      { kind: holdKinds.PLEDGE, units: 3n },
    ]);
    const plan = planOf("ATTACHMENT", { ...facts, units: 7n }, trade);
    expect(plan.calls.map(({ call, ref: of }) => [call, of])).toEqual([
      ["rejectTransfers", ref(1)],
      ["createHolds", caseRef],
    ]);
    expect(plan.result).toMatchObject({ rejectedRequests: [ref(1)] });
  });

  test("bars what is served from any other case until it is entered [CEA 145(1)] [CEA 145(5)]", () => {
    const served = situationOf([], { served: 7n });
    const pledged = (units: bigint) =>
      faultsOf("PLEDGE", { account: debtor, units, pledgee: bank }, ["PLEDGE_AGREEMENT"], served);
    expect([pledged(3n), pledged(4n)]).toEqual([[], ["ATTACHMENT_SERVED"]]);
    const judged = { from: debtor, to: bank, units: 4n, finalOn: "2022-03-01" };
    expect(faultsOf("JUDGMENT", judged, ["JUDGMENT", "FINALITY_CERTIFICATE"], served)).toEqual([
      "ATTACHMENT_SERVED",
    ]);
    const lost = { lost: debtor, replacement: spare };
    expect(faultsOf("RECOVERY", lost, ["LOSS_REPORT"], served)).toEqual(["ATTACHMENT_SERVED"]);
    const died = {
      account: debtor,
      diedOn: "2022-02-01",
      heirs: [{ account: heirE, units: 10n }],
    };
    expect(faultsOf("SUCCESSION", died, ["FAMILY_REGISTER", "WILL"], served)).toEqual(["ATTACHMENT_SERVED"]);
    expect(faultsOf("ATTACHMENT", facts, order, served)).toEqual([]);
  });

  test("needs the order of its form, served by now, and a place in the ranks", () => {
    expect(faultsOf("ATTACHMENT", { ...facts, form: "TAX_ATTACHMENT" }, order)).toEqual(["DOCUMENT_MISSING"]);
    expect(faultsOf("ATTACHMENT", { ...facts, form: "PROVISIONAL_ATTACHMENT" }, order)).toEqual([
      "DOCUMENT_MISSING",
    ]);
    const early = { ...facts, servedAt: new Date("2022-03-11T00:00:00+09:00") };
    expect(faultsOf("ATTACHMENT", early, order)).toEqual(["NOT_EFFECTIVE_YET"]);
    const waiting = { kind: holdKinds.ATTACHMENT, units: 0n, claimed: 1n };
    const full = situationOf(Array.from({ length: 8 }, () => waiting));
    expect(faultsOf("ATTACHMENT", facts, order, full)).toEqual(["TOO_MANY_WAITING"]);
  });

  test("says whether what is paid on it may or must be deposited [CEA 156(1)] [CEA 156(2)]", () => {
    const first = { kind: holdKinds.ATTACHMENT, units: 6n, form: "ATTACHMENT" } as const;
    const deposit = (
      units: bigint,
      holds: Partial<CaseHold>[],
      form: AttachmentFacts["form"] = "ATTACHMENT",
    ) => planOf("ATTACHMENT", { ...facts, units, form }, situationOf(holds)).result?.deposit;
    // 10 units. Alone it may; so it may where both orders fit.
    expect(deposit(12n, [])).toEqual({ must: false, article: "CEA 156(1)" });
    expect(deposit(4n, [first])).toEqual({ must: false, article: "CEA 156(1)" });
    expect(deposit(5n, [first])).toEqual({ must: true, article: "CEA 156(2)" });
    expect(deposit(5n, [first], "PROVISIONAL_ATTACHMENT")).toMatchObject({ must: true });
    expect(deposit(5n, [{ ...first, kind: holdKinds.PLEDGE, form: null }])).toMatchObject({ must: false });
    expect(deposit(5n, [first], "TAX_ATTACHMENT")).toBeNull();
  });

  test("is released by the trustee on the court's word [CEA 167]", () => {
    const held = situationOf([{ kind: holdKinds.ATTACHMENT, units: 3n, controller: trustee }]);
    const withdrawn = { holdId: ref(1), ground: "WITHDRAWN" as const };
    expect(faultsOf("ATTACHMENT_RELEASE", withdrawn, ["WITHDRAWAL"], held)).toEqual([]);
    expect(planOf("ATTACHMENT_RELEASE", withdrawn, held).calls[0]).toMatchObject({
      signer: trustee,
    });
    // Another kind of hold, or none, is no attachment.
    expect(faultsOf("PLEDGE_RELEASE", { holdId: ref(1) }, ["PLEDGEE_CONSENT"], held)).toEqual([
      "HOLD_UNKNOWN",
    ]);
    const unknown = { ...withdrawn, holdId: ref(9) };
    expect(faultsOf("ATTACHMENT_RELEASE", unknown, ["WITHDRAWAL"], held)).toEqual(["HOLD_UNKNOWN"]);
  });
});

describe("a sale order", () => {
  const hold: Partial<CaseHold> = { kind: holdKinds.ATTACHMENT, units: 3n, controller: trustee };
  const facts = {
    holdId: ref(1),
    buyer: bank,
    units: 3n,
    form: "SALE_ORDER",
    finalOn: "2022-03-09",
    acquiredOn: "2022-03-10",
  } as const;
  const documents: DocumentKind[] = ["SALE_ORDER", "FINALITY_CERTIFICATE", "AUCTION_RECORD"];

  test("moves the attached units to the buyer, who asks alone [CEA 161] [TAR 21(2)]", () => {
    const held = situationOf([hold]);
    expect(faultsOf("SALE_ORDER", facts, documents, held)).toEqual([]);
    expect(rowOf(planOf("SALE_ORDER", facts, held))).toMatchObject({
      from: debtor,
      to: bank,
      units: "3",
      basis: basisCode("AUCTION"),
      breaks: [ref(1)],
    });
  });

  test("shows who bought and had paid, and dates the units from then [TAR 21(2)(iv)] [CEA 161]", () => {
    const held = situationOf([hold]);
    // The order lets the bailiff sell; it does not say who bought.
    expect(faultsOf("SALE_ORDER", facts, ["SALE_ORDER", "FINALITY_CERTIFICATE"], held)).toEqual([
      "DOCUMENT_MISSING",
    ]);
    const { data } = rowOf(planOf("SALE_ORDER", { ...facts, acquiredOn: "2022-03-09" }, held)) as {
      data: string;
    };
    expect(decodeMove(data).acquiredOn).toBe(dayOfIso("2022-03-09"));
    expect(faultsOf("SALE_ORDER", { ...facts, acquiredOn: "2022-03-08" }, documents, held)).toEqual([
      "EFFECT_DAY_WRONG",
    ]);
    expect(faultsOf("SALE_ORDER", { ...facts, acquiredOn: "2022-03-11" }, documents, held)).toEqual([
      "NOT_EFFECTIVE_YET",
    ]);
  });

  test("that transfers to the creditor names him, and counts from its service [CEA 161]", () => {
    const held = situationOf([hold]);
    const order = { ...facts, form: "TRANSFER_ORDER", acquiredOn: "2022-02-25" } as const;
    const papers: DocumentKind[] = ["TRANSFER_ORDER", "FINALITY_CERTIFICATE"];
    expect(faultsOf("SALE_ORDER", order, papers, held)).toEqual([]);
    expect(faultsOf("SALE_ORDER", { ...order, acquiredOn: "2022-03-10" }, papers, held)).toEqual([
      "EFFECT_DAY_WRONG",
    ]);
  });

  test("works from its finality on, for the whole hold, to an eligible buyer [CEA 161]", () => {
    const held = situationOf([hold], { policy: { classMask: 1 } });
    const wrong = { ...facts, units: 2n, finalOn: "2022-03-11", acquiredOn: "2022-03-11" };
    expect(faultsOf("SALE_ORDER", wrong, [], held)).toEqual([
      "RECEIVER_CLASS",
      "NOT_THE_WHOLE_HOLD",
      "NOT_EFFECTIVE_YET",
      "DOCUMENT_MISSING",
    ]);
    expect(faultsOf("SALE_ORDER", facts, documents)).toEqual(["HOLD_UNKNOWN"]);
  });
});

describe("succession", () => {
  const heirs = [
    { account: heirE, units: 6n },
    { account: heirF, units: 4n },
  ];
  const facts = { account: debtor, diedOn: "2022-02-01", heirs };
  const documents: DocumentKind[] = ["FAMILY_REGISTER", "DIVISION_AGREEMENT"];

  test("marks the deceased and moves all units to the heirs on their sole request [TAR 21(2)]", () => {
    expect(faultsOf("SUCCESSION", facts, documents)).toEqual([]);
    const { calls, flags } = planOf("SUCCESSION", facts);
    // Both accounts of the deceased are marked before anything moves.
    expect(calls.map(({ call, onToken }) => [call, onToken])).toEqual([
      ["setRecords", false],
      ["setRecords", false],
      ["enforceTransfers", true],
    ]);
    expect(calls.slice(0, 2).map(({ args }) => decodeRecord(args.record as string).flags)).toEqual([2, 2]);
    expect(flags).toMatchObject({ flags: 2 });
    const rows = calls[2]!.args.rows as { to: string; units: string; ref: string; data: string }[];
    expect(rows.map(({ to, units }) => [to, units])).toEqual([
      [heirE, "6"],
      [heirF, "4"],
    ]);
    expect(rows.map(({ ref: of }) => of)).toEqual([caseRef, expect.not.stringMatching(caseRef)]);
  });

  test("keeps the days of acquisition, or has that of the death where the issue says so [TA 186(iv)]", () => {
    const dates = (successionKeepsDates: boolean) => {
      const row = rowOf(planOf("SUCCESSION", facts, situationOf([], { successionKeepsDates })));
      const { keepDates, acquiredOn } = decodeMove((row as { data: string }).data);
      return [keepDates, acquiredOn];
    };
    expect(dates(true)).toEqual([true, 0]);
    // Entered on 2022-03-10.
    expect(dates(false)).toEqual([false, dayOfIso("2022-02-01")]);
  });

  test("is refused without the documents of every group [TA 95-2]", () => {
    expect(faultsOf("SUCCESSION", facts, [])).toEqual(["DOCUMENT_MISSING"]);
    expect(faultsOf("SUCCESSION", facts, ["FAMILY_REGISTER"])).toEqual(["DOCUMENT_MISSING"]);
    expect(faultsOf("SUCCESSION", facts, ["WILL", "DIVISION_AGREEMENT"])).toEqual(["DOCUMENT_MISSING"]);
  });

  test("is refused for an heir whom no document names, while a document about all names each [TA 95-2]", () => {
    const own = (account: string, kind: DocumentKind) => ({ ...papersOf(kind), account });
    const about = (...filed: CaseDocument[]) => caseFaults("SUCCESSION", facts, filed, situationOf());
    const division = papersOf("DIVISION_AGREEMENT");
    expect(about(own(heirE, "FAMILY_REGISTER"), division)).toEqual(["HEIR_WITHOUT_DOCUMENTS"]);
    expect(about(own(heirE, "FAMILY_REGISTER"), own(heirF, "FAMILY_REGISTER"), division)).toEqual([]);
    expect(about(papersOf("FAMILY_REGISTER"), own(heirF, "WILL"))).toEqual(["HEIR_WITHOUT_DOCUMENTS"]);
    expect(about(papersOf("FAMILY_REGISTER"), own(heirF, "WILL"), division)).toEqual([]);
  });

  test("is refused when shares do not add up or an heir is named twice", () => {
    const wrong = (more: Partial<typeof facts>) => faultsOf("SUCCESSION", { ...facts, ...more }, documents);
    expect(wrong({ heirs: [heirs[0]!] })).toEqual(["SHARES_DO_NOT_ADD_UP"]);
    expect(wrong({ heirs: [...heirs, { account: bank, units: 1n }] })).toEqual(["SHARES_DO_NOT_ADD_UP"]);
    expect(wrong({ heirs: [heirs[0]!, { account: heirE, units: 4n }] })).toEqual(["HEIR_TWICE"]);
    expect(wrong({ heirs: [heirs[0]!, { account: spare, units: 4n }] })).toEqual(["SAME_ACCOUNT"]);
    expect(wrong({ heirs: [heirs[0]!, { account: stranger, units: 4n }] })).toEqual([
      "RECEIVER_NOT_REGISTERED",
    ]);
    expect(wrong({ diedOn: "2022-03-11" })).toEqual(["NOT_EFFECTIVE_YET"]);
  });
});

describe("a lost wallet", () => {
  const facts = { lost: debtor, replacement: spare };
  const pledge = { kind: holdKinds.PLEDGE, units: 4n };

  test("is recovered to the same person with every hold [TA 186(iii)]", () => {
    const held = situationOf([pledge]);
    expect(faultsOf("RECOVERY", facts, ["LOSS_REPORT"], held)).toEqual([]);
    const [call] = planOf("RECOVERY", facts, held).calls;
    expect(call).toMatchObject({
      call: "recover",
      ref: caseRef,
      args: { lost: debtor, replacement: spare, holdIds: [ref(1)] },
    });
    const all = situationOf([{ ...pledge, units: 10n }]);
    expect(planOf("RECOVERY", facts, all).calls[0]).toMatchObject({ ref: ref(1), args: { ref: caseRef } });
  });

  test("does not overfill what waits on the other wallet", () => {
    const waits = (account: string) => ({ ...pledge, account, units: 0n, claimed: 1n });
    const queue = (lost: number, other: number) =>
      situationOf([...Array(lost).fill(waits(debtor)), ...Array(other).fill(waits(spare))]);
    expect(faultsOf("RECOVERY", facts, ["LOSS_REPORT"], queue(4, 4))).toEqual([]);
    expect(faultsOf("RECOVERY", facts, ["LOSS_REPORT"], queue(4, 5))).toEqual(["TOO_MANY_WAITING"]);
  });

  test("stays frozen if it was", () => {
    const { calls } = planOf("RECOVERY", facts, situationOf([], { flags: 1 }));
    expect(calls.map(({ call }) => call)).toEqual(["setRecords", "recover"]);
    expect(decodeRecord(calls[0]!.args.record as string).flags).toBe(1);
  });

  test("never goes to another person, and not with a trade under way", () => {
    expect(faultsOf("RECOVERY", { ...facts, replacement: bank }, ["LOSS_REPORT"])).toEqual([
      "NOT_SAME_PERSON",
    ]);
    expect(faultsOf("RECOVERY", facts, ["LOSS_REPORT"], situationOf([{ units: 1n }]))).toEqual([
      "HOLDS_STAND",
    ]);
  });
});

test("a lock-up ends at 24:00 JST of its last day", () => {
  const facts = { account: debtor, units: 4n, until: "2022-03-31" };
  expect(faultsOf("LOCKUP", facts, ["LOCKUP_AGREEMENT"])).toEqual([]);
  expect(rowOf(planOf("LOCKUP", facts))).toMatchObject({
    kind: 5,
    expiryMinutes: Date.parse("2022-03-31T15:00:00Z") / 60_000,
  });
  expect(faultsOf("LOCKUP", { ...facts, until: "2022-03-09" }, ["LOCKUP_AGREEMENT"])).toEqual([
    "HOLD_EXPIRED",
  ]);
});

describe("a sole request", () => {
  const facts = { from: debtor, to: bank, units: 10n, finalOn: "2022-03-01" };

  test.each([
    ["JUDGMENT", ["JUDGMENT", "FINALITY_CERTIFICATE"], "[TAR 21(2)(i)] [CAR 168(1)(i)]"],
    ["EQUIVALENT_INSTRUMENT", ["SETTLEMENT_RECORD"], "[TAR 21(2)(ii)] [CAR 168(1)(ii)]"],
  ] as const)("on a %s moves units without the holder [TAR 21(2)] (%s, %s)", (kind, documents, _article) => {
    expect(faultsOf(kind, facts, [...documents])).toEqual([]);
    expect(rowOf(planOf(kind, facts))).toMatchObject({
      to: bank,
      units: "10",
      basis: basisCode(kind),
      breaks: [],
    });
    expect(faultsOf(kind, facts, [])).toEqual(["DOCUMENT_MISSING"]);
  });

  test("ends requests in its way, and stops at third parties' holds", () => {
    const mixed = situationOf([{ units: 3n }, { kind: holdKinds.PLEDGE, units: 2n }]);
    const documents: DocumentKind[] = ["JUDGMENT", "FINALITY_CERTIFICATE"];
    expect(faultsOf("JUDGMENT", facts, documents, mixed)).toEqual(["INSUFFICIENT_UNITS"]);
    const less = { ...facts, units: 8n };
    expect(faultsOf("JUDGMENT", less, documents, mixed)).toEqual([]);
    expect(planOf("JUDGMENT", less, mixed).calls.map(({ call }) => call)).toEqual([
      "rejectTransfers",
      "enforceTransfers",
    ]);
  });
});

test("freezing marks every account of the person, and only a mark that stands can be lifted", () => {
  const facts = { account: debtor, flag: "FROZEN" } as const;
  expect(faultsOf("FREEZE", facts, ["DECISION"])).toEqual([]);
  expect(planOf("FREEZE", facts).calls).toHaveLength(2);
  expect(faultsOf("UNFREEZE", facts, ["DECISION"])).toEqual(["NOTHING_CHANGES"]);
  const frozen = situationOf([], { flags: 5 });
  expect(faultsOf("FREEZE", facts, ["DECISION"], frozen)).toEqual(["NOTHING_CHANGES"]);
  expect(planOf("UNFREEZE", facts, frozen).flags).toMatchObject({ flags: 4 });
});

test("a period of weeks ends on no weekend, holiday, 1/2, 1/3 or 12/29 to 12/31 [CPC 95(3)]", () => {
  const due = (from: string) => {
    const day = endOfWeeks(dayOfIso(from)!, 2);
    return day && isoOfDay(day);
  };
  // 12/28 is a court day though securities settle then too; the year's end is none though 12/29 and 30 settle.
  expect(["2021-12-14", "2021-12-15", "2021-12-16", "2021-12-17", "2022-04-15"].map(due)).toEqual([
    "2021-12-28",
    "2022-01-04",
    "2022-01-04",
    "2022-01-04",
    "2022-05-02",
  ]);
  expect(due("2022-03-04")).toBe("2022-03-18");
  expect(due("2022-03-05")).toBe("2022-03-22");
  expect(due("2027-12-20")).toBeNull();
});
