import { createHash } from "node:crypto";
import { refOf } from "@genbo/domain/ids";
import { zeroWord } from "@genbo/domain/words";
import { expect, test } from "vitest";
import { type EntryLine, type ExportLine, type HeaderLine, lineText, parseLine } from "../src/export.ts";
import { linesOf } from "../src/lines.ts";
import { readExport } from "../src/verify.ts";
import { account, createChain } from "./chain.ts";
import { bytesOf, exportOf, sealed } from "./exported.ts";

const accounts = 8;

function exported(): ExportLine[] {
  const chain = createChain();
  for (let n = 0; n < 5; n++) chain.issue(account(n), 10n);
  const hold = chain.hold(account(0), account(1), 4n);
  chain.onHold("HOLD_EXECUTED", hold);
  chain.move(account(2), account(7), 10n, 3);
  chain.redeem(account(3), 2n, 4);
  return exportOf(chain.entries, accounts);
}
const read = (lines: readonly ExportLine[]) => readExport(bytesOf(lines));
const entry = (lines: readonly ExportLine[], seq: number) =>
  lines.findIndex((line) => line.type === "entry" && line.seq === seq);
/** Alters one entry as a forger does who knows the format: the end fits again. */
function forged(seq: number, change: Partial<EntryLine>): ExportLine[] {
  const lines = exported();
  const at = entry(lines, seq);
  lines[at] = { ...(lines[at] as EntryLine), ...change };
  const end = lines.pop() as Extract<ExportLine, { type: "end" }>;
  return sealed(lines, end.root);
}

test("a whole export leads to the heads, the sums and the root that it names", async () => {
  const lines = exported();
  const { finding, state, records, blocks } = await read(lines);
  expect(finding).toBeNull();
  expect(state).toMatchObject({ seq: 9, head: (lines[0] as { head: string }).head, units: 48n, accounts: 5 });
  expect(records).toBe(accounts);
  expect(blocks.map(({ block }) => block)).toEqual([1_000, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test("an issue without entries is whole too", async () => {
  const { finding, state } = await read(exportOf([], 2));
  expect([finding, state.head]).toEqual([null, zeroWord]);
});

test.each([
  { units: 11n },
  { to: account(7) },
  { from: account(6) },
  { basis: 3 },
  { kind: 4 },
  { ref: `0x${"1".repeat(64)}` },
  { data: `0x${"0".repeat(63)}1` },
  { head: `0x${"1".repeat(64)}` },
])("an altered field that the head covers shows at its entry: %o", async (change) => {
  expect((await read(forged(3, change))).finding).toMatchObject({
    at: "entry",
    seq: 3,
    fault: "HEAD_DIFFERS",
  });
});

test("a number too wide for its place, which under the head would be its neighbour's, makes the line none", async () => {
  const lines = exported();
  const sold = lines[entry(lines, 8)] as EntryLine;
  const before = `0x${(BigInt(sold.from) - 1n).toString(16).padStart(40, "0")}`;
  for (const change of [
    { units: sold.units + 2n ** 96n, from: before },
    { kind: sold.kind + 256, basis: sold.basis - 1 },
    { basis: sold.basis + 65_536 },
    { seq: 8 + 2 ** 32 },
  ])
    expect((await read(forged(8, change))).finding).toMatchObject({ seq: 8, fault: "UNREADABLE" });
});

test.each([{ totalUnits: 31n }, { totalHolders: 9 }, { totalAccounts: 9 }])(
  "a sum that does not follow shows at its entry: %o",
  async (change) => {
    expect((await read(forged(3, change))).finding).toMatchObject({
      at: "entry",
      seq: 3,
      fault: "SUM_DIFFERS",
    });
  },
);

test("an altered number, a missing entry, one that stands there twice and two that changed places", async () => {
  expect((await read(forged(3, { seq: 9 }))).finding).toMatchObject({ seq: 3, fault: "NUMBER_DIFFERS" });
  const lines = exported();
  const at = entry(lines, 4);
  expect((await read(lines.toSpliced(at, 1))).finding).toMatchObject({ seq: 4, fault: "MISSING" });
  expect((await read(lines.toSpliced(at, 0, lines[at]!))).finding).toMatchObject({
    seq: 4,
    fault: "OUT_OF_ORDER",
  });
  const swapped = lines.toSpliced(at, 2, lines[at + 1]!, lines[at]!);
  expect((await read(swapped)).finding).toMatchObject({ at: "entry", seq: 4, fault: "MISSING" });
});

test("lines missing at either end of a part are named", async () => {
  const lines = exported();
  const first = entry(lines, 1);
  const without = async (at: number) => (await read(lines.toSpliced(at, 1))).finding;
  expect(await without(0)).toMatchObject({ at: "header", fault: "MISSING" });
  expect(await without(1)).toMatchObject({ at: "record", seq: 1, fault: "MISSING" });
  expect(await without(first - 1)).toMatchObject({ at: "record", seq: accounts, fault: "MISSING" });
  expect(await without(first)).toMatchObject({ at: "entry", seq: 1, fault: "MISSING" });
  expect(await without(lines.length - 2)).toMatchObject({ at: "entry", seq: 9, fault: "MISSING" });
  expect(await without(lines.length - 1)).toMatchObject({ at: "end", fault: "MISSING" });
});

test("an export under another issue's name is none of the token's, however well the rest fits", async () => {
  const lines = exported();
  const end = lines.pop() as Extract<ExportLine, { type: "end" }>;
  const other = "iss_018f0000000070008000000000000001";
  lines[0] = { ...(lines[0] as HeaderLine), issue: other, ref: refOf(other) };
  expect((await read(sealed(lines, end.root))).finding).toMatchObject({
    at: "header",
    fault: "SUM_DIFFERS",
    detail: expect.stringContaining("entry 1 is of the issue"),
  });
});

test("entries that were all made up anew are whole by themselves, and lead to another head", async () => {
  const chain = createChain();
  for (let n = 0; n < 5; n++) chain.issue(account(n), 11n);
  const { finding, state } = await read(exportOf(chain.entries, accounts));
  expect(finding).toBeNull();
  expect(state.head).not.toBe((exported()[0] as { head: string }).head);
});

test("a line with an unknown, a missing or a badly formed field is none", () => {
  const line = exported()[9]!;
  expect(parseLine(Buffer.from(lineText(line)))).toEqual(line);
  const { head: _, ...headless } = JSON.parse(lineText(line));
  const wrong = [
    { ...headless, head: "0x1" },
    headless,
    { ...headless, head: zeroWord, more: 1 },
    [],
    null,
    7,
  ];
  for (const each of wrong) expect(parseLine(Buffer.from(JSON.stringify(each)))).toBeUndefined();
  expect(parseLine(Buffer.from([0xff, 0x7b]))).toBeUndefined();
});

test("bytes are cut into the same lines wherever they are broken up", async () => {
  const text = exported()
    .map((line) => `${lineText(line)}\n`)
    .join("");
  for (const size of [1, 7, 1_000, text.length]) {
    const pieces = async function* () {
      for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
    };
    const digest = createHash("sha256");
    let lines = 0;
    for await (const line of linesOf(pieces())) {
      digest.update(line).update("\n");
      lines += 1;
    }
    expect([lines, digest.digest("hex")]).toEqual([19, createHash("sha256").update(text).digest("hex")]);
  }
  const endless = async function* () {
    for (;;) yield Buffer.alloc(1_000, 65);
  };
  expect((await readExport(linesOf(endless()))).finding).toMatchObject({ at: "header", fault: "UNREADABLE" });
});
