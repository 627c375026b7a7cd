import { expect, test } from "vitest";
import { readScenario } from "../src/demo/fixture.ts";
import { makePeople } from "../src/demo/people.ts";
import { romajiOf } from "../src/demo/romaji.ts";

const allotments = readScenario().holders_at_issue;

test("the same seed makes the same people, another seed others", () => {
  const people = makePeople(allotments, "a");
  expect(makePeople(allotments, "a")).toEqual(people);
  expect(makePeople(allotments, "b")).not.toEqual(people);
});

test("one more investor changes nobody else", () => {
  const more = makePeople([...allotments, { id: "INV-X", broker: "SBI", tax: "RESIDENT_INDIVIDUAL" }], "a");
  expect(more.slice(0, -1)).toEqual(makePeople(allotments, "a"));
});

test("every person has a name of its own that reads the same in kana and Latin letters", () => {
  const people = makePeople(allotments, "a");
  expect(new Set(people.map((person) => person.name.kanji)).size).toBe(244);
  for (const { name, kind } of people) {
    expect(name.kana).toMatch(/^[ァ-ヶー]+( [ァ-ヶー]+)?$/);
    if (kind === "individual") expect(name.romaji).toBe(name.kana.split(" ").map(romajiOf).join(" "));
  }
});

test("addresses have a postal code, and only the non-resident lives abroad", () => {
  for (const { address, tax } of makePeople(allotments, "a")) {
    const abroad = tax === "NON_RESIDENT_INDIVIDUAL";
    expect(address.country).toBe(abroad ? "SG" : "JP");
    expect(address.postalCode).toMatch(abroad ? /^\d{6}$/ : /^\d{3}-\d{4}$/);
    expect(address.street).not.toBe("");
  }
});

test.each([
  ["オオノ", "Ono"],
  ["イノウエ", "Inoue"],
  ["コウイチ", "Koichi"],
  ["イッペイ", "Ippei"],
  ["リュウノスケ", "Ryunosuke"],
  ["ショウタ", "Shota"],
  ["ホンマ", "Homma"],
  ["ハッチョウ", "Hatcho"],
])("%s is %s in a passport", (kana, latin) => {
  expect(romajiOf(kana)).toBe(latin);
});
