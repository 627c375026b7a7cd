import { setTimeout as sleep } from "node:timers/promises";
import { holdingAt } from "@genbo/database/register/read-changed";
import { heldOf } from "@genbo/database/register/standing";
import { createPool } from "@genbo/database/sql/connection";
import { type Figure, percentiles, time } from "./figure.ts";
import { proofMs } from "./goals.ts";
import { openConnection, requestBytes } from "./http-load.ts";
import { type ReadTarget, timed } from "./register-reads.ts";

const proofs = 200;
const statesProven = 40;
const lookEveryMs = 5;

/**
 * Proofs of single holdings: the first of an issue, which reads all holdings; further ones of that state; and one each
 * of states that nobody has asked for yet, a block with entries of the issue between one and the next. Ceiling: the
 * SELECT of the holding alone.
 */
export async function proofsOf(target: ReadTarget, size: number): Promise<Figure[]> {
  const { stack, secret, issueId } = target;
  const http = await openConnection(stack.urls.api);
  const pool = createPool(stack.urls.database.genbo_api, { max: 1 });
  const prove = async (account: string, block?: number) => {
    const path = `/v1/issues/${issueId}/proof/${account}${block === undefined ? "" : `?block=${block}`}`;
    const { status, body } = await http.send(requestBytes({ method: "GET", path, secret }));
    if (status !== 200) throw new Error(`${status}: ${body}`);
    return JSON.parse(body) as { asOf: { seq: number } };
  };
  try {
    const accounts = await someAccounts(target);
    const stall = watchStalls(stack.urls.api);
    const first = await timed(() => prove(accounts[0]!));
    const stalledMs = await stall();
    const { asOf } = await prove(accounts[0]!);
    const [again, bare]: [number[], number[]] = [[], []];
    for (const account of accounts) {
      again.push(await timed(() => prove(account)));
      bare.push(await timed(() => holdingAt(pool, { issueId, seq: asOf.seq }, account)));
    }
    const blocks = await lastBlocks(target);
    await prove(accounts[0]!, blocks[0]);
    const after: number[] = [];
    for (const [n, block] of blocks.slice(1).entries())
      after.push(await timed(() => prove(accounts[n % accounts.length]!, block)));
    return [
      time({ name: `proof-first.${size}`, value: first }),
      time({ name: `proof-first-others-wait.${size}`, value: stalledMs, goal: proofMs }),
      ...percentiles(`proof.${size}`, again, bare, { p99: proofMs }),
      ...percentiles(`proof-after-entries.${size}`, after, bare, { p99: proofMs }),
    ];
  } finally {
    http.close();
    await pool.end();
  }
}

/** Holders since the oldest of the states that are proven. */
async function someAccounts({ owner, issueId }: ReadTarget): Promise<string[]> {
  const found = await owner.query<{ account: string }>(
    `select account from ${heldOf("$1")} h where account in
       (select to_account from entry where issue_id = $1 and kind = 1 and seq < (select max(seq) / 2 from entry where issue_id = $1))
     order by md5(account) limit $2`,
    [issueId, proofs],
  );
  return found.rows.map(({ account }) => account);
}

/** The last blocks with entries of the issue, in order. */
async function lastBlocks({ owner, issueId }: ReadTarget): Promise<number[]> {
  const found = await owner.query<{ block: bigint }>(
    `select block from (select distinct block_number as block from entry where issue_id = $1
       and seq > (select max(seq) * 3 / 4 from entry where issue_id = $1)) b order by block desc limit $2`,
    [issueId, statesProven + 1],
  );
  return found.rows.map(({ block }) => Number(block)).reverse();
}

/** How long the slowest of small requests to the api takes until the returned function is called. */
function watchStalls(base: string): () => Promise<number> {
  let [slowest, done] = [0, false];
  const loop = async () => {
    const http = await openConnection(base);
    const request = requestBytes({ method: "GET", path: "/v1/nowhere", secret: "none" });
    while (!done) {
      slowest = Math.max(slowest, await timed(() => http.send(request)));
      await sleep(lookEveryMs);
    }
    http.close();
  };
  const looping = loop();
  return async () => {
    done = true;
    await looping;
    return slowest;
  };
}
