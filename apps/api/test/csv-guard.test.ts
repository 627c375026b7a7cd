import fc from "fast-check";
import { expect, test } from "vitest";
import { csvReaders } from "../src/http/csv.ts";
import { guardCell, unguardCell } from "../src/http/csv-guard.ts";

test.each(["=1+1", "+81", "-1", "@SUM(A1)", "\tx", "\r=", "＝1", "＋1", "－1", "＠a", "'=1"])(
  "%j does not begin as a formula once it is guarded, and reads back",
  (text) => {
    expect(guardCell(text)).toBe(`'${text}`);
    expect(unguardCell(guardCell(text))).toBe(text);
  },
);

test("any cell reads back as it was, and none begins a formula", () => {
  const cell = fc.stringMatching(/^['=+\-@＝a山]{0,6}$/);
  fc.assert(
    fc.property(cell, (text) => {
      expect(unguardCell(guardCell(text))).toBe(text);
      expect(guardCell(text)).not.toMatch(/^[=+\-@＝]/);
    }),
  );
  expect(guardCell("O'Neill")).toBe("O'Neill");
});

test("the import of customers reads what an export guarded", () => {
  const heading = "externalId,address";
  expect(csvReaders.registerWallets!(`${heading}\r\n'=C-1,\r\n'-2,\r\n'plain,\r\n`)).toEqual({
    rows: [{ externalId: "=C-1" }, { externalId: "-2" }, { externalId: "'plain" }],
  });
});
