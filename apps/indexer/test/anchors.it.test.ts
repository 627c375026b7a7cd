import { contractInterface } from "@genbo/chain/abi";
import { dumpState } from "@genbo/chain/anvil-state";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { changesOf, readingOfList } from "@genbo/database/record-dates/revise";
import { rootOfState } from "@genbo/database/register/tree";
import { newId, refOf } from "@genbo/domain/ids";
import { dayOfIso, endOfDay } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { encodeMove, zeroWord } from "@genbo/domain/words";
import { describe, expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { setRecordDate } from "./asking.ts";
import { reindexOn } from "./reindexing.ts";

const { stack, market } = await startMarket({ genesis: new Date("2022-01-28T12:00:00+09:00") });
const { rows, moveTo } = stack;
const issue = await market.issue();
const wallets = await market.wallets(0, 3);

const issueTo = (index: number, units: bigint) =>
  market.run("issuance", [market.issueRow(issue, wallets[index]!, units)]);

interface Anchor {
  kind: number;
  day: string;
  version: number;
  root: string;
}
const anchors = () =>
  rows<Anchor>(
    "select kind, day, version, root from anchor where issue_id = $1 order by day, kind, version",
    [issue.id],
  );
const anchored = (count: number) =>
  stack.until(`${count} roots are anchored`, async () => {
    const found = await anchors();
    return found.length >= count && found;
  });
/** What the contract itself says. */
const onChain = async (kind: number, day: string) => {
  const codec = contractInterface("RegisterAnchor");
  const { anchor } = (await readDeployment(stack.owner))!;
  const data = codec.encodeFunctionData("anchorsOf", [issue.ref, kind, dayOfIso(day)]);
  const answer = await stack.anvil().rpc.call<string>("eth_call", { to: anchor, data }, "latest");
  return codec.decodeFunctionResult("anchorsOf", answer)[0].map((each: { root: string }) => each.root);
};
const lastSeqOf = async (day: string) =>
  Number(
    (
      await rows<{ seq: bigint }>(
        "select max(seq) as seq from entry where issue_id = $1 and block_time < $2",
        [issue.id, endOfDay(dayOfIso(day)!)],
      )
    )[0]!.seq,
  );
const rootOf = async (day: string) =>
  rootOfState(stack.owner, { issueId: issue.id, seq: await lastSeqOf(day) });

test("a day on which something entered is anchored once it has closed, and not before", async () => {
  await issueTo(0, 10n);
  expect(await anchors()).toEqual([]);
  await moveTo("2022-01-29T00:00:01+09:00");
  const [first] = await anchored(1);
  expect(first).toEqual({ kind: 2, day: "2022-01-28", version: 1, root: await rootOf("2022-01-28") });
  expect(await onChain(2, "2022-01-28")).toEqual([first!.root]);
  const [operation] = await rows(
    `select o.party_id, o.kind, o.maker, o.state, r.seq from register_root r join operation o on o.id = r.operation_id`,
  );
  expect(operation).toMatchObject({
    ...{ party_id: market.trustee.id, kind: "anchor.publish", maker: "system:close", state: "entered" },
    seq: BigInt(await lastSeqOf("2022-01-28")),
  });
});

test("days that were missed are anchored in their order; a quiet day has the close before it", async () => {
  await stack.worker.stop();
  await moveTo("2022-01-30T09:00:00+09:00");
  await stack.worker.start();
  await issueTo(1, 20n);
  await stack.worker.stop();
  await moveTo("2022-02-03T09:00:00+09:00");
  await stack.worker.start();
  await issueTo(2, 30n);
  await moveTo("2022-02-05T00:00:01+09:00");
  const found = await anchored(3);
  expect(found.map(({ day }) => day)).toEqual(["2022-01-28", "2022-01-30", "2022-02-03"]);
  for (const { day, root } of found) expect([day, root]).toEqual([day, await rootOf(day)]);
  const blocks = await rows<{ day: string }>("select day from anchor order by block_number, log_index");
  expect(blocks.map(({ day }) => day)).toEqual(found.map(({ day }) => day));
});

test("a record date's list is anchored under its own day, once for all purposes", async () => {
  for (const purpose of ["DISTRIBUTION", "MEETING"])
    await setRecordDate(stack, issue.id, "2022-02-06", purpose);
  await moveTo("2022-02-07T00:00:01+09:00");
  const list = (await anchored(4)).at(-1);
  expect(list).toEqual({ kind: 1, day: "2022-02-06", version: 1, root: await rootOf("2022-02-06") });
  expect(await rows("select 1 from record_date_list")).toHaveLength(2);
  expect(await onChain(1, "2022-02-06")).toEqual([list!.root]);
});

const goesBack = async () => {
  const before = (await rows("select 1 from event where kind = 'chain.rolledBack'")).length;
  await stack.killChain();
  await stack.until("the register goes back", async () => {
    const back = await rows("select 1 from event where kind = 'chain.rolledBack'");
    return back.length > before;
  });
  await stack.until("nothing is open", async () => {
    const [open] = await rows<{ open: bigint }>(
      "select count(*) as open from chain_tx where state <> 'mined'",
    );
    return open?.open === 0n;
  });
};

test("a chain that lost an anchor gets it again from the stored bytes, and no second one", async () => {
  await issueTo(0, 1n);
  await dumpState(stack.anvil().rpc, stack.chainDir);
  await moveTo("2022-02-08T00:00:01+09:00");
  const before = await anchored(5);
  await goesBack();
  await stack.until("the root is made again", async () => {
    const made = await rows("select 1 from register_root where operation_id is not null");
    return made.length === 5;
  });
  expect(await anchors()).toEqual(before);
  expect(await rows("select 1 from operation where kind = 'anchor.publish'")).toHaveLength(5);
  expect(await rows("select 1 from operation where kind = 'anchor.publish' and state <> 'entered'")).toEqual(
    [],
  );
});

test("an entry that a local chain lost and has under a later day: the root of its first day is superseded by name", async () => {
  await dumpState(stack.anvil().rpc, stack.chainDir);
  await issueTo(0, 1n);
  await moveTo("2022-02-09T00:00:01+09:00");
  const wrong = (await anchored(6)).at(-1)!;
  await goesBack();
  const found = await anchored(7);
  expect(wrong.root).not.toBe(await rootOf("2022-02-08"));
  expect(found.slice(5)).toEqual([
    wrong,
    { kind: 2, day: "2022-02-08", version: 2, root: await rootOf("2022-02-08") },
  ]);
  const [second] = await rows("select supersedes from anchor where version = 2");
  expect(second).toEqual({ supersedes: wrong.root });
  expect(await onChain(2, "2022-02-08")).toEqual(found.slice(5).map(({ root }) => root));
});

test("a correction that reaches back to a record date makes a new version of its list, anchored over the old one [TA 189]", async () => {
  const admin = (await stack.keystore.find("admin"))!;
  const enforcer = { role: "3", account: market.trustee.signer };
  await market.run("party.create", [{ signer: admin, call: "grantRole", args: enforcer }]);
  const [from = "", to = ""] = wallets;
  const order = (units: bigint, day: string) =>
    market.run("case.approve", [
      {
        signer: market.trustee.signer,
        call: "enforceTransfers",
        target: issue.token,
        ref: refOf(`judgment of ${day}`),
        args: {
          rows: [
            {
              ...{ from, to, units: String(units), basis: basisCode("JUDGMENT"), breaks: [] },
              ref: refOf(`judgment of ${day}`),
              data: encodeMove({ acquiredOn: dayOfIso(day)! }),
            },
          ],
        },
      },
    ]);
  const lists = () =>
    rows<{ version: number; seq: bigint; known_seq: bigint; purpose: string }>(
      `select l.version, l.seq, l.known_seq, r.purpose from record_date_list l join record_date r on r.id = l.record_date_id
       order by r.purpose, l.version`,
    );
  const [first] = await lists();
  await moveTo("2022-02-12T09:00:00+09:00");
  expect(await order(1n, "2022-02-10"), "it has effect after the record date").toMatchObject({
    state: "entered",
  });
  expect(await lists()).toHaveLength(2);
  expect(await order(4n, "2022-02-04"), "it has effect before the record date").toMatchObject({
    state: "entered",
  });

  const found = await lists();
  expect(found.map(({ purpose, version }) => [purpose, version])).toEqual([
    ["DISTRIBUTION", 1],
    ["DISTRIBUTION", 2],
    ["MEETING", 1],
    ["MEETING", 2],
  ]);
  expect(found[0], "the old version stays").toEqual(first);
  const knownSeq = found[1]!.known_seq;
  expect(found[1]).toMatchObject({ seq: first!.seq });
  const [corrected] = await rows(
    "select corrects, effective_on, kind from entry where issue_id = $1 and seq = $2",
    [issue.id, knownSeq],
  );
  expect(corrected).toEqual({ corrects: null, effective_on: "2022-02-04", kind: 4 });

  const closesAt = endOfDay(dayOfIso("2022-02-06")!);
  const of = (known: bigint) =>
    readingOfList(stack.owner, {
      issueId: issue.id,
      seq: Number(first!.seq),
      knownSeq: Number(known),
      closesAt,
    });
  const [before, after] = [await of(first!.known_seq), await of(knownSeq)];
  const changes = await changesOf(stack.owner, before, after);
  expect(changes.map(({ account, ...each }) => [account, each.before?.units, each.after?.units])).toEqual(
    [
      [from, 10n, 6n],
      [to, 20n, 24n],
    ].sort(([a], [b]) => (a! < b! ? -1 : 1)),
  );

  const versions = await stack.until("the new list is anchored", async () => {
    const all = (await anchors()).filter(({ kind }) => kind === 1);
    return all.length === 2 && all;
  });
  expect(versions[1]).toEqual({
    kind: 1,
    day: "2022-02-06",
    version: 2,
    root: await rootOfState(stack.owner, after),
  });
  expect(versions[1]!.root).not.toBe(versions[0]!.root);
  expect(await onChain(1, "2022-02-06")).toEqual(versions.map(({ root }) => root));
  const events = await rows(
    "select data ->> 'version' as version from event where kind = 'recordDate.revised'",
  );
  expect(events).toEqual([{ version: "2" }, { version: "2" }]);
});

test("an issue without holdings has no root to publish", async () => {
  const empty = await market.issue();
  await moveTo("2022-02-13T00:00:01+09:00");
  const made = await stack.until("its day is closed", async () => {
    const found = await rows<{ root: string; operation_id: string | null }>(
      "select root, operation_id from register_root where issue_id = $1",
      [empty.id],
    );
    return found[0];
  });
  expect(made).toEqual({ root: zeroWord, operation_id: null });
});

test("a rebuild from block 0 comes to the same roots, whoever anchored what meanwhile", async () => {
  const { code, text } = await reindexOn(stack)({ anew: true, switch: true });
  expect(text).toContain("Equal");
  expect(code).toBe(0);
});

describe("a root that the chain refused", () => {
  let day: string;
  let subject: string;
  /** A day with an entry has closed, and while no worker ran its root was refused so often. */
  async function refused(on: string, next: string, tries: number): Promise<void> {
    day = on;
    subject = `${issue.id}:2:${day}`;
    await moveTo(`${day}T09:00:00+09:00`);
    await issueTo(0, 1n);
    await stack.worker.stop();
    await moveTo(`${next}T00:00:01+09:00`);
    await stack.anvil().rpc.call("evm_mine");
    await stack.until("the day has closed", async () => {
      const made = await rows("select 1 from register_root where issue_id = $1 and day = $2", [
        issue.id,
        day,
      ]);
      return made.length === 1;
    });
    for (let of = 1; of <= tries; of += 1) {
      const now = stack.clock.now();
      await stack.owner.query(
        `insert into operation (id, ref, party_id, kind, state, code, issue_id, subject_id, maker, rows, rows_refused,
           request_id, accepted_at, updated_at)
         values ($1, $2, $3, 'anchor.publish', 'refused', 'SUPERSEDES_DIFFERS', $4, $5, 'system:close', 1, 1, 'close', $6, $6)`,
        [newId("op", now), refOf(`${subject} ${of}`), market.trustee.id, issue.id, subject, now],
      );
    }
    await stack.owner.query(
      `update register_root set operation_id = (select max(id) from operation where subject_id = $3)
       where issue_id = $1 and day = $2`,
      [issue.id, day, subject],
    );
  }
  const ofDay = async () => (await anchors()).filter((each) => each.day === day && each.kind === 2);
  const openBreaks = () =>
    rows<{ id: string; issue_id: string | null; detail: Record<string, unknown> }>(
      "select id, issue_id, detail from register_break where kind = 'ANCHOR_REFUSED' and closed_at is null",
    );

  test("is tried again after a pause, and stands on chain then", async () => {
    await refused("2022-03-01", "2022-03-02", 1);
    await stack.worker.start();
    expect(await ofDay()).toEqual([]);
    await moveTo("2022-03-02T00:02:00+09:00");
    const [root] = await stack.until("it is anchored", async () => {
      const found = await ofDay();
      return found.length > 0 && found;
    });
    expect(root).toEqual({ kind: 2, day, version: 1, root: await rootOf(day) });
    expect(await onChain(2, day)).toEqual([root!.root]);
    expect(await openBreaks()).toEqual([]);
  });

  test("so often that people must look is a break that holds no register, and is tried anew when that is closed", async () => {
    await refused("2022-03-04", "2022-03-05", 5);
    await stack.worker.start();
    const [found] = await stack.until("the break is open", async () => {
      const open = await openBreaks();
      return open.length > 0 && open;
    });
    expect(found).toMatchObject({
      issue_id: null,
      detail: { issueId: issue.id, day, tries: 5, code: "SUPERSEDES_DIFFERS", subject },
    });
    await moveTo("2022-03-09T00:00:00+09:00");
    await issueTo(1, 1n);
    expect(await ofDay(), "nobody tries meanwhile, and entries go on").toEqual([]);
    expect(await openBreaks()).toHaveLength(1);
    await moveTo("2022-03-09T01:00:00+09:00");
    await stack.owner.query(
      `update register_break set closed_at = $2, closed_by = 'staff:a', closed_checker = 'staff:b', reason = 'role granted'
       where id = $1`,
      [found!.id, stack.clock.now()],
    );
    await stack.until("it is anchored", async () => (await ofDay()).length === 1);
    expect(await openBreaks()).toEqual([]);
  });
});
