import { expect, test } from "vitest";
import { cp932Bytes, cp932Text } from "../src/exports/cp932.ts";
import { rangeOf } from "../src/exports/range.ts";

const sjis = new TextDecoder("shift_jis", { fatal: true });

test("CP932 holds 髙, 﨑 and ①, and says what it has no code for", () => {
  const name = "髙橋 﨑山① 德濵";
  expect(cp932Text(name)).toEqual({ text: name, missing: [] });
  expect(sjis.decode(cp932Bytes(name))).toBe(name);
  expect(cp932Text("𠮷野 𠮷 é")).toEqual({ text: "〓野 〓 〓", missing: ["𠮷", "é"] });
});

test("a yen sign or overline is not turned into a backslash or tilde without a word", () => {
  expect(cp932Text("¥1‾")).toEqual({ text: "〓1〓", missing: ["¥", "‾"] });
});

test("every character of CP932 comes back from its bytes", () => {
  const all: string[] = [];
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    for (let trail = 0x40; trail <= 0xfc; trail += 1) {
      if (lead > 0x9f && lead < 0xe0) continue;
      const text = new TextDecoder("shift_jis").decode(Buffer.from([lead, trail]));
      // The private use area has no character of its own.
      if ([...text].length === 1 && !/[\ufffd\ue000-\uf8ff]/.test(text)) all.push(text);
    }
  }
  expect(all.length).toBeGreaterThan(7_000);
  const text = all.join("");
  expect(cp932Text(text).missing).toEqual([]);
  expect(sjis.decode(cp932Bytes(text))).toBe(text);
});

const file = { bytes: 100, etag: '"a"' };
test.each([
  [undefined, undefined, { from: 0, to: 100, isPart: false }],
  ["bytes=10-", undefined, { from: 10, to: 100, isPart: true }],
  ["bytes=10-19", undefined, { from: 10, to: 20, isPart: true }],
  ["bytes=10-1000", '"a"', { from: 10, to: 100, isPart: true }],
  ["bytes=-5", undefined, { from: 95, to: 100, isPart: true }],
  ["bytes=-500", undefined, { from: 0, to: 100, isPart: true }],
  ["bytes=100-", undefined, "outside"],
  ["bytes=-0", undefined, "outside"],
  ["bytes=10-", '"b"', { from: 0, to: 100, isPart: false }],
  ["bytes=20-10", undefined, { from: 0, to: 100, isPart: false }],
  ["bytes=1-2,5-6", undefined, { from: 0, to: 100, isPart: false }],
  ["rows=1-2", undefined, { from: 0, to: 100, isPart: false }],
])("%s of a file, if it is %s", (range, ifRange, expected) => {
  expect(rangeOf({ range, ifRange }, file)).toEqual(expected);
});
