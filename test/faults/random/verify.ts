import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeLog, type EntryEvent } from "@genbo/chain/events";
import { topicOf } from "@genbo/chain/keccak";
import { createRpc } from "@genbo/chain/rpc";
import { allEntries, readRegister } from "@genbo/cli/demo/reads";
import { verifySeals } from "@genbo/database/commands/audit-seal";
import type { OpenedIssue } from "../../support/active-issue.ts";
import type { Books } from "./books.ts";
import type { LoadResult } from "./load.ts";
import type { World } from "./world.ts";

const settleMsMax = 120_000;
const transferTopic = topicOf("Transfer(address,address,uint256)");

/** Throws unless everything that was accepted is entered or refused once, and the register is the chain's. */
export async function verifyWorld(world: World, books: Books, load: LoadResult): Promise<void> {
  await settled(world);
  for (const { id, state, rows, rowsEntered, rowsRefused } of load.operations) {
    assert.equal(state, rowsEntered > 0 ? "entered" : "refused", `operation ${id}`);
    assert.equal(rowsEntered + rowsRefused, rows, `rows of operation ${id}`);
  }
  for (const issue of [world.issue, world.direct]) await verifyRegister(world, issue);
  await books.agree(load);
  await verifyTrails(world);
}

/** Looks in a row that must all find nothing open: what a chain lost may still come again. */
const quietLooks = 10;

/** Waits until nothing is open, and stays so. */
async function settled({ issue }: World): Promise<void> {
  const until = Date.now() + settleMsMax;
  for (let quiet = 0; quiet < quietLooks; await sleep(100)) {
    const { body } = await issue.parties.as.operator.call("status");
    quiet = body.openOperations === 0 && body.queuedCommands === 0 ? quiet + 1 : 0;
    assert.deepEqual([body.openBreaks, body.stoppedLanes], [[], []]);
    if (Date.now() > until) throw new Error(`${body.openOperations} operations are still open.`);
  }
}

/** Counts from the chain's logs alone: the ERC-20 events say who has what, the Entry events what the lines are. */
async function verifyRegister({ stack, issue }: World, { id, token }: OpenedIssue): Promise<void> {
  const rpc = createRpc([stack.urls.chain]);
  try {
    const filter = { address: token, fromBlock: "0x0", toBlock: "latest" };
    const logs = await rpc.call<{ address: string; topics: string[]; data: string }[]>("eth_getLogs", filter);
    const units = new Map<string, bigint>();
    const add = (topic: string | undefined, amount: bigint) => {
      const account = `0x${topic?.slice(26)}`;
      units.set(account, (units.get(account) ?? 0n) + amount);
    };
    const lines: EntryEvent[] = [];
    for (const [index, log] of logs.entries()) {
      if (log.topics[0] === transferTopic) {
        add(log.topics[1], -BigInt(log.data));
        add(log.topics[2], BigInt(log.data));
      }
      const event = decodeLog({ ...log, index });
      if (event?.type === "entry") lines.push(event);
    }
    const entries = await allEntries(issue.parties.as.trustee, id);
    assert.deepEqual(
      entries.map(({ seq, ref, head }) => ({ seq, ref, head })),
      lines.map(({ seq, ref, head }) => ({ seq, ref, head })),
    );
    assert.deepEqual(lines.at(-1)?.head, await issue.chain.head(token));
    const { rows } = await readRegister(issue.parties.as.trustee, id);
    const nobody = `0x${"0".repeat(40)}`;
    const held = [...units].filter(([account, amount]) => account !== nobody && amount > 0n);
    assert.deepEqual(new Map(rows.map((row) => [row.account, BigInt(row.units)])), new Map(held));
  } finally {
    rpc.close();
  }
}

/** The events have no gap, the audit rows' chain of seals holds, and no command stands twice in the register. */
async function verifyTrails({ pool }: World): Promise<void> {
  const events = await pool.query(
    "select count(*) as events, coalesce(max(id), 0) as last, count(distinct id) as ids from event",
  );
  assert.deepEqual([events.rows[0].last, events.rows[0].ids], [events.rows[0].events, events.rows[0].events]);
  const { missed, brokenAt } = await verifySeals(pool);
  assert.deepEqual({ missed, brokenAt }, { missed: 0, brokenAt: undefined });
  const twice = await pool.query(
    "select ref, kind from entry where kind <= 6 group by issue_id, ref, kind having count(*) > 1",
  );
  assert.deepEqual(twice.rows, []);
}
