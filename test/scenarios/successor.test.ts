import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyFile } from "@genbo/cli/verify";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { exportChunks } from "@genbo/database/register/export";
import { positionOf } from "@genbo/database/register/read-position";
import { type HoldKind, holdKinds } from "@genbo/domain/entry-kinds";
import { refOf } from "@genbo/domain/ids";
import { dayOfIso } from "@genbo/domain/jst";
import { encodeMove, zeroAddress, zeroWord } from "@genbo/domain/words";
import type { IssueState } from "@genbo/register/state";
import { firstDifference, notReady, type Opening, openingOf } from "@genbo/register/successor";
import { readExport } from "@genbo/register/verify";
import { afterAll, expect, test } from "vitest";
import type { MarketIssue } from "../support/market.ts";
import { startMarket } from "../support/market-stack.ts";

const dir = mkdtempSync(join(tmpdir(), "genbo-successor-"));

const { stack, market } = await startMarket();
const old = await market.issue();
const wallets = await market.wallets(0, 4);

afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function act(signer: string, call: string, args: object, ref: string, target = old.token) {
  const { state, code } = await market.run(call, [{ signer, call, target, ref, args: { ...args } }]);
  expect([call, state, code]).toEqual([call, "entered", null]);
}

const issue = (target: string, to: string, units: string, acquiredOn: string) =>
  act(
    market.issuer.signer,
    "issue",
    { to, units, data: encodeMove({ acquiredOn: dayOfIso(acquiredOn)! }) },
    refOf(`${target} ${to} ${acquiredOn}`),
    target,
  );

interface NewHold {
  account: string;
  to?: string | null;
  controller?: string;
  units: string;
  kind: HoldKind;
  behind?: string;
}

async function hold(target: string, name: string, { kind, to, ...of }: NewHold): Promise<string> {
  const ref = refOf(`${target} ${name}`);
  const row = {
    ...{ to: to ?? zeroAddress, controller: market.trustee.signer, expiryMinutes: 0, behind: zeroWord },
    ...{ ...of, kind: holdKinds[kind], ref, data: encodeMove({}) },
  };
  await act(market.trustee.signer, "createHolds", { rows: [row] }, ref, target);
  return ref;
}

const release = (target: string, id: string) =>
  act(market.trustee.signer, "releaseHolds", { holdIds: [id] }, id, target);

/** The export of an issue, which must be the chain's own. */
async function exported(of: MarketIssue): Promise<IssueState> {
  const api = stack.database.pool("genbo_api");
  const chunks: string[] = [];
  const [position, deployment] = [await positionOf(api, of.id), await readDeployment(api)];
  for await (const chunk of exportChunks(api, of, position!, deployment!)) chunks.push(chunk);
  const file = join(dir, `${of.id}.jsonl`);
  writeFileSync(file, chunks.join(""));
  expect((await verifyFile(file, stack.anvil().rpc)).verdict).toBe("equal");
  const lines = async function* () {
    for (const line of chunks.join("").split("\n").slice(0, -1)) yield Buffer.from(line);
  };
  const { state, finding } = await readExport(lines());
  expect(finding).toBeNull();
  return state;
}

/** Does what an opening says, on the contracts that succeed. @returns the holds' ids in its order */
async function open(target: string, { issues, holds }: Opening): Promise<string[]> {
  for (const { to, units, acquiredOn } of issues) await issue(target, to, units, acquiredOn);
  const ids: string[] = [];
  for (const { kind, behind, expiryMinutes: _, ends: _ends, partOf: _part, ...of } of holds) {
    const ahead = behind === null ? {} : { behind: ids[behind - 1]! };
    ids.push(await hold(target, `hold ${ids.length}`, { ...of, kind: kind as HoldKind, ...ahead }));
  }
  for (const [at, { ends }] of holds.entries()) if (ends) await release(target, ids[at]!);
  return ids;
}

test("an issue is paused, exported, and goes on on new contracts with every lot, hold and rank [TA 186(iv)] [TA 200(2)]", async () => {
  const [pledgor, debtor, bank, other] = wallets as [string, string, string, string];
  for (const [to, units, day] of [
    [pledgor, "20", "2021-08-11"],
    [pledgor, "15", "2021-09-01"],
    [debtor, "9", "2021-08-11"],
  ] as const)
    await issue(old.token, to, units, day);
  const pledge = (units: string, to: string, behind = zeroWord) =>
    ({ account: pledgor, to, units, kind: "PLEDGE", behind }) as const;
  const first = await hold(old.token, "first", pledge("10", bank));
  await hold(old.token, "second", pledge("6", other, first));
  await hold(old.token, "third", pledge("10", bank, first));
  // Its pledge has ended: the second has 6 of the 10 units, the third 4 and waits for 6.
  await release(old.token, first);
  const standing = await hold(old.token, "standing", pledge("12", other));
  await hold(old.token, "behind", pledge("12", bank, standing));
  await hold(old.token, "pledged", { account: debtor, to: bank, units: "5", kind: "PLEDGE" });
  await hold(old.token, "attached", { account: debtor, units: "9", kind: "ATTACHMENT" });
  expect(notReady(await exported(old))).toBe("NOT_PAUSED");
  await act(market.trustee.signer, "setPaused", { paused: true }, refOf("pause"));
  const closing = await exported(old);
  expect(notReady(closing)).toBeNull();

  const next = await market.issue();
  const opening = openingOf(closing);
  expect(opening.holds.map(({ units, behind, ends }) => [units, behind, ends])).toEqual([
    ["10", null, true],
    ["6", 1, false],
    ["10", 1, false],
    ["12", null, false],
    ["12", 4, false],
    ["5", null, false],
    ["9", null, false],
  ]);
  const ids = await open(next.token, opening);
  expect(firstDifference(closing, await exported(next))).toBeNull();
  // What ranks next takes over on the new contracts as it would have on the old.
  await release(next.token, ids[1]!);
  const after = await exported(next);
  expect(after.holds.get(ids[2]!)).toMatchObject({ units: 10n, claimed: 10n });
  expect(firstDifference(closing, after)).toContain("hold 2");
}, 240_000);
