import { exportsWaitingMax } from "@genbo/api-schema/limits";
import { claimExport } from "@genbo/database/register/exports";
import { newId } from "@genbo/domain/ids";
import { beforeAll, expect, it } from "vitest";
import { readyExport } from "./support/successes-exports.ts";
import { traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let issueId: string;
beforeAll(async () => {
  world = await createWorld();
  ({ issueId } = await traded(world));
});

/** Orders as an export is one, not rendered yet; with a lease another process has them in hand. */
async function waiting(like: string, count: number, lease: string | null = null): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId("exp", world.ctx.clock.now())).sort();
  await world.owner.query(
    `insert into register_export (id, issue_id, kind, format, names, custodian_id, party_id, maker, seq, head,
       block_number, block_hash, block_time, legal_time, known, state, lease_until, created_at)
     select w.id, issue_id, kind, format, names, custodian_id, party_id, maker, seq, head,
       block_number, block_hash, block_time, legal_time, known, 'rendering', now() + $3::interval, created_at
     from register_export e, unnest($2::text[]) as w (id) where e.id = $1`,
    [like, ids, lease],
  );
  return ids;
}

it("a party orders no more before some of its exports are rendered; another one does", async () => {
  await waiting(await readyExport(world, world.broker.secret, issueId), exportsWaitingMax, "1 hour");
  const order = (secret: string) =>
    world.ask(secret, "createExport", {
      params: { id: issueId },
      body: { kind: "REGISTER", format: "CSV" },
    });
  const refused = await order(world.broker.secret);
  expect([refused.status, refused.code, refused.problem.retryable]).toEqual([429, "RATE_LIMITED", true]);
  expect((await order(world.other.secret)).status).toBe(201);
});

it("each party's first export is rendered before anybody's second", async () => {
  const trustees = await readyExport(world, world.trustee.secret, issueId);
  const auditors = await readyExport(world, world.auditor.secret, issueId);
  // From here on nobody but this test renders.
  await world.app.close();
  await world.owner.query("update register_export set state = 'failed' where state = 'rendering'");
  const many = await waiting(trustees, 3);
  const [one] = await waiting(auditors, 1);
  const order: string[] = [];
  for (let next = await claimExport(world.ctx.pool, 60); next; next = await claimExport(world.ctx.pool, 60))
    order.push(next.id);
  // Made in one instant, the two first ones have no order of their own.
  expect(new Set(order.slice(0, 2))).toEqual(new Set([many[0], one]));
  expect(order.slice(2)).toEqual([many[1], many[2]]);
});
