import { expect, test } from "vitest";
import { displayWidth, renderTable } from "../src/demo/table.ts";

test("kanji, kana and full-width forms take two columns", () => {
  expect(displayWidth("abc")).toBe(3);
  expect(displayWidth("髙橋 𠮷")).toBe(7);
  expect(displayWidth("タワー１")).toBe(8);
  expect(displayWidth("ｱｲ")).toBe(2);
  expect(displayWidth("か\u3099")).toBe(2);
});

test("columns line up whatever they hold", () => {
  const lines = renderTable(
    [{ title: "氏名" }, { title: "units", align: "right" }],
    [
      ["𠮷田 誠", "2"],
      ["Kubo", "1453"],
    ],
  );
  expect(lines).toEqual(["氏名     units", "───────  ─────", "𠮷田 誠      2", "Kubo      1453"]);
});
