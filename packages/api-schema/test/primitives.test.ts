import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { customerNumber, day, id, instant, line, units } from "../src/primitives.ts";

const passes = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe("amounts", () => {
  it("are decimal strings that have one spelling, and bigints inside", () => {
    expect(units.parse("9223372036854775807")).toBe(2n ** 63n - 1n);
    const wrong = ["0", "01", "-1", "+1", "1.0", "1e3", " 1", "９", "9223372036854775808", "", 1, 1n, null];
    expect(wrong.filter((value) => passes(units, value))).toEqual([]);
  });
});

describe("texts", () => {
  it("hold what PostgreSQL and a printed register can hold", () => {
    expect(passes(line(), "𠮷田 太郎")).toBe(true);
    const wrong = ["", " a", "a ", "a\u0000", "a\nb", "\ud842", "x".repeat(201), "\u0085"];
    expect(wrong.filter((value) => passes(line(), value))).toEqual([]);
  });

  it("show something: a name of invisible characters alone is none", () => {
    const blank = [0x200b, 0x3164, 0xad, 0x2060, 0xfe0f, 0x115f, 0x2800, 0xe0020, 0x180e, 0x200e, 0x61c];
    const texts = blank.map((code) => String.fromCodePoint(code, code));
    expect(texts.filter((text) => passes(line(), text))).toEqual([]);
    // A variant of a letter, and a letter of one's own (外字).
    for (const name of ["葛\u{e0100}城 太郎", "邊\ufe00", "\ue000"]) expect(line().parse(name)).toBe(name);
  });

  it("number a customer in one way, however it is typed", () => {
    const numberOf = (text: string) => customerNumber.parse(text);
    expect(numberOf("カ\u3099-1")).toBe("ガ-1");
    expect(numberOf("A\u200b-1")).toBe("A-1");
    expect(numberOf("A-1\u2060")).toBe("A-1");
    expect(numberOf("a-1"), "a bank's own capitals are its own").toBe("a-1");
    expect(passes(customerNumber, "\u200b")).toBe(false);
  });
});

describe("days and instants", () => {
  it("are days of the calendar that the chain can name", () => {
    const right = ["1970-01-02", "2024-02-29", "2149-06-06"];
    const wrong = ["1970-01-01", "2149-06-07", "2023-02-29", "2021-13-01", "2021-1-1", "20210101"];
    expect(right.filter((value) => !passes(day, value))).toEqual([]);
    expect(wrong.filter((value) => passes(day, value))).toEqual([]);
  });

  it("say their offset", () => {
    expect(instant.parse("2021-10-07T15:00:00+09:00")).toEqual(new Date("2021-10-07T06:00:00Z"));
    const wrong = ["2021-10-07", "2021-10-07T15:00:00", "1969-12-31T23:59:59Z", "2021-10-07T25:00:00Z"];
    expect(wrong.filter((value) => passes(instant, value))).toEqual([]);
  });

  it("go to the end of the year 9999, which banks write for none", () => {
    const last = ["9999-12-31T15:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59+09:00"];
    expect(last.filter((value) => !passes(instant, value))).toEqual([]);
    expect(passes(instant, "9999-12-31T23:59:59-01:00")).toBe(false);
  });
});

describe("ids", () => {
  it("are of the kind that the place asks for", () => {
    expect(passes(id("iss"), "iss_0192aaaaaaaa7bbb8cccdddddddddddd")).toBe(true);
    expect(passes(id("iss"), "inv_0192aaaaaaaa7bbb8cccdddddddddddd")).toBe(false);
    expect(passes(id("iss"), "iss_0192aaaaaaaa4bbb8cccdddddddddddd")).toBe(false);
  });
});
