import { describe, expect, test } from "vitest";
import { caseFaults } from "../../src/cases/cases.ts";
import type { CaseDocument, DocumentKind } from "../../src/cases/kinds.ts";
import { endOfWeeks } from "../../src/cases/period.ts";
import type { CaseHold } from "../../src/cases/situation.ts";
import { holdKinds } from "../../src/entry-kinds.ts";
import { recordFlags } from "../../src/investor-class.ts";
import { dayOf, isoOfDay } from "../../src/jst.ts";
import { basisCode } from "../../src/legal-basis.ts";
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
    expect(calls.map(({ call, onToken }) => [call, onToken])).toEqual([["enforceTransfers", true]]);
    expect(flags).toMatchObject({ raise: recordFlags.DECEASED });
    const rows = calls[0]!.args.rows as { to: string; units: string; ref: string; data: string }[];
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
    expect(dates(false)).toEqual([false, dayOf("2022-02-01")]);
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
    const { calls, flags } = planOf("RECOVERY", facts, situationOf([], { flags: 1 }));
    expect(calls.map(({ call }) => call)).toEqual(["recover"]);
    // With the flags of the person, whatever the account has of them.
    expect(flags).toEqual({ personId: situationOf().accounts.get(debtor)!.record!.personId });
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
  const { personId } = situationOf().accounts.get(debtor)!.record!;
  expect(planOf("FREEZE", facts)).toEqual({ calls: [], flags: { personId, raise: recordFlags.FROZEN } });
  expect(faultsOf("UNFREEZE", facts, ["DECISION"])).toEqual(["NOTHING_CHANGES"]);
  const frozen = situationOf([], { flags: 5 });
  expect(faultsOf("FREEZE", facts, ["DECISION"], frozen)).toEqual(["NOTHING_CHANGES"]);
  expect(planOf("UNFREEZE", facts, frozen).flags).toEqual({ personId, lower: recordFlags.FROZEN });
});

test("a mark that one account has not got may be decided again, and lifted", () => {
  const facts = { account: debtor, flag: "FROZEN" } as const;
  const parted = situationOf([], { flags: 1, spareFlags: 0 });
  for (const kind of ["FREEZE", "UNFREEZE"] as const)
    expect(faultsOf(kind, facts, ["DECISION"], parted)).toEqual([]);
});

test("a period of weeks ends on no weekend, holiday, 1/2, 1/3 or 12/29 to 12/31 [CPC 95(3)]", () => {
  const due = (from: string) => {
    const day = endOfWeeks(dayOf(from), 2);
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
