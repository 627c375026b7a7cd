import { expect, test } from "vitest";
import { capacitiesOf, grounds, groundsOf, memoryStart } from "../src/inspections.ts";
import { isoOfDay } from "../src/jst.ts";

test("five grounds refuse the inspection of a trust's register, in the order of the law [TA 190(3)]", () => {
  expect(Object.keys(groundsOf.TRUST_BENEFICIAL)).toEqual(grounds);
  const articles = Object.values(groundsOf.TRUST_BENEFICIAL).map(({ article }) => article);
  expect(articles).toEqual(["i", "ii", "iii", "iv", "v"].map((item) => `TA 190(3)(${item})`));
});

test("three refuse that of a bond register: no unsuitable time, no harmful purpose [CA 684(3)]", () => {
  expect(Object.keys(groundsOf.BOND)).toEqual(["OTHER_PURPOSE", "SALE_OF_FACTS", "SOLD_FACTS_BEFORE"]);
});

test("a settlor has no right of its own to inspect; creditors and members of a bond's issuer have [TA 190(2)] [CA 684(2)] [CAR 167]", () => {
  expect(Object.keys(capacitiesOf.TRUST_BENEFICIAL)).toEqual(["BENEFICIARY", "INTERESTED_PERSON"]);
  expect(Object.keys(capacitiesOf.BOND)).toEqual(["BONDHOLDER", "CREDITOR", "MEMBER", "PARENT_MEMBER"]);
});

test.each([
  ["2021-08-02T00:00:00Z", "2019-08-02"],
  ["2021-08-02T15:00:00Z", "2019-08-03"],
  ["2024-02-29T00:00:00Z", "2022-02-28"],
])("the memory of a request at %s begins on %s [TA 190]", (at, first) => {
  expect(isoOfDay(memoryStart(new Date(at)))).toBe(first);
});
