import { dayOfIso } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove } from "@genbo/domain/words";
import { expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { setRecordDate } from "./asking.ts";

const { stack, market } = await startMarket({ genesis: new Date("2022-01-30T12:00:00+09:00") });
const { rows, moveTo } = stack;
const issue = await market.issue();
const wallets = await market.wallets(0, 3);

const listOf = async (id: string) =>
  (
    await rows<{
      seq: bigint;
      units: bigint;
      holders: number;
      block_number: bigint;
      frozen_at: Date;
      head: string;
    }>("select * from record_date_list where record_date_id = $1", [id])
  )[0];
const issueTo = (index: number, units: bigint) =>
  market.run("issuance", [market.issueRow(issue, wallets[index]!, units)]);
const seqNow = async () =>
  (await rows<{ seq: bigint }>("select seq from issue_state where issue_id = $1", [issue.id]))[0]!.seq;

test("the list is of 24:00 JST: what enters before counts, what enters in the block that freezes it does not", async () => {
  const id = await setRecordDate(stack, issue.id, "2022-01-31");
  await issueTo(0, 10n);
  await moveTo("2022-01-31T23:59:50+09:00");
  await issueTo(1, 20n);
  expect(await listOf(id)).toBeUndefined();
  const last = await seqNow();

  await moveTo("2022-02-01T00:00:00+09:00");
  await issueTo(2, 40n);
  const list = await stack.until("the list is frozen", () => listOf(id));
  expect(list).toMatchObject({ seq: last, units: 30n, holders: 2 });
  const [before] = await rows<{ time: Date }>("select time from chain_block where number = $1", [
    list.block_number - 1n,
  ]);
  const [frozen] = await rows<{ time: Date }>("select time from chain_block where number = $1", [
    list.block_number,
  ]);
  const closing = new Date("2022-02-01T00:00:00+09:00");
  expect(before!.time < closing && frozen!.time >= closing).toBe(true);
  expect(list.frozen_at).toEqual(frozen!.time);
  const [event] = await rows("select subject_id, data from event where kind = 'recordDate.frozen'");
  const data = { version: 1, seq: Number(last), knownSeq: Number(last), units: "30", holders: 2 };
  expect(event).toEqual({ subject_id: id, data });
});

test("a record date in the past is frozen as of its own day, once", async () => {
  const id = await setRecordDate(stack, issue.id, "2022-01-30");
  const list = await stack.until("the list is frozen", () => listOf(id));
  expect(list).toMatchObject({ units: 10n, holders: 1 });
  await issueTo(0, 1n);
  expect(await listOf(id)).toEqual(list);
});

test("an issue under quarantine freezes no list; it does once the quarantine ends", async () => {
  const [state] = await rows<{ head: string }>("select head from issue_state where issue_id = $1", [
    issue.id,
  ]);
  await stack.owner.query("update issue_state set head = $2 where issue_id = $1", [
    issue.id,
    `0x${"66".repeat(32)}`,
  ]);
  const held = await market.submit("issuance", [market.issueRow(issue, wallets[1]!, 5n)]);
  await stack.until(
    "a break is open",
    async () => (await rows<{ id: string }>("select id from register_break where closed_at is null"))[0],
  );
  const id = await setRecordDate(stack, issue.id, "2022-02-01");
  await moveTo("2022-02-02T00:00:05+09:00");
  await stack.until("the day is over on the chain", async () => {
    const [cursor] = await rows<{ block_time: Date }>("select block_time from chain_cursor");
    return cursor!.block_time > new Date("2022-02-02T00:00:06+09:00");
  });
  expect(await listOf(id)).toBeUndefined();
  await stack.owner.query("update issue_state set head = $2 where issue_id = $1", [issue.id, state!.head]);
  // The day's reconciliation may have named the same difference in a break of its own.
  await stack.owner.query(
    "update register_break set closed_at = $1, closed_by = 'staff:c' where closed_at is null",
    [stack.clock.now()],
  );
  expect(await market.ended(held)).toMatchObject({ state: "entered" });
  expect(await stack.until("the list is frozen", () => listOf(id))).toMatchObject({
    seq: await seqNow(),
    units: 76n,
    holders: 3,
  });
});

test("what rectifies an entry of a frozen list makes the list's next version, and leaves the one before [TA 186]", async () => {
  const own = await market.issue();
  const id = await setRecordDate(stack, own.id, "2022-02-02");
  await market.run("issuance", [market.issueRow(own, wallets[0]!, 10n)]);
  const [issued] = await rows<{ seq: bigint }>("select seq from entry where issue_id = $1 and kind = 1", [
    own.id,
  ]);
  await moveTo("2022-02-03T00:00:05+09:00");
  const first = await stack.until("the list is frozen", () => listOf(id));
  const ref = `0x${"7".repeat(64)}`;
  const data = encodeMove({
    ...{ corrects: Number(issued!.seq), acquiredOn: dayOfIso("2022-02-01")! },
    lotAcquiredOn: dayOfIso("2022-02-02")!,
  });
  const args = { account: wallets[0]!, units: "10", basis: basisCode("RECTIFICATION"), ref, data };
  const call = { signer: market.trustee.signer, call: "mark", target: own.token, ref, args };
  expect(await market.run("case.approve", [call], { issueId: own.id })).toMatchObject({ state: "entered" });

  const lists = await rows<{ version: number; seq: bigint; known_seq: bigint }>(
    "select version, seq, known_seq from record_date_list where record_date_id = $1 order by version",
    [id],
  );
  const [made] = await rows<{ seq: bigint }>("select seq from entry where ref = $1", [ref]);
  expect(lists).toEqual([
    { version: 1, seq: first.seq, known_seq: first.seq },
    { version: 2, seq: first.seq, known_seq: made!.seq },
  ]);
});
