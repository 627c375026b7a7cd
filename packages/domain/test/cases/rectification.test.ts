import { describe, expect, it } from "vitest";
import type { CorrectedEntry } from "../../src/cases/corrected.ts";
import { entryKinds } from "../../src/entry-kinds.ts";
import { dayOf } from "../../src/jst.ts";
import { decodeMove } from "../../src/words.ts";
import { faultsOf, planOf } from "./judge.ts";
import { bank, debtor, heirE, heirF, situationOf } from "./register.ts";

const [first, second, traded] = ["2021-08-11", "2021-09-01", "2021-10-07"].map(dayOf) as [
  number,
  number,
  number,
];

/** Entry 12 gave 10 units of the bank's, 6 of one lot and 4 of another, to the debtor, who has them now. */
const wrong: CorrectedEntry = {
  seq: 12,
  kind: entryKinds.HOLD_EXECUTED,
  basis: 2,
  units: 10n,
  from: bank,
  to: debtor,
  acquiredOn: traded,
  tradeDate: null,
  settlementDate: null,
  ofIssue: false,
  lots: [
    { acquiredOn: first, units: 6n },
    { acquiredOn: second, units: 4n },
  ],
  ratios: [],
  correctedBy: [],
};
const situation = (corrected: CorrectedEntry | undefined = wrong, more = {}) => ({
  ...situationOf([], { units: { [bank]: 20n }, ...more }),
  ...(corrected && { corrected }),
});
const papers = ["ERROR_REPORT", "HOLDER_CONSENT"] as const;

describe("a rectification of units [TA 198(2)] [TAR 21(2)(i)]", () => {
  const moves = (to: string, units: bigint, of = wrong) =>
    (
      planOf("UNITS_RECTIFICATION", { corrects: 12, to, units }, situation(of)).calls.at(-1)!.args.rows as {
        from: string;
        to: string;
        units: string;
        data: string;
        basis: number;
      }[]
    ).map(({ data, ...move }) => {
      const { corrects, acquiredOn, lotAcquiredOn, keepDates } = decodeMove(data);
      expect([corrects, move.basis]).toEqual([12, 18]);
      return [move.from, move.to, move.units, lotAcquiredOn, keepDates ? "kept" : acquiredOn];
    });

  it("takes everything back to the lots that it came from", () => {
    expect(moves(debtor, 0n)).toEqual([
      [debtor, bank, "6", traded, first],
      [debtor, bank, "4", traded, second],
    ]);
  });

  it("gives the rest back from the newest lot, as first in, first out would have left it", () => {
    expect(moves(debtor, 7n)).toEqual([[debtor, bank, "3", traded, second]]);
  });

  it("moves what was lacking, dated as the entry is", () => {
    expect(moves(debtor, 12n)).toEqual([[bank, debtor, "2", 0, traded]]);
  });

  it("takes all to the right holder, and what was too much to where it came from", () => {
    expect(moves(heirE, 10n)).toEqual([[debtor, heirE, "10", traded, traded]]);
    expect(moves(heirE, 7n)).toEqual([
      [debtor, heirE, "7", traded, traded],
      [debtor, bank, "3", traded, second],
    ]);
    expect(moves(heirE, 12n)).toEqual([
      [debtor, heirE, "10", traded, traded],
      [bank, heirE, "2", 0, traded],
    ]);
  });

  it("keeps the days of lots that the entry kept", () => {
    const kept = { ...wrong, acquiredOn: null };
    expect(moves(heirE, 10n, kept)).toEqual([
      [debtor, heirE, "6", first, first],
      [debtor, heirE, "4", second, second],
    ]);
    expect(moves(debtor, 12n, kept)).toEqual([[bank, debtor, "2", 0, "kept"]]);
  });

  it("is stated in units of then and entered in units of now, each lot for itself [TA 197(2)] [TA 197(3)]", () => {
    const split = { ...wrong, ratios: [{ n: 3n, d: 2n }] };
    expect(moves(debtor, 0n, split)).toEqual([
      [debtor, bank, "9", traded, first],
      [debtor, bank, "6", traded, second],
    ]);
    expect(moves(debtor, 12n, split)).toEqual([[bank, debtor, "3", 0, traded]]);
    const twice = { ...wrong, ratios: [...split.ratios, { n: 1n, d: 3n }] };
    expect(moves(debtor, 0n, twice)).toEqual([
      [debtor, bank, "3", traded, first],
      [debtor, bank, "2", traded, second],
    ]);
  });

  it("is refused where the ratio leaves a part of a unit, of either ratio", () => {
    const faults = (ratios: CorrectedEntry["ratios"], units: bigint, of = wrong) =>
      faultsOf(
        "UNITS_RECTIFICATION",
        { corrects: 12, to: debtor, units },
        [...papers],
        situation({ ...of, ratios }),
      );
    const [split, whole] = [
      { n: 3n, d: 2n },
      { n: 2n, d: 1n },
    ];
    expect(faults([split], 8n)).toEqual([]);
    expect(faults([split], 7n)).toEqual(["UNITS_DO_NOT_DIVIDE"]);
    // Three units of then would be nine of now; in between, one of them was a half.
    expect(faults([split, whole], 7n)).toEqual(["UNITS_DO_NOT_DIVIDE"]);
    expect(faults([whole, split], 7n)).toEqual([]);
    const lots = [
      { ...wrong.lots[0]!, units: 5n },
      { ...wrong.lots[1]!, units: 5n },
    ];
    expect(faults([split], 0n, { ...wrong, lots })).toEqual(["UNITS_DO_NOT_DIVIDE"]);
  });

  it("is refused for what it cannot correct, with every reason", () => {
    const faults = (facts: object, of: CorrectedEntry | undefined = wrong, more = {}) =>
      faultsOf(
        "UNITS_RECTIFICATION",
        { corrects: 12, to: debtor, units: 0n, ...facts },
        [...papers],
        of === undefined ? situationOf() : situation(of, more),
      );
    expect(faults({})).toEqual([]);
    expect(faults({ units: 10n })).toEqual(["NOTHING_CHANGES"]);
    expect(faults({ to: bank })).toEqual(["SAME_ACCOUNT"]);
    expect(faults({}, { ...wrong, kind: entryKinds.REDEEM })).toEqual(["ENTRY_NOT_CORRECTABLE"]);
    expect(faults({}, { ...wrong, from: null, kind: entryKinds.ISSUE })).toEqual(["SUPPLY_STANDS"]);
    expect(faults({ to: heirE, units: 10n }, { ...wrong, from: null, kind: entryKinds.ISSUE })).toEqual([]);
    const again = { ...wrong, correctedBy: [{ seq: 40, kind: entryKinds.FORCED_TRANSFER }] };
    expect(faults({}, again)).toEqual(["ALREADY_CORRECTED"]);
    expect(faults({}, { ...wrong, correctedBy: [{ seq: 40, kind: entryKinds.MARK }] })).toEqual([]);
    expect(faults({ to: heirF, units: 31n })).toEqual(["INSUFFICIENT_UNITS"]);
    expect(faults({ to: `0x${"9".repeat(40)}`, units: 10n })).toEqual(["RECEIVER_NOT_REGISTERED"]);
    expect(
      faultsOf("UNITS_RECTIFICATION", { corrects: 12, to: debtor, units: 0n }, ["ERROR_REPORT"], situation()),
    ).toEqual(["DOCUMENT_MISSING"]);
    expect(
      faultsOf("UNITS_RECTIFICATION", { corrects: 99, to: debtor, units: 0n }, [...papers], situationOf()),
    ).toEqual(["ENTRY_NOT_CORRECTABLE"]);
  });
});

describe("a rectification of dates [TA 186(iv)] [CA 681(v)]", () => {
  const faults = (facts: object, of: CorrectedEntry = wrong) =>
    faultsOf("DATES_RECTIFICATION", { corrects: 12, ...facts }, ["ERROR_REPORT"], situation(of));

  it("is a line about the receiver that names the entry, the wrong day and the right ones", () => {
    const facts = { corrects: 12, acquiredOn: "2021-10-06", tradeDate: "2021-10-05" };
    const [call] = planOf("DATES_RECTIFICATION", facts, situation()).calls;
    expect(call).toMatchObject({ call: "mark", args: { account: debtor, units: "10", basis: 18 } });
    expect(decodeMove(call!.args.data as string)).toEqual({
      keepDates: false,
      corrects: 12,
      acquiredOn: dayOf("2021-10-06"),
      lotAcquiredOn: traded,
      tradeDate: dayOf("2021-10-05"),
      settlementDate: 0,
    });
  });

  it("is of units of now; a part of one that a consolidation left counts as a whole one [TA 197(2)]", () => {
    const mark = (ratios: CorrectedEntry["ratios"]) =>
      planOf(
        "DATES_RECTIFICATION",
        { corrects: 12, acquiredOn: "2021-10-06" },
        situation({ ...wrong, ratios }),
      ).calls[0]!.args.units;
    expect([mark([{ n: 1n, d: 4n }]), mark([{ n: 3n, d: 1n }])]).toEqual(["3", "30"]);
  });

  it("leaves the days in their order: trade, acquisition, settlement", () => {
    const of = { ...wrong, tradeDate: dayOf("2021-10-05"), settlementDate: dayOf("2021-10-07") };
    expect(faults({ acquiredOn: "2021-10-05" }, of)).toEqual([]);
    expect(faults({ acquiredOn: "2021-10-04" }, of)).toEqual(["EFFECT_DAY_WRONG"]);
    expect(faults({ acquiredOn: "2021-10-04", tradeDate: "2021-10-04" }, of)).toEqual([]);
    expect(faults({ acquiredOn: "2021-10-08" }, of)).toEqual(["EFFECT_DAY_WRONG"]);
    expect(faults({ tradeDate: "2021-10-08" }, of)).toEqual(["EFFECT_DAY_WRONG"]);
    // Units that were delivered late were acquired after the day for which their settlement was agreed.
    const late = { ...of, settlementDate: dayOf("2021-10-06") };
    expect(faults({ tradeDate: "2021-10-04" }, late)).toEqual([]);
  });

  it("dates no acquisition before there were units, but for the day of their issue itself", () => {
    const since = (of: CorrectedEntry, acquiredOn: string) =>
      faultsOf("DATES_RECTIFICATION", { corrects: 12, acquiredOn }, ["ERROR_REPORT"], {
        ...situation(of),
        issuedOn: first,
      });
    expect(since(wrong, "2021-08-11")).toEqual([]);
    expect(since(wrong, "2021-08-10")).toEqual(["BEFORE_ISSUE"]);
    const issued = { ...wrong, kind: entryKinds.ISSUE, from: null, ofIssue: true };
    expect(since(issued, "2021-08-10")).toEqual([]);
  });

  it("is refused for what it cannot correct", () => {
    expect(faults({ acquiredOn: "2021-10-06" })).toEqual([]);
    expect(faults({ settlementDate: "2021-10-11" })).toEqual([]);
    expect(faults({})).toEqual(["NOTHING_CHANGES"]);
    expect(faults({ acquiredOn: "2021-10-07" })).toEqual(["NOTHING_CHANGES"]);
    expect(faults({ acquiredOn: "2022-03-11" })).toEqual(["NOT_EFFECTIVE_YET"]);
    const kept = { ...wrong, acquiredOn: null };
    expect(faults({ acquiredOn: "2021-10-06" }, kept)).toEqual(["LOT_CLOSED"]);
    expect(faults({ acquiredOn: "2021-10-06", lotAcquiredOn: "2021-08-11" }, kept)).toEqual([]);
    expect(faults({ acquiredOn: "2021-10-06" }, { ...wrong, kind: entryKinds.HOLD_CREATED })).toEqual([
      "ENTRY_NOT_CORRECTABLE",
    ]);
    const again = { ...wrong, correctedBy: [{ seq: 40, kind: entryKinds.MARK }] };
    expect(faults({ acquiredOn: "2021-10-06" }, again)).toEqual(["ALREADY_CORRECTED"]);
    expect(faults({ acquiredOn: "2021-10-06" }, { ...wrong, kind: entryKinds.MARK, basis: 18 })).toEqual([]);
    expect(faults({ acquiredOn: "2021-10-06" }, { ...wrong, kind: entryKinds.MARK, basis: 13 })).toEqual([
      "ENTRY_NOT_CORRECTABLE",
    ]);
  });
});

describe("a judgment that says since when [TAR 21(2)(i)] [TA 195(2)]", () => {
  const facts = { from: debtor, to: bank, units: 3n, finalOn: "2022-03-01" };
  const faults = (effectiveOn: string) =>
    faultsOf("JUDGMENT", { ...facts, effectiveOn }, ["JUDGMENT", "FINALITY_CERTIFICATE"], {
      ...situationOf(),
      firstDay: first,
    });

  it("states the day of acquisition, from which it has effect", () => {
    const row = (effectiveOn?: string) =>
      decodeMove(
        (
          planOf("JUDGMENT", { ...facts, effectiveOn }, situationOf()).calls.at(-1)!.args.rows as {
            data: string;
          }[]
        )[0]!.data,
      ).acquiredOn;
    expect([row(), row("2021-10-07")]).toEqual([0, traded]);
  });

  it("only after the register began and not after it became final", () => {
    expect([faults("2021-10-07"), faults("2022-03-01")]).toEqual([[], []]);
    for (const outside of ["2021-08-11", "2020-01-01", "2022-03-02"])
      expect(faults(outside)).toEqual(["EFFECT_DAY_WRONG"]);
  });
});
