import { expect, it } from "vitest";
import { subjectOf } from "../src/subject.ts";

it("gives one form to all spellings of a person's name", () => {
  const spellings = [
    "staff:issuer-1",
    "Staff:Issuer-1",
    "ｓtaff:issuer-1",
    "staff:issuer\u20101",
    " staff:iss\u200buer\u22121",
  ];
  expect(new Set(spellings.map(subjectOf))).toEqual(new Set(["staff:issuer-1"]));
  expect(subjectOf("staff:issuer-2")).not.toBe("staff:issuer-1");
});
