import { createHexTable } from "@genbo/database/register/hex-table";
import { createPersonCounts } from "@genbo/database/register/person-counts";
import { expect, test } from "vitest";

const persons = Array.from({ length: 100 }, (_, n) => `0x${n.toString(16).padStart(24, "0")}`);

test("a person is new once, and has a count only while one is set", () => {
  const counts = createPersonCounts(createHexTable(12));
  const [first, second] = persons as [string, string];
  expect([counts.wasAsked(first), counts.ask(first), counts.ask(first)]).toEqual([false, true, false]);
  expect(counts.get(first)).toBeUndefined();
  counts.set(first, 2);
  counts.set(second, 1);
  expect([first, second].map(counts.get)).toEqual([2, 1]);
  counts.delete(first);
  expect(counts.get(first)).toBeUndefined();
  expect([first, second].map(counts.wasAsked)).toEqual([true, true]);
});

test("persons that another has put into the table were not asked for", () => {
  const table = createHexTable(12);
  for (const person of persons) table.add(person);
  const counts = createPersonCounts(table);
  expect(persons.map(counts.wasAsked)).not.toContain(true);
  counts.set(persons[50]!, 3);
  expect(counts.get(persons[50]!)).toBe(3);
  expect(persons.filter(counts.wasAsked)).toEqual([persons[50]]);
  expect(persons.map(counts.ask).filter((isNew) => !isNew)).toHaveLength(1);
});
