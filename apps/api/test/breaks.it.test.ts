import { type NewBreak, openBreak } from "@genbo/database/register/breaks-write";
import { withTransaction } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { beforeAll, describe, expect, it } from "vitest";
import { traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

/** As the indexer opens it. */
async function broken(issueId: string | null): Promise<string> {
  const at = world.ctx.clock.now();
  const id = newId("brk", at);
  const row: NewBreak = {
    id,
    issueId,
    kind: "HEAD_MISMATCH",
    nextSeq: 4,
    detail: { registerSays: "1" },
    blockNumber: 3,
    at,
  };
  await withTransaction(world.db.pool("genbo_indexer"), (tx) => openBreak(tx, row));
  return id;
}

describe("a break", () => {
  it("is closed by two persons of compliance, each with a reason", async () => {
    const { issueId } = await traded(world);
    const id = await broken(issueId);
    const second = await world.keyFor(world.compliance.partyId, "staff:compliance-2");
    const close = (secret: string, reason: string) =>
      world.ask(secret, "closeBreak", { params: { id }, body: { reason } });
    const first = await close(world.compliance.secret, "ノードの障害と確認");
    expect(first.body).toMatchObject({ state: "closing", closedBy: "staff:compliance", closedAt: null });
    expect((await close(world.compliance.secret, "もう一度")).code).toBe("MAKER_IS_CHECKER");
    const open = await world.owner.query("select 1 from register_break where id = $1 and closed_at is null", [
      id,
    ]);
    expect(open.rowCount).toBe(1);
    const done = await close(second, "同意");
    expect(done.body).toMatchObject({
      state: "closed",
      reason: "ノードの障害と確認",
      closedChecker: "staff:compliance-2",
    });
    expect((await close(second, "再度")).code).toBe("STATE_CONFLICT");
    const { rows } = await world.owner.query(
      "select actor, detail from audit_row where target = $1 and outcome = 'done' order by id",
      [id],
    );
    expect(rows).toEqual([
      { actor: "staff:compliance", detail: { reason: "ノードの障害と確認", closes: false } },
      { actor: "staff:compliance-2", detail: { reason: "同意", closes: true } },
    ]);
  });

  it("is listed for the trustee of its issue, and none of another's", async () => {
    const { issueId } = await traded(world);
    const [own, all] = [await broken(issueId), await broken(null)];
    const stranger = await world.admit("trustee", "staff:far-trustee");
    const list = async (secret: string, query: object = {}) =>
      (await world.ask(secret, "listBreaks", { query: { ...query } })).body.items.map(({ id }) => id);
    expect(await list(world.trustee.secret, { state: "open" })).toEqual(expect.arrayContaining([own, all]));
    expect(await list(stranger.secret)).not.toContain(own);
    expect(await list(world.auditor.secret, { issueId })).toEqual([own]);
    expect(await list(world.operator, { issueId, state: "closed" })).toEqual([]);
  });
});

describe("a reconciliation", () => {
  it("is asked for by whoever may see breaks, and waits for the indexer", async () => {
    const { issueId } = await traded(world);
    const params = { id: issueId };
    const { body } = await world.ask(world.auditor.secret, "reconcileIssue", { params });
    expect(body).toMatchObject({ issueId, askedBy: "staff:auditor", doneAt: null, differences: null });
    const { body: list } = await world.ask(world.trustee.secret, "listReconciliations", { params });
    expect(list.items).toEqual([body]);
    // Who asks again before it has begun waits for the same one.
    const again = await world.ask(world.compliance.secret, "reconcileIssue", { params });
    expect(again.body).toEqual(body);
    await world.db
      .pool("genbo_indexer")
      .query("update reconciliation set compared_at = asked_at, differences = '[]' where id = $1", [body.id]);
    const later = await world.ask(world.compliance.secret, "reconcileIssue", { params });
    expect([later.body.id === body.id, later.body.askedBy]).toEqual([false, "staff:compliance"]);
    const stranger = await world.admit("trustee", "staff:other-trustee");
    expect((await world.ask(stranger.secret, "reconcileIssue", { params })).code).toBe("NOT_FOUND");
  });
});
