import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { entryKindOf, holdKindOf } from "../src/entry-kinds.ts";
import { isId, newId, newPersonId, refOf, refOfWallet } from "../src/ids.ts";
import { classAdmitted, classBitsOf, classesOf } from "../src/investor-class.ts";
import {
  dayOf,
  dayOfIso,
  dayOrNone,
  endOfDay,
  isoOfDay,
  jstDay,
  jstDayOfSeconds,
  startOfDay,
} from "../src/jst.ts";
import { basisCode, legalBases, legalBasisOf } from "../src/legal-basis.ts";
import { maxUnits, parseUnits } from "../src/units.ts";

describe("ids", () => {
  test("carry their kind and sort by time", () => {
    const ids = [1, 2, 3].map((second) => newId("op", new Date(Date.UTC(2021, 7, 11, 0, 0, second))));
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => isId("op", id) && !isId("iss", id))).toBe(true);
    expect(isId("op", "op_1; drop table entry")).toBe(false);
  });

  test("have references that anyone can recompute", () => {
    expect(refOf("op_1", 7)).toBe(`0x${createHash("sha256").update("op_1:7").digest("hex")}`);
    expect(refOf("trf_1")).not.toBe(refOf("trf_1", 0));
    expect(refOfWallet(`0x${"AB".repeat(20)}`)).toBe(`0x${"0".repeat(24)}${"ab".repeat(20)}`);
  });

  test("a person id is 12 random bytes", () => {
    expect(newPersonId()).toMatch(/^0x[0-9a-f]{24}$/);
    expect(newPersonId()).not.toBe(newPersonId());
  });
});

describe("units", () => {
  test.each(["0", "1", "1453", maxUnits.toString()])("%s is read", (text) => {
    expect(parseUnits(text)?.toString()).toBe(text);
  });
  const refused = [
    "",
    "-1",
    "+1",
    "01",
    "1.0",
    "1e3",
    " 1",
    "１",
    "0x10",
    "9223372036854775808",
    "9".repeat(400),
  ];
  test.each(refused)("%s is refused", (text) => {
    expect(parseUnits(text)).toBeUndefined();
  });
});

describe("JST days", () => {
  test("the day turns at 15:00 UTC", () => {
    expect(isoOfDay(jstDay(new Date("2022-01-31T14:59:59.999Z")))).toBe("2022-01-31");
    expect(isoOfDay(jstDay(new Date("2022-01-31T15:00:00Z")))).toBe("2022-02-01");
    expect(isoOfDay(jstDayOfSeconds(Date.UTC(2022, 0, 31, 15) / 1000))).toBe("2022-02-01");
  });
  test("24:00 of a record date is 00:00 of the next day [TA 189]", () => {
    const day = dayOf("2022-01-31");
    expect(endOfDay(day).toISOString()).toBe("2022-01-31T15:00:00.000Z");
    expect(startOfDay(day + 1)).toEqual(endOfDay(day));
  });
  test.each(["2021-02-29", "2021-13-01", "21-01-01", "2021-1-1", "1969-12-31", "2021-08-11T00:00"])(
    "%s is no day",
    (text) => {
      expect(dayOfIso(text)).toBeUndefined();
      expect(() => dayOf(text)).toThrow(RangeError);
    },
  );
  test("no day is 0 in a data word, and a text that is none is not", () => {
    expect([dayOrNone(undefined), dayOrNone(null), dayOrNone("1970-01-02")]).toEqual([0, 0, 1]);
    expect(() => dayOrNone("")).toThrow(RangeError);
  });
});

describe("codes", () => {
  test("of legal bases are their places", () => {
    expect(legalBases.map((basis) => basis.code)).toEqual(legalBases.map((_, index) => index));
    expect(legalBases).toHaveLength(21);
    expect([basisCode("INITIAL"), basisCode("RECTIFICATION"), basisCode("TERMS_CHANGE")]).toEqual([
      1, 18, 20,
    ]);
    expect(legalBasisOf(21)).toBeUndefined();
  });
  test("of kinds have names, unknown ones none", () => {
    expect([entryKindOf(8), entryKindOf(18), holdKindOf(3), holdKindOf(0)]).toEqual([
      "HOLD_EXECUTED",
      undefined,
      "PLEDGE",
      undefined,
    ]);
  });
  test("of classes go both ways", () => {
    expect(classBitsOf(["QII", "RETAIL"])).toBe(9);
    expect(classesOf(9)).toEqual(["QII", "RETAIL"]);
    expect([classAdmitted(0, 8), classAdmitted(1, 8), classAdmitted(9, 8)]).toEqual([true, false, true]);
  });
});
