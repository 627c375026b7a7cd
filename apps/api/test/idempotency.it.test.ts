import { fixedClock } from "@genbo/domain/clock";
import { beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import { customer, issueDraft } from "./support/samples.ts";
import { dated, order } from "./support/successes.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const count = async (sql: string, values: unknown[]): Promise<number> =>
  Number((await world.owner.query(`select count(*) as n from ${sql}`, values)).rows[0].n);

describe("an Idempotency-Key", () => {
  it("gives the same answer, byte for byte, to the same request", async () => {
    const body = { ...order(await traded(world)), ...dated };
    const key = unused();
    const first = await world.ask(world.broker.secret, "requestTransfer", { body, key });
    const second = await world.ask(world.broker.secret, "requestTransfer", { body, key });
    expect(first.headers["idempotency-hit"]).toBeUndefined();
    expect(second.headers["idempotency-hit"]).toBe("true");
    expect([second.status, second.text, second.headers.location]).toEqual([
      202,
      first.text,
      first.headers.location,
    ]);
    expect(await count("transfer where issue_id = $1", [body.issueId])).toBe(1);
  });

  it("is refused for another body, another route or another path", async () => {
    const key = unused();
    await world.ask(world.issuer.secret, "draftIssue", { body: issueDraft(world.trustee.partyId), key });
    const other = issueDraft(world.trustee.partyId, { name: "別の銘柄" });
    const reused = await world.ask(world.issuer.secret, "draftIssue", { body: other, key });
    expect([reused.status, reused.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
    const { body } = await world.ask(world.issuer.secret, "draftIssue", {
      body: issueDraft(world.trustee.partyId),
    });
    const decision = unused();
    const { body: second } = await world.ask(world.issuer.secret, "draftIssue", { body: other });
    await world.ask(world.trustee.secret, "approveIssue", {
      params: { id: body.id },
      body: {},
      key: decision,
    });
    const path = await world.ask(world.trustee.secret, "approveIssue", {
      params: { id: second.id },
      body: {},
      key: decision,
    });
    expect(path.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("is known for a month, and forgotten afterwards by whoever serves next", async () => {
    const key = unused();
    const draft = (body: object) => world.ask(world.issuer.secret, "draftIssue", { body, key });
    const body = issueDraft(world.trustee.partyId);
    const first = await draft(body);
    const after = async (days: number, profile: "local" | "server") => {
      const clock = fixedClock(new Date(world.ctx.clock.now().getTime() + days * 86_400_000));
      const app = await buildApp({ ...world.ctx, clock, profile });
      await new Promise((resolve) => setTimeout(resolve, 200));
      await app.close();
      return draft(body);
    };
    expect((await after(29, "server")).text).toBe(first.text);
    // The sandbox clock jumps by months: what was done before a jump is still found.
    expect((await after(400, "local")).text).toBe(first.text);
    const anew = await after(31, "server");
    expect([anew.status, anew.headers["idempotency-hit"]]).toEqual([201, undefined]);
    expect(anew.body.id).not.toBe(first.body.id);
  });

  it("belongs to its party: another's same key is another command", async () => {
    const key = unused();
    const body = customer(unused());
    const mine = await world.ask(world.broker.secret, "registerInvestor", { body, key });
    const theirs = await world.ask(world.other.secret, "registerInvestor", { body, key });
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it("stands for one command however many ask at once", async () => {
    const body = { ...order(await traded(world)), ...dated };
    const key = unused();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => world.ask(world.broker.secret, "requestTransfer", { body, key })),
    );
    const done = answers.filter(({ status }) => status === 202);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    expect(
      answers.filter(({ status }) => status !== 202).every(({ code }) => code === "REQUEST_IN_PROGRESS"),
    ).toBe(true);
    expect(await count("transfer where issue_id = $1", [body.issueId])).toBe(1);
    expect(
      await count("command where ref = (select ref from transfer where issue_id = $1)", [body.issueId]),
    ).toBe(1);
  });

  it("stands for one file however many send it at once, also under other keys", async () => {
    const rows = Array.from({ length: 50 }, () => customer(unused()));
    const same = unused();
    const answers = await Promise.all(
      [same, same, same, unused(), unused()].map((key) =>
        world.ask(world.broker.secret, "registerInvestors", { body: { rows }, key }),
      ),
    );
    for (const { status, code } of answers) if (status !== 200) expect(code).toBe("REQUEST_IN_PROGRESS");
    const numbers = rows.map(({ externalId }) => externalId);
    expect(await count("investor where external_id = any($1)", [numbers])).toBe(50);
    expect(
      answers.reduce(
        (sum, { body, headers }) => sum + (headers["idempotency-hit"] ? 0 : (body.created ?? 0)),
        0,
      ),
    ).toBe(50);
  });

  it("is not spent by a request that was refused", async () => {
    const trade = await traded(world);
    const key = unused();
    const tooMany = { ...order(trade, { units: "101" }), ...dated };
    const refused = await world.ask(world.broker.secret, "requestTransfer", { body: tooMany, key });
    expect(refused.code).toBe("TRANSFER_REFUSED");
    expect(await count("idempotency where key = $1", [key])).toBe(0);
    await world.ledger.issue(trade.issueId, trade.seller.account, 1n);
    const accepted = await world.ask(world.broker.secret, "requestTransfer", { body: tooMany, key });
    expect(accepted.status).toBe(202);
  });
});

describe("a command", () => {
  it("writes its key, rows, audit row, operation and commands in one transaction", async () => {
    const body = { ...order(await traded(world)), ...dated };
    const { body: accepted, headers } = await world.ask(world.broker.secret, "requestTransfer", { body });
    const { rows } = await world.owner.query(
      `select distinct xmin::text from (
        select xmin from transfer where id = $1 union all select xmin from operation where id = $2
        union all select xmin from command where operation_id = $2
        union all select xmin from idempotency where location = '/v1/operations/' || $2
        union all select xmin from audit_row where request_id = $3) t`,
      [accepted.transferId, accepted.operationId, headers["x-request-id"]],
    );
    expect(rows).toHaveLength(1);
  });
});
