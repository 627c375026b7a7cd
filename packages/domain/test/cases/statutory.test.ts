import { describe, expect, test } from "vitest";
import type { DocumentKind, ReleaseGround } from "../../src/cases/kinds.ts";
import { holdKinds } from "../../src/entry-kinds.ts";
import { dayOf } from "../../src/jst.ts";
import { basisCode } from "../../src/legal-basis.ts";
import { capacityOf, encodeMark } from "../../src/trust-mark.ts";
import { decodeMove } from "../../src/words.ts";
import { caseRef, faultsOf, planOf, rowOf } from "./judge.ts";
import { bank, broker, debtor, heirE, ref, situationOf, spare, stranger, trustee } from "./register.ts";

const trustMark = (account: string, units: bigint) => ({
  account,
  units,
  basis: basisCode("TRUST_PROPERTY_MARK"),
  capacity: "NONE" as const,
});
const ownMark = (
  account: string,
  units: bigint,
  capacity: "PROPRIETARY" | "OTHER_TRUST" = "PROPRIETARY",
) => ({
  account,
  units,
  basis: basisCode("TRUSTEE_ACQUIRED"),
  capacity,
});

describe("a mark of trust property", () => {
  const facts = { account: debtor, units: 4n, trust: "見本信託" };
  const request: DocumentKind[] = ["TRUST_PROPERTY_REQUEST"];

  test("is entered on the other trust's trustee's request, for as many units as it says [TA 206(2)] [CA 695-2(2)]", () => {
    expect(faultsOf("TRUST_PROPERTY_MARK", facts, request)).toEqual([]);
    expect(planOf("TRUST_PROPERTY_MARK", facts).calls).toEqual([
      {
        signer: trustee,
        call: "mark",
        onToken: true,
        ref: caseRef,
        args: { account: debtor, units: "4", basis: 13, ref: caseRef, data: encodeMark("NONE") },
      },
    ]);
    expect(faultsOf("TRUST_PROPERTY_MARK", facts, [])).toEqual(["DOCUMENT_MISSING"]);
    expect(faultsOf("TRUST_PROPERTY_MARK", { ...facts, units: 11n }, request)).toEqual([
      "INSUFFICIENT_UNITS",
    ]);
    const marked = situationOf([], { marks: [trustMark(debtor, 4n)] });
    expect(faultsOf("TRUST_PROPERTY_MARK", facts, request, marked)).toEqual(["NOTHING_CHANGES"]);
  });

  test("is erased, if there is one [TA 206]", () => {
    const erasure: DocumentKind[] = ["TRUST_PROPERTY_ERASURE_REQUEST"];
    expect(faultsOf("TRUST_PROPERTY_ERASURE", { account: debtor }, erasure)).toEqual(["NOT_MARKED"]);
    const marked = situationOf([], { marks: [trustMark(debtor, 4n)] });
    expect(faultsOf("TRUST_PROPERTY_ERASURE", { account: debtor }, erasure, marked)).toEqual([]);
    const [call] = planOf("TRUST_PROPERTY_ERASURE", { account: debtor }, marked).calls;
    expect(call).toMatchObject({ call: "mark", args: { units: "0" } });
  });

  test("goes along when its account is lost and recovered [TA 206]", () => {
    const marked = situationOf([], {
      marks: [trustMark(debtor, 4n), trustMark(spare, 1n)],
      units: { [spare]: 1n },
    });
    const { calls } = planOf("RECOVERY", { lost: debtor, replacement: spare }, marked);
    expect(calls.map(({ call }) => call)).toEqual(["recover", "mark"]);
    expect(calls[1]!.args).toMatchObject({ account: spare, units: "5", basis: 13 });
  });
});

describe("the trustee's own units", () => {
  const taking = {
    from: debtor,
    to: bank,
    units: 6n,
    capacity: "PROPRIETARY" as const,
    acquiredOn: "2022-03-01",
  };
  const own = { own: [bank] };

  test("are entered without request when it takes them, with the property they belong to [TA 197(1)(i)] [TAR 20] [CA 690(1)]", () => {
    const situation = situationOf([], { ...own, marks: [ownMark(bank, 2n)], units: { [bank]: 2n } });
    expect(faultsOf("TRUSTEE_ACQUISITION", taking, ["ACQUISITION_AGREEMENT"], situation)).toEqual([]);
    const plan = planOf("TRUSTEE_ACQUISITION", taking, situation);
    const [move, mark] = plan.calls;
    const [row] = move!.args.rows as { basis: number; data: string }[];
    expect([row!.basis, decodeMove(row!.data).acquiredOn]).toEqual([7, dayOf("2022-03-01")]);
    expect(mark).toMatchObject({ call: "mark", args: { account: bank, units: "8", basis: 7 } });
    expect(capacityOf(mark!.args.data as string)).toBe("PROPRIETARY");
    expect(mark!.ref).not.toBe(caseRef);
  });

  test("are entered without request when it gives them away [TA 197(1)(ii)] [CA 690(1)]", () => {
    const giving = { from: bank, to: heirE, units: 3n, disposedOn: "2022-03-09" };
    const situation = situationOf([], {
      ...own,
      marks: [ownMark(bank, 8n, "OTHER_TRUST")],
      units: { [bank]: 8n },
    });
    expect(faultsOf("TRUSTEE_DISPOSAL", giving, ["DISPOSAL_AGREEMENT"], situation)).toEqual([]);
    const { calls } = planOf("TRUSTEE_DISPOSAL", giving, situation);
    expect(calls[0]).toMatchObject({ call: "enforceTransfers", args: { rows: [{ basis: 8, to: heirE }] } });
    expect(calls[1]).toMatchObject({
      args: { account: bank, units: "5", basis: 8, data: encodeMark("OTHER_TRUST") },
    });
    expect(faultsOf("TRUSTEE_DISPOSAL", { ...giving, units: 9n }, ["DISPOSAL_AGREEMENT"], situation)).toEqual(
      ["INSUFFICIENT_UNITS", "NOT_MARKED"],
    );
  });

  test("go to its own account alone, one property in each, with the agreement", () => {
    expect(faultsOf("TRUSTEE_ACQUISITION", taking, [])).toEqual([
      "NOT_THE_TRUSTEES_ACCOUNT",
      "DOCUMENT_MISSING",
    ]);
    const other = situationOf([], {
      ...own,
      marks: [ownMark(bank, 2n, "OTHER_TRUST")],
      units: { [bank]: 2n },
    });
    expect(faultsOf("TRUSTEE_ACQUISITION", taking, ["ACQUISITION_AGREEMENT"], other)).toEqual([
      "CAPACITY_MIXED",
    ]);
    const pledged = situationOf([{ kind: holdKinds.PLEDGE, units: 5n }], own);
    expect(faultsOf("TRUSTEE_ACQUISITION", taking, ["ACQUISITION_AGREEMENT"], pledged)).toEqual([
      "INSUFFICIENT_UNITS",
    ]);
    const early = { ...taking, acquiredOn: "2022-03-11" };
    expect(faultsOf("TRUSTEE_ACQUISITION", early, ["ACQUISITION_AGREEMENT"], situationOf([], own))).toEqual([
      "NOT_EFFECTIVE_YET",
    ]);
  });
});

describe("a pledge that changes", () => {
  const held = situationOf([{ kind: holdKinds.PLEDGE, units: 5n, controller: broker, target: bank }]);
  const facts = { holdId: ref(1), pledgee: heirE };

  test("has another pledgee once that is entered; the units stay held [TA 200(2)] [CA 693]", () => {
    expect(faultsOf("PLEDGE_CHANGE", facts, ["PLEDGE_ASSIGNMENT"], held)).toEqual([]);
    expect(planOf("PLEDGE_CHANGE", facts, held).calls).toEqual([
      {
        signer: broker,
        call: "assignPledge",
        onToken: true,
        ref: ref(1),
        args: { holdId: ref(1), pledgee: heirE, controller: broker },
      },
    ]);
  });

  test("may secure another claim, with the agreement on it", () => {
    const claim = { holdId: ref(1), claim: "元本極度額 5,000,000円" };
    expect(faultsOf("PLEDGE_CHANGE", claim, ["PLEDGE_CHANGE_AGREEMENT"], held)).toEqual([]);
    expect(faultsOf("PLEDGE_CHANGE", claim, ["PLEDGE_ASSIGNMENT"], held)).toEqual(["DOCUMENT_MISSING"]);
    expect(planOf("PLEDGE_CHANGE", claim, held).calls).toMatchObject([{ call: "changeController" }]);
  });

  test("goes to the broker that keeps the pledgee's account now", () => {
    const kept = situationOf([{ kind: holdKinds.PLEDGE, controller: broker, keeper: stranger, units: 5n }]);
    const claim = { holdId: ref(1), claim: "元本極度額 5,000,000円" };
    const args = { holdId: ref(1), controller: stranger };
    expect(planOf("PLEDGE_CHANGE", claim, kept).calls).toMatchObject([{ signer: broker, args }]);
  });

  test("is an open pledge of somebody who signs, and goes to a registered pledgee who is not the pledgor", () => {
    const wrong = (more: object, situation = held) =>
      faultsOf(
        "PLEDGE_CHANGE",
        { ...facts, ...more },
        ["PLEDGE_ASSIGNMENT", "PLEDGE_CHANGE_AGREEMENT"],
        situation,
      );
    expect(wrong({ holdId: ref(9) })).toEqual(["HOLD_UNKNOWN"]);
    expect(wrong({ pledgee: stranger })).toEqual(["PLEDGEE_UNKNOWN"]);
    expect(wrong({ pledgee: debtor })).toEqual(["SAME_ACCOUNT"]);
    expect(wrong({ pledgee: undefined })).toEqual(["NOTHING_CHANGES"]);
    const attached = situationOf([{ kind: holdKinds.ATTACHMENT, units: 5n, controller: trustee }]);
    expect(wrong({}, attached)).toEqual(["HOLD_UNKNOWN"]);
  });
});

describe("who asks alone", () => {
  test("a buyer at auction, with its record: the hold that it realises ends as a whole [TAR 21(2)(iv)] [CAR 168(1)(iv)]", () => {
    const pledged = situationOf([{ kind: holdKinds.PLEDGE, units: 5n, controller: broker }]);
    const facts = { holdId: ref(1), buyer: heirE, units: 5n, soldOn: "2022-03-08" };
    expect(faultsOf("AUCTION", facts, ["AUCTION_RECORD"], pledged)).toEqual([]);
    const row = rowOf(planOf("AUCTION", facts, pledged)) as { data: string };
    expect(row).toMatchObject({ from: debtor, to: heirE, units: "5", basis: 6, breaks: [ref(1)] });
    expect(decodeMove(row.data).acquiredOn).toBe(dayOf("2022-03-08"));
    expect(faultsOf("AUCTION", { ...facts, units: 4n }, [], pledged)).toEqual([
      "NOT_THE_WHOLE_HOLD",
      "DOCUMENT_MISSING",
    ]);
    // A pledge that claimed more than was left for it sells what it has.
    const short = situationOf([{ kind: holdKinds.PLEDGE, units: 5n, claimed: 7n, controller: broker }]);
    expect(faultsOf("AUCTION", facts, ["AUCTION_RECORD"], short)).toEqual([]);
    const request = situationOf([{ units: 5n }]);
    expect(faultsOf("AUCTION", facts, ["AUCTION_RECORD"], request)).toEqual(["HOLD_UNKNOWN"]);
  });

  test("a company that takes over another, with the commercial register [TAR 21(2)(iii)] [CAR 168(1)(iii)]", () => {
    const merger = {
      from: debtor,
      to: bank,
      units: 10n,
      form: "MERGER" as const,
      effectiveOn: "2022-03-01",
    };
    expect(faultsOf("CORPORATE_SUCCESSION", merger, ["COMPANY_REGISTER"])).toEqual([]);
    const row = rowOf(planOf("CORPORATE_SUCCESSION", merger)) as { data: string };
    expect([row, decodeMove(row.data).keepDates]).toMatchObject([{ units: "10", basis: 5 }, true]);
    const dated = rowOf(
      planOf("CORPORATE_SUCCESSION", merger, situationOf([], { successionKeepsDates: false })),
    );
    expect(decodeMove((dated as { data: string }).data).acquiredOn).toBe(dayOf("2022-03-01"));
    // A merger leaves nothing behind; a split takes what its plan says.
    expect(faultsOf("CORPORATE_SUCCESSION", { ...merger, units: 9n }, ["COMPANY_REGISTER"])).toEqual([
      "SHARES_DO_NOT_ADD_UP",
    ]);
    const split = { ...merger, units: 9n, form: "COMPANY_SPLIT" as const };
    expect(faultsOf("CORPORATE_SUCCESSION", split, ["COMPANY_REGISTER"])).toEqual(["DOCUMENT_MISSING"]);
    expect(faultsOf("CORPORATE_SUCCESSION", split, ["COMPANY_REGISTER", "COMPANY_SPLIT_PLAN"])).toEqual([]);
    expect(faultsOf("CORPORATE_SUCCESSION", { ...merger, to: spare }, ["COMPANY_REGISTER"])).toEqual([
      "SAME_ACCOUNT",
    ]);
  });
});

test.each([
  ["WITHDRAWN", "WITHDRAWAL", "ATTACHMENT", "TAX_ATTACHMENT"],
  ["ORDER_CANCELLED", "RELEASE_ORDER", "PROVISIONAL_ATTACHMENT", "TAX_ATTACHMENT"],
  ["PROVISIONAL_RELEASE_MONEY", "RELEASE_MONEY_DEPOSIT", "PROVISIONAL_ATTACHMENT", "ATTACHMENT"],
  ["TAX_RELEASED", "TAX_RELEASE_NOTICE", "TAX_ATTACHMENT", "ATTACHMENT"],
] as const)(
  "an attachment ends on the ground %s with its %s, if it was a %s and no %s [CEA 167]",
  (ground, document, form, other) => {
    const of = (held: typeof form | typeof other, documents: DocumentKind[], on: ReleaseGround = ground) => {
      const hold = { kind: holdKinds.ATTACHMENT, units: 3n, controller: trustee, form: held };
      return faultsOf("ATTACHMENT_RELEASE", { holdId: ref(1), ground: on }, documents, situationOf([hold]));
    };
    expect(of(form, [document])).toEqual([]);
    expect(of(other, [document])).toEqual(["GROUND_OF_ANOTHER_ORDER"]);
    expect(of(form, ["DECISION"])).toEqual(["DOCUMENT_MISSING"]);
  },
);

test("a judgment ends a pledge whose controller does not, and no attachment", () => {
  const held = situationOf([{ kind: holdKinds.PLEDGE, units: 3n, controller: stranger }]);
  const facts = { holdId: ref(1), finalOn: "2022-03-01" };
  const papers: DocumentKind[] = ["JUDGMENT", "FINALITY_CERTIFICATE"];
  expect(faultsOf("JUDGMENT_RELEASE", facts, papers, held)).toEqual([]);
  expect(planOf("JUDGMENT_RELEASE", facts, held).calls).toMatchObject([
    { signer: trustee, call: "releaseByOrder", ref: ref(1), args: { holdIds: [ref(1)], basis: 3 } },
  ]);
  expect(faultsOf("JUDGMENT_RELEASE", { ...facts, finalOn: "2022-03-11" }, ["JUDGMENT"], held)).toEqual([
    "NOT_EFFECTIVE_YET",
    "DOCUMENT_MISSING",
  ]);
  const attached = situationOf([{ kind: holdKinds.ATTACHMENT, units: 3n, controller: trustee }]);
  expect(faultsOf("JUDGMENT_RELEASE", facts, papers, attached)).toEqual(["HOLD_UNKNOWN"]);
});
