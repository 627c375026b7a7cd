import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractInterface } from "@genbo/chain/abi";
import { type Verdict, verifyFile } from "@genbo/cli/verify";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { refOf } from "@genbo/domain/ids";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove } from "@genbo/domain/words";
import { afterAll, expect, test } from "vitest";
import { setRecordDate } from "../../apps/indexer/test/asking.ts";
import { exportedOf, sendUnlocked } from "../support/for-strangers.ts";
import { startMarket } from "../support/market-stack.ts";

const dir = mkdtempSync(join(tmpdir(), "genbo-verify-lists-"));
const file = join(dir, "export.jsonl");
const { stack, market } = await startMarket();
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function verdictOn(bytes: Buffer): Promise<Verdict> {
  writeFileSync(file, bytes);
  return verifyFile(file, stack.anvil().rpc);
}

test("a record date's list is what was known of it: at its close, and after each entry since that reaches back [TA 189]", async () => {
  const issue = await market.issue();
  const [from = "", to = ""] = await market.wallets(0, 2);
  await market.run("issuance", [market.issueRow(issue, from, 9n)]);
  await setRecordDate(stack, issue.id, "2021-08-01");
  const roots = async (count: number) =>
    stack.until(`${count} versions are anchored`, async () => {
      const text = "select root from anchor where issue_id = $1 and kind = 1 order by version";
      const found = await stack.rows<{ root: string }>(text, [issue.id]);
      return found.length === count && found.map(({ root }) => root);
    });
  await stack.moveTo("2021-08-02T09:00:00+09:00");
  await roots(1);
  const before = await exportedOf(stack, issue);
  const ref = refOf("judgment");
  const data = encodeMove({ acquiredOn: 18_840 });
  const order = { from, to, units: "4", basis: basisCode("JUDGMENT"), ref, data, breaks: [] };
  const { signer } = market.trustee;
  const args = { rows: [order] };
  await market.run("case.approve", [{ signer, call: "enforceTransfers", target: issue.token, ref, args }]);
  const versions = await roots(2);
  const now = await exportedOf(stack, issue);
  expect(await verdictOn(now)).toMatchObject({ verdict: "equal", anchors: 2, unread: null });
  const { block } = JSON.parse(now.toString().split("\n")[0]!);
  const older = await verdictOn(before);
  expect(older).toMatchObject({ verdict: "equal", unread: { day: "2021-08-01" } });
  expect(older.unread!.block).toBeLessThanOrEqual(block);

  // A list that the register never came to, or one from before the order, over the right one.
  await stack.worker.stop();
  const codec = contractInterface("RegisterAnchor");
  const { anchor } = (await readDeployment(stack.owner))!;
  const stands = [...versions];
  for (const root of [refOf("another list"), versions[0]!]) {
    const over = codec.encodeFunctionData("anchor", [issue.ref, 1, 18_840, root, stands.at(-1)!]);
    await sendUnlocked(stack, signer, anchor, over);
    stands.push(root);
    await roots(stands.length);
    const { verdict, finding } = await verdictOn(await exportedOf(stack, issue));
    expect([verdict, finding?.fault]).toEqual(["differs", "ANCHOR_DIFFERS"]);
    expect(finding?.detail).toContain(`the record date 2021-08-01 is anchored as ${root}`);
    expect(finding?.detail).toContain(`the export comes to ${versions[1]}`);
  }
});
