import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { refOf } from "@genbo/domain/ids";
import { zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { type ExportLine, type HeaderLine, lineText } from "../src/export.ts";
import { accounts, acts, entriesOf } from "./acts.ts";
import { account, createChain, holdWord } from "./chain.ts";
import { exportOf, sealed } from "./exported.ts";
import { inherited } from "./inherited.ts";
import { rectifiedActs, rectifiedHistory } from "./rectified.ts";
import { scaled } from "./scaled.ts";

const dir = mkdtempSync(join(tmpdir(), "genbo-verify-"));
afterAll(() => rmSync(dir, { recursive: true }));
const script = resolve(import.meta.dirname, "../../../docs/verify.py");
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("SKIPPED: docs/verify.py needs python3 on the PATH");

/** The end of an export names the root that our fold comes to, so "whole" is one fold against another. */
function verdicts(
  exports: readonly ExportLine[][],
): { verdict: string; at: string | null; fault: string | null }[] {
  const files = exports.map((lines, n) => {
    const file = join(dir, `${n}.jsonl`);
    writeFileSync(file, lines.map((line) => `${lineText(line)}\n`).join(""));
    return file;
  });
  const { stdout, stderr } = spawnSync("python3", [script, ...files]);
  if (stdout.length === 0) throw new Error(stderr.toString());
  return stdout
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
const whole = { verdict: "whole", at: null, fault: null };

test.skipIf(!hasPython)(
  "two folds in two languages come to the same holdings and lots, whatever happened",
  () => {
    const histories = fc.sample(acts, { numRuns: 25, seed: 195 });
    const rectified = fc.sample(rectifiedActs, { numRuns: 25, seed: 186 }).map(rectifiedHistory);
    const exports = [...histories.map((list) => entriesOf(list).entries), ...rectified].map((entries) =>
      exportOf(entries, accounts),
    );
    for (const verdict of verdicts(exports)) expect(verdict).toMatchObject(whole);
  },
);

test.skipIf(!hasPython)("also where units are consolidated or split", () => {
  const exports = [scaled(1n, 10n), scaled(3n, 1n), scaled(2n, 3n)].map(({ entries }) =>
    exportOf(entries, 4),
  );
  for (const verdict of verdicts(exports)) expect(verdict).toMatchObject(whole);
});

test.skipIf(!hasPython)("also where a pledge ranks behind another, is assigned and takes over", () => {
  const chain = createChain();
  const [pledgor, bank, other] = [account(0), account(2), account(4)];
  chain.issue(pledgor, 10n);
  const first = chain.hold(pledgor, bank, 7n, 1, { kind: 3, controller: bank });
  const second = chain.hold(pledgor, other, 0n, 1, { kind: 3, controller: other });
  chain.onHold("HOLD_RANKED", second, 5n, 1, { to: pledgor, data: first.ref });
  chain.onHold("HOLD_ASSIGNED", second, 0n, 2, { to: bank, data: first.data });
  chain.onHold("HOLD_RELEASED", first, 7n, 3, { basis: 12 });
  chain.onHold("HOLD_CHANGED", second, 5n, 3, { to: pledgor, data: first.data });
  chain.onHold("HOLD_EXECUTED", second, 5n, 4, { to: bank, data: first.data });
  expect(verdicts([exportOf(chain.entries, accounts)])).toMatchObject([whole]);
});

test.skipIf(!hasPython)("also where heirs have parts of what rested on the units", () => {
  const { entries } = inherited();
  expect(verdicts([exportOf(entries, 11)])).toMatchObject([whole]);
});

test.skipIf(!hasPython)(
  "also where holds wait, change, are frozen and move to another wallet of the person",
  () => {
    const chain = createChain();
    const [first, second, other] = [account(0), account(1), account(2)];
    chain.issue(first, 10n);
    chain.issue(first, 7n, 3);
    const pledge = chain.hold(first, zeroAddress, 12n, 4, { kind: 3 });
    const attachment = chain.hold(first, first, 6n, 5, { kind: 4 });
    chain.onHold("HOLD_CHANGED", attachment, 2n, 5);
    const frozen = chain.hold(first, first, 99n, 5, { kind: 6 });
    chain.onHold("HOLD_CHANGED", frozen, 3n, 5);
    chain.onHold("HOLD_RELEASED", pledge, 4n, 6);
    chain.emit(
      "HOLD_CHANGED",
      { from: first, to: second, units: 8n, basis: 19, ref: pledge.ref, data: pledge.data },
      7,
    );
    chain.emit(
      "HOLD_EXECUTED",
      { from: second, to: other, units: 5n, basis: 6, ref: pledge.ref, data: holdWord({ kind: 3 }) },
      9,
    );
    chain.emit("RECOVERY", { from: first, to: second, units: 1n, basis: 19 }, 9);
    const lines = exportOf(chain.entries, accounts);
    const end = lines.at(-1) as Extract<ExportLine, { type: "end" }>;
    const wrongRoot = lines.with(-1, { ...end, root: `0x${"1".repeat(64)}` });
    const sold = lines.at(-3) as Extract<ExportLine, { type: "entry" }>;
    const tooWide = [
      { units: sold.units + 2n ** 96n },
      { kind: sold.kind + 256 },
      { basis: sold.basis + 65_536 },
    ];
    expect(
      verdicts([lines, wrongRoot, ...tooWide.map((change) => lines.with(-3, { ...sold, ...change }))]),
    ).toMatchObject([
      whole,
      { verdict: "differs", at: "end", fault: "SUM_DIFFERS" },
      ...tooWide.map(() => ({ verdict: "differs", at: "entry", fault: "UNREADABLE" })),
    ]);
  },
);

test.skipIf(!hasPython)("an export under another issue's name is none of the token's", () => {
  const chain = createChain();
  chain.issue(account(0), 10n);
  const lines = exportOf(chain.entries, accounts);
  const [header, end] = [lines[0] as HeaderLine, lines.at(-1) as Extract<ExportLine, { type: "end" }>];
  const other = "iss_018f0000000070008000000000000001";
  const renamed = sealed([{ ...header, issue: other, ref: refOf(other) }, ...lines.slice(1, -1)], end.root);
  expect(verdicts([lines, renamed])).toMatchObject([
    whole,
    { verdict: "differs", at: "header", fault: "SUM_DIFFERS" },
  ]);
});
