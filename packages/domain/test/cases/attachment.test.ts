import { describe, expect, test } from "vitest";
import type { AttachmentFacts } from "../../src/cases/attachment.ts";
import { rulesOf } from "../../src/cases/cases.ts";
import type { DocumentKind } from "../../src/cases/kinds.ts";
import type { CaseHold } from "../../src/cases/situation.ts";
import { holdKinds } from "../../src/entry-kinds.ts";
import { dayOf } from "../../src/jst.ts";
import { basisCode } from "../../src/legal-basis.ts";
import { decodeMove } from "../../src/words.ts";
import { caseRef, faultsOf, planOf, rowOf } from "./judge.ts";
import { bank, debtor, heirE, ref, situationOf, spare, trustee } from "./register.ts";

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
    const pledged = { kind: holdKinds.PLEDGE, units: 9n };
    const full = situationOf([pledged, ...Array.from({ length: 8 }, () => waiting)]);
    expect(faultsOf("ATTACHMENT", facts, order, full)).toEqual(["TOO_MANY_WAITING"]);
    expect(faultsOf("ATTACHMENT", { ...facts, units: 1n }, order, full)).toEqual([]);
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
    expect(decodeMove(data).acquiredOn).toBe(dayOf("2022-03-09"));
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

  test.each([
    ["SALE_ORDER", facts, documents],
    ["AUCTION", { holdId: ref(2), buyer: bank, units: 3n, soldOn: "2022-03-10" }, ["AUCTION_RECORD"]],
  ] as const)(
    "%s waits for what may come, and sells what there is once that was sold [CEA 161]",
    (kind, of, papers) => {
      const waiting = { ...hold, claimed: 5n };
      const faults = (...holds: Partial<CaseHold>[]) =>
        faultsOf(kind, { ...of, holdId: ref(2) }, [...papers], situationOf(holds));
      const pledge = { kind: holdKinds.PLEDGE, units: 2n };
      expect(faults(pledge, waiting)).toEqual(["NOT_THE_WHOLE_HOLD"]);
      // Sold; what the debtor has acquired and offered since is his.
      const later = { units: 1n, fromSeq: 9 };
      expect(faults({ ...pledge, units: 0n, claimed: 2n }, waiting, later)).toEqual([]);
    },
  );
});
