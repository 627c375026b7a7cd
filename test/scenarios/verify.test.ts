import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { contractArtifact, contractInterface } from "@genbo/chain/abi";
import { type Verdict, verifyFile } from "@genbo/cli/verify";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { newId, refOf } from "@genbo/domain/ids";
import { encodeMove, zeroWord } from "@genbo/domain/words";
import { lineText, parseLine } from "@genbo/register/export";
import { headAfterEntry } from "@genbo/register/head";
import { afterAll, expect, test } from "vitest";
import { exportedOf, sendUnlocked } from "../support/for-strangers.ts";
import { startMarket } from "../support/market-stack.ts";
import { randomFrom, type Tampered, tamperings } from "../support/tamper.ts";

const dir = mkdtempSync(join(tmpdir(), "genbo-verify-"));
const file = join(dir, "export.jsonl");

const { stack, market } = await startMarket();
const { moveTo } = stack;
const issue = await market.issue({ acceptanceRequired: true, approvalRequired: true });
const [sellers, buyers] = [await market.wallets(0, 8), await market.wallets(1, 5)];
await market.run(
  "issuance",
  sellers.map((to, n) => market.issueRow(issue, to, BigInt(10 + n))),
);
for (const [n, to] of buyers.entries()) await trade(sellers[n]!, to, BigInt(n + 1), n === 4);
// An issue of its own: another token's entries stand between, and the registry is one.
const other = await market.issue();
await market.run("issuance", [market.issueRow(other, sellers[0]!, 3n)]);
const exported = () => exportedOf(stack, issue);
const original = await exported();

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A joint request, accepted, and approved or rejected. */
async function trade(from: string, to: string, units: bigint, reject: boolean): Promise<void> {
  const ref = refOf(newId("trf", stack.clock.now()));
  const data = encodeMove({ tradeDate: 18_905, acquiredOn: 18_905, settlementDate: 18_907 });
  const step = (signer: string, call: string, args: Record<string, unknown> = {}) =>
    market.run(call, [{ signer, call, target: issue.token, ref, args }]);
  const asked = { from, to, units: units.toString(), expiryMinutes: 0, data };
  await step(market.brokers[0].signer, "requestTransfers", asked);
  await step(market.brokers[1].signer, "acceptTransfers");
  await step(market.trustee.signer, reject ? "rejectTransfers" : "approveTransfers");
}

async function verdictOn(bytes: Buffer): Promise<Verdict> {
  writeFileSync(file, bytes);
  return verifyFile(file, stack.anvil().rpc);
}

const script = resolve(import.meta.dirname, "../../docs/verify.py");
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("SKIPPED: the independent verifier, docs/verify.py, needs python3 on the PATH");

/** What the verifier in another language, written from docs/export.md, says of the same files. */
function pythonOn(
  exports: readonly Buffer[],
): { verdict: string; at: string | null; seq: number | null; head: string }[] {
  const files = exports.map((_, n) => join(dir, `${n}.jsonl`));
  for (const [n, bytes] of exports.entries()) writeFileSync(files[n]!, bytes);
  const { stdout, stderr } = spawnSync("python3", [script, ...files, "--rpc", stack.anvil().url]);
  const lines = stdout.toString().split("\n").slice(0, -1);
  if (lines.length !== files.length) throw new Error(stderr.toString());
  return lines.map((line) => JSON.parse(line));
}

test("an export is equal to what the contracts say", async () => {
  const verdict = await verdictOn(original);
  expect(verdict).toMatchObject({ verdict: "equal", finding: null, entries: 25, records: 13, units: "108" });
});

test("of 100 tamperings each is named by its line", async () => {
  const missed: object[] = [];
  const all = tamperings(original, 100, randomFrom(2021));
  for (const { what, bytes, place } of all) {
    const { verdict, finding } = await verdictOn(bytes);
    if (verdict !== "differs" || finding?.at !== place.at || finding.seq !== place.seq)
      missed.push({ what, place, verdict, finding });
  }
  expect(missed).toEqual([]);
  expect(new Set(all.map(({ what }: Tampered) => what.split(" ")[0]))).toEqual(
    new Set(["flip", "delete", "double", "swap", "forge"]),
  );
}, 120_000);

test.skipIf(!hasPython)(
  "a verifier that shares no code with ours agrees on each of them",
  async () => {
    const ours = await verdictOn(original);
    const all = tamperings(original, 100, randomFrom(2021));
    const [equal, ...tampered] = pythonOn([original, ...all.map(({ bytes }) => bytes)]);
    expect(equal).toMatchObject({ verdict: "equal", at: null, head: ours.head });
    const missed = all.flatMap(({ what, place }, n) => {
      const { verdict, at, seq } = tampered[n]!;
      const isRight = verdict === "differs" && at === place.at && seq === place.seq;
      return isRight ? [] : [{ what, place, verdict, at, seq }];
    });
    expect(missed).toEqual([]);
  },
  120_000,
);

/** The lines of an export with one of them written anew, and the end that fits. */
function resealed(change: (line: string) => string, of = original): Buffer {
  const lines = of.toString().trimEnd().split("\n").map(change);
  const end = JSON.parse(lines.pop()!);
  const body = lines.map((line) => `${line}\n`).join("");
  const sha256 = createHash("sha256").update(body).digest("hex");
  return Buffer.from(`${body}${JSON.stringify({ ...end, sha256 })}\n`);
}
const isEntry = (line: string, seq: number) => line.startsWith(`{"type":"entry","seq":${seq},`);

test("a line in which a field stands twice, or that is written otherwise, is none", async () => {
  const twice = resealed((line) =>
    isEntry(line, 3) ? line.replace('"units":"10"', '"units":"99","units":"10"') : line,
  );
  const spaced = resealed((line) => (isEntry(line, 3) ? line.replace('"seq":3', '"seq": 3') : line));
  for (const bytes of [twice, spaced])
    expect((await verdictOn(bytes)).finding).toMatchObject({ at: "entry", seq: 3, fault: "UNREADABLE" });
  if (!hasPython) return;
  for (const said of pythonOn([twice, spaced]))
    expect(said).toMatchObject({ verdict: "differs", at: "entry", seq: 3 });
});

test("a line that was put into another block of the chain is named: its time is the register's", async () => {
  const [header] = original.toString().split("\n");
  const { block, hash, time } = JSON.parse(header!);
  const moved = resealed((line) =>
    isEntry(line, 25) ? JSON.stringify({ ...JSON.parse(line), block, hash, time }) : line,
  );
  const { verdict, finding } = await verdictOn(moved);
  expect([verdict, finding]).toMatchObject(["differs", { at: "entry", seq: 25, fault: "CHAIN_DIFFERS" }]);
});

test("the field that was altered is named with both values", async () => {
  const lines = original.toString().split("\n");
  const at = lines.findIndex((line) => line.includes('"seq":3,"kind":1'));
  const text = lines.with(at, lines[at]!.replace('"units":"10"', '"units":"11"')).join("\n");
  const { finding } = await verdictOn(Buffer.from(text));
  expect(finding).toMatchObject({ at: "entry", seq: 3, fault: "HEAD_DIFFERS" });
  expect(finding?.detail).toContain("units is 10 on chain, not 11");
});

test("an export whose heads were all made up anew is told from the chain's by its first false entry", async () => {
  const lines = original
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => parseLine(Buffer.from(line))!);
  let head: string | undefined;
  for (const line of lines) {
    if (line.type !== "entry" || line.seq < 9) continue;
    if (line.seq === 9) line.ref = `0x${"77".repeat(32)}`;
    const before = lines.find((each) => each.type === "entry" && each.seq === line.seq - 1) as typeof line;
    line.head = headAfterEntry(head ?? before.head, line);
    head = line.head;
  }
  const [header, end] = [lines[0]!, lines.at(-1)!];
  if (header.type !== "header" || end.type !== "end") throw new Error("no export");
  header.head = head!;
  const body = lines
    .slice(0, -1)
    .map((line) => `${lineText(line)}\n`)
    .join("");
  end.sha256 = createHash("sha256").update(body).digest("hex");
  const { verdict, finding } = await verdictOn(Buffer.from(`${body}${lineText(end)}\n`));
  expect(verdict).toBe("differs");
  expect(finding).toMatchObject({ at: "entry", seq: 9, fault: "CHAIN_DIFFERS" });
  expect(finding?.detail).toContain("ref is 0x");
});

test("what enters after the export does not touch it", async () => {
  const [to = ""] = await market.wallets(0, 1);
  await market.run("issuance", [market.issueRow(issue, to, 1n)]);
  expect(await verdictOn(original)).toMatchObject({ verdict: "equal", entries: 25 });
  expect(await verdictOn(await exported())).toMatchObject({ verdict: "equal", entries: 26, records: 14 });
});

test("a contract that only answers as the token does is not taken for it", async () => {
  const impostor = `0x${"1f".repeat(20)}`;
  // Hands every call on to the token, and its answer back.
  const code = `0x36600060003760006000366000600073${issue.token.slice(2)}5af1503d600060003e3d6000f3`;
  await stack.anvil().rpc.call("anvil_setCode", impostor, code);
  const [to = ""] = await market.wallets(0, 1);
  await market.run("issuance", [market.issueRow(issue, to, 1n)]);
  const now = await exported();
  expect((await verdictOn(now)).verdict).toBe("equal");
  const forged = resealed((line) => line.replace(issue.token, impostor), now);
  const { verdict, reason } = await verdictOn(forged);
  expect([verdict, reason]).toEqual(["cannot tell", expect.stringContaining("not this version's")]);
});

test("the roots that the chain holds are those of the export at their closes; one that is not is named", async () => {
  const closes = async (count: number) =>
    stack.until(`${count} closes are anchored`, async () => {
      const text = "select day, root, tx_hash from anchor where issue_id = $1 order by day";
      const { rows } = await stack.owner.query<{ day: string; root: string; tx_hash: string }>(text, [
        issue.id,
      ]);
      return rows.length >= count && rows;
    });
  const [to = ""] = await market.wallets(0, 1);
  await moveTo("2021-08-02T09:00:00+09:00");
  await market.run("issuance", [market.issueRow(issue, to, 4n)]);
  await moveTo("2021-08-03T09:00:00+09:00");
  await closes(2);
  await market.run("issuance", [market.issueRow(issue, to, 5n)]);
  expect(await verdictOn(await exported())).toMatchObject({ verdict: "equal", anchors: 2, finding: null });

  // A stranger's contract says the same event of this issue: nobody listens to it.
  const codec = contractInterface("RegisterAnchor");
  const foreign = await deployForeignAnchor();
  const forged = codec.encodeFunctionData("anchor", [issue.ref, 2, 18_841, refOf("forged"), zeroWord]);
  await sendUnlocked(stack, foreign.owner, foreign.address, forged);
  expect(await verdictOn(await exported())).toMatchObject({ verdict: "equal", anchors: 2 });

  // The trustee's own key anchors a root that the register never came to.
  const { anchor } = (await readDeployment(stack.owner))!;
  await stack.worker.stop();
  const first = (await closes(2))[0]!;
  const wrong = codec.encodeFunctionData("anchor", [issue.ref, 2, 18_840, refOf("wrong"), first.root]);
  await sendUnlocked(stack, market.trustee.signer, anchor, wrong);
  const { verdict, finding } = await verdictOn(await exported());
  expect(verdict).toBe("differs");
  expect(finding).toMatchObject({ at: "anchor", seq: null, fault: "ANCHOR_DIFFERS" });
  expect(finding?.detail).toContain("the close of 2021-08-01 is anchored as");
  expect(finding?.detail).toContain(`the export comes to ${first.root}`);
}, 60_000);

/** The same code under an AccessManager of its owner's own. */
async function deployForeignAnchor(): Promise<{ owner: string; address: string }> {
  const owner = `0x${"5a".repeat(20)}`;
  const create = (name: "AccessManager" | "RegisterAnchor", argument: string) =>
    sendUnlocked(
      stack,
      owner,
      null,
      contractArtifact(name).bytecode + contractInterface(name).encodeDeploy([argument]).slice(2),
    );
  return { owner, address: await create("RegisterAnchor", await create("AccessManager", owner)) };
}
