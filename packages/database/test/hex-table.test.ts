import { createHexTable } from "@genbo/database/register/hex-table";
import fc from "fast-check";
import { expect, test } from "vitest";

const digit = fc.constantFrom(..."0123456789abcdef");
const wordOf = (bytes: number) =>
  fc.string({ unit: digit, minLength: 2 * bytes, maxLength: 2 * bytes }).map((digits) => `0x${digits}`);

test.each([12, 20, 32])(
  "words of %i bytes are numbered as they come, and come back as they were",
  (bytes) => {
    const words = fc.array(wordOf(bytes), { maxLength: 200 });
    fc.assert(
      fc.property(words, fc.infiniteStream(fc.nat(200)), (made, picks) => {
        const table = createHexTable(bytes);
        const plain = new Map<string, number>();
        // Some of them more than once.
        const given = made.flatMap((word) => [word, made[picks.next().value % made.length]!]);
        for (const word of given) {
          expect(table.find(word)).toBe(plain.get(word) ?? -1);
          if (!plain.has(word)) plain.set(word, plain.size);
          expect(table.add(word)).toBe(plain.get(word));
        }
        expect(table.size()).toBe(plain.size);
        for (const [word, number] of plain)
          expect([table.find(word), table.at(number)]).toEqual([number, word]);
      }),
    );
  },
);

test.each([
  ["a digit less", `0x${"a".repeat(39)}`],
  ["a digit more", `0x${"a".repeat(41)}`],
  ["capital digits", `0x${"A".repeat(40)}`],
  ["no hex digits", `0x${"g".repeat(40)}`],
  ["digits of another script", `0x${"０".repeat(40)}`],
])("a word with %s is refused, since it would be taken for another", (_, word) => {
  const table = createHexTable(20);
  expect(() => table.add(word)).toThrow(TypeError);
  expect(() => table.find(word)).toThrow(TypeError);
  expect(table.size()).toBe(0);
});
