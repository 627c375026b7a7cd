import { registerPage } from "@genbo/database/register/read";
import { readingOf } from "@genbo/database/register/read-overlay";
import { positionOf } from "@genbo/database/register/read-position";
import { replayIssue } from "@genbo/database/register/replay";
import { withTransaction } from "@genbo/database/sql/connection";
import { dayOfIso } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove, type MoveData } from "@genbo/domain/words";
import { expect, test } from "vitest";
import type { MarketIssue } from "../../../test/support/market.ts";
import { startMarket } from "../../../test/support/market-stack.ts";

const { stack, market } = await startMarket();

const basis = basisCode("RECTIFICATION");
const [wrongDay, rightDay] = [18_840, dayOfIso("2021-07-01")!];

/** Puts a legal act into the outbox as an approved case does. */
const act = (issue: MarketIssue, call: string, args: Record<string, unknown>, ref: string) =>
  market.run("case.approve", [{ signer: market.trustee.signer, call, target: issue.token, ref, args }], {
    issueId: issue.id,
  });
const word = (n: number) => `0x${n.toString(16).padStart(64, "0")}`;

test("the contract carries which entry is corrected, and the register reads it there [TA 186]", async () => {
  const issue = await market.issue();
  const [alice, bob] = (await market.wallets(0, 2)) as [string, string];
  const to = { issueId: issue.id };
  await market.run("issuance", [market.issueRow(issue, alice, 10n)], to);
  await market.run("transfer", [market.transferRow(issue, 0, alice, bob, 4n)], to);
  const move = (corrects: number, of: Partial<MoveData>, ref: string) => ({
    rows: [
      { from: bob, to: alice, units: "3", basis, ref, breaks: [], data: encodeMove({ corrects, ...of }) },
    ],
  });
  const days = { acquiredOn: wrongDay, lotAcquiredOn: wrongDay };
  // One that does not stand yet is refused by the contract.
  expect((await act(issue, "enforceTransfers", move(9, days, word(1)), word(1))).code).toBe("BASIS_INVALID");
  expect(await act(issue, "enforceTransfers", move(4, days, word(2)), word(2))).toMatchObject({
    state: "entered",
  });
  const dates = encodeMove({ corrects: 3, acquiredOn: rightDay, lotAcquiredOn: wrongDay });
  const mark = { account: alice, units: "10", basis, ref: word(3), data: dates };
  expect(await act(issue, "mark", mark, word(3))).toMatchObject({ state: "entered" });

  const lines = await stack.owner.query(
    "select seq, kind, corrects from entry where issue_id = $1 and seq > 2 order by seq",
    [issue.id],
  );
  expect(lines.rows.map(({ seq, kind, corrects }) => [seq, kind, corrects])).toEqual([
    [3n, 1, null],
    [4n, 3, null],
    [5n, 4, 4n],
    [6n, 13, 3n],
  ]);
  const read = async (asOf: number, knownAt: number) => {
    const [at, known] = [
      await positionOf(stack.owner, issue.id, { seq: asOf }),
      await positionOf(stack.owner, issue.id, { seq: knownAt }),
    ];
    const reading = await readingOf(stack.owner, at!, known!);
    const { rows } = await registerPage(stack.owner, reading, { limit: 10 });
    const of = (account: string) => rows.find((row) => row.account === account);
    return [alice, bob].map((account) => [
      Number(of(account)?.units ?? 0),
      ...(of(account)?.lots.map(({ acquiredOn }) => (acquiredOn === rightDay ? "right" : "wrong")) ?? []),
    ]);
  };
  const wrong = ["wrong"];
  expect(await read(4, 4)).toEqual([
    [6, ...wrong],
    [4, ...wrong],
  ]);
  expect(await read(4, 5)).toEqual([
    [9, ...wrong],
    [1, ...wrong],
  ]);
  expect(await read(3, 6)).toEqual([[10, "right"], [0]]);
  expect(await read(6, 6)).toEqual([
    [9, "right"],
    [1, ...wrong],
  ]);

  const derived = () =>
    stack.owner.query("select * from holding_period where issue_id = $1 order by account, from_seq", [
      issue.id,
    ]);
  const before = (await derived()).rows;
  await withTransaction(stack.owner, (tx) => replayIssue(tx, issue.id));
  expect((await derived()).rows).toEqual(before);
});
