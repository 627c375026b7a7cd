import { createHash } from "node:crypto";
import { scopesOf } from "@genbo/domain/permissions";
import { beforeAll, describe, expect, it } from "vitest";
import { issueDraft } from "./support/samples.ts";
import { inspectionAsked } from "./support/successes-legal.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let partyId: string;
let keeper: string;
beforeAll(async () => {
  world = await createWorld();
  ({ partyId, secret: keeper } = await world.admit("auditor"));
});

const make = (body: object = {}, key?: string) =>
  world.ask(keeper, "createKey", {
    params: { id: partyId },
    body: { subject: "staff:auditor", ...body },
    ...(key !== undefined && { key }),
  });
const works = async (secret: string) => (await world.ask(secret, "listParties")).status === 200;

describe("an API key", () => {
  it("has 256 random bits, is shown once and kept as a hash", async () => {
    const key = unused();
    const { body } = await make({}, key);
    expect(body.secret).toMatch(/^gnb_[a-z2-9]{12}_[A-Za-z0-9_-]{43}$/);
    expect(await works(body.secret!)).toBe(true);
    const repeat = await make({}, key);
    expect([repeat.headers["idempotency-hit"], repeat.body.secret]).toEqual(["true", null]);
    const { rows } = await world.owner.query("select hash, prefix from api_key where id = $1", [body.id]);
    expect(rows[0].hash).toBe(createHash("sha256").update(body.secret!).digest("hex"));
    const random = body.secret!.slice(17);
    for (const table of ["api_key", "idempotency", "audit_row"]) {
      const found = await world.owner.query(`select 1 from ${table} t where strpos(t::text, $1) > 0`, [
        random,
      ]);
      expect([table, found.rowCount]).toEqual([table, 0]);
    }
  });

  it("is nothing when one character of it differs", async () => {
    const { body } = await make();
    const secret = body.secret!;
    for (const wrong of [
      `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`,
      secret.slice(0, 16),
      "x",
      "",
    ]) {
      expect(await works(wrong)).toBe(false);
    }
  });

  it("holds what it is granted, and cannot be granted more than its role may hold", async () => {
    const { body } = await make({ scopes: ["register:read"] });
    expect((await world.ask(body.secret!, "listParties")).code).toBe("FORBIDDEN");
    const { problem } = await make({ scopes: ["register:read", "issues:approve"] });
    expect(problem.pointer).toBe("/scopes/1");
    const { body: widest } = await make();
    expect(widest.scopes).toEqual(scopesOf("auditor").filter((scope) => scope !== "keys:write"));
  });

  it("ends at its expiry", async () => {
    const { body } = await make({ expiresAt: "2021-08-02T01:00:00Z" });
    expect(await works(body.secret!)).toBe(true);
    world.clock.set(new Date("2021-08-02T01:00:00Z"));
    expect(await works(body.secret!)).toBe(false);
    world.clock.set(new Date("2021-08-02T00:00:00Z"));
    expect((await make({ expiresAt: "2021-08-01T00:00:00Z" })).problem.pointer).toBe("/expiresAt");
  });

  it("is rotated: the successor works at once, the old one until the grace is over", async () => {
    const { body: old } = await make({ scopes: ["parties:read"] });
    const rotated = await world.ask(keeper, "rotateKey", {
      params: { id: old.id },
      body: { graceSeconds: 60 },
    });
    expect(rotated.body).toMatchObject({ scopes: ["parties:read"], subject: old.subject });
    expect([await works(old.secret!), await works(rotated.body.secret!)]).toEqual([true, true]);
    world.clock.set(new Date("2021-08-02T00:01:00Z"));
    expect([await works(old.secret!), await works(rotated.body.secret!)]).toEqual([false, true]);
    const again = await world.ask(keeper, "rotateKey", { params: { id: old.id }, body: {} });
    expect(again.code).toBe("STATE_CONFLICT");
  });

  it("keeps its end when it is rotated without a new one", async () => {
    const { body: old } = await make({ expiresAt: "2021-08-05T00:00:00Z" });
    const rotated = await world.ask(keeper, "rotateKey", { params: { id: old.id }, body: {} });
    expect(rotated.body.expiresAt).toBe("2021-08-05T00:00:00.000Z");
  });

  it("hands on no scope that it does not hold itself", async () => {
    const params = { id: world.trustee.partyId };
    const narrow = await world.ask(world.trustee.secret, "createKey", {
      params,
      body: { subject: "staff:keys", scopes: ["parties:read", "keys:write"] },
    });
    const secret = narrow.body.secret!;
    const child = await world.ask(secret, "createKey", { params, body: { subject: "staff:heir" } });
    expect(child.body.scopes).toEqual(["parties:read"]);
    const body = { subject: "staff:heir", scopes: ["transfers:approve" as const] };
    expect((await world.ask(secret, "createKey", { params, body })).code).toBe("FORBIDDEN");
    const { body: keys } = await world.ask(world.operator, "listKeys", { params, query: {} });
    const wide = keys.items.find(({ scopes }) => scopes.includes("transfers:approve"))!;
    const taken = await world.ask(secret, "rotateKey", { params: { id: wide.id }, body: {} });
    expect(taken.code).toBe("FORBIDDEN");
  });

  it("is revoked at once", async () => {
    const { body } = await make();
    expect(await works(body.secret!)).toBe(true);
    const revoked = await world.ask(world.operator, "revokeKey", { params: { id: body.id } });
    expect(revoked.body.revokedAt).toBe(world.clock.now().toISOString());
    expect(await works(body.secret!)).toBe(false);
  });

  it("says when it was last used, without a write at each request", async () => {
    const other = await createWorld();
    const { body } = await other.ask(other.auditor.secret, "createKey", {
      params: { id: other.auditor.partyId },
      body: { subject: "staff:auditor" },
    });
    for (let i = 0; i < 5; i += 1) await other.ask(body.secret!, "listParties");
    const used = () => other.owner.query("select last_used_at from api_key where id = $1", [body.id]);
    expect((await used()).rows).toEqual([{ last_used_at: null }]);
    await other.app.close();
    expect((await used()).rows).toEqual([{ last_used_at: other.clock.now() }]);
  });
});

describe("the operator", () => {
  const params = () => ({ id: world.trustee.partyId });

  it("makes a party's first key and no further one, however many are asked for at once", async () => {
    const { body: party } = await world.ask(world.operator, "createParty", {
      body: { kind: "compliance", name: unused() },
    });
    const asked = { params: { id: party.id }, body: { subject: unused() } };
    const both = await Promise.all([1, 2].map(() => world.ask(world.operator, "createKey", asked)));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 403]);
    const made = both.find(({ status }) => status === 201)!;
    expect(made.body.madeBy).toBeNull();
  });

  it("takes over no party whose keys it has revoked: a new first key works when a second operator says so", async () => {
    const victim = await world.admit("trustee", unused());
    const { body: keys } = await world.ask(world.operator, "listKeys", {
      params: { id: victim.partyId },
      query: {},
    });
    for (const { id } of keys.items) await world.ask(world.operator, "revokeKey", { params: { id } });
    const asked = { params: { id: victim.partyId }, body: { subject: "op-evil" } };
    const { body: made } = await world.ask(world.operator, "createKey", asked);
    expect(made).toMatchObject({ waits: true, madeBy: "staff:operator" });
    expect(await works(made.secret!)).toBe(false);
    const confirm = (secret: string, id = made.id) =>
      world.ask(secret, "confirmKey", { params: { id }, body: {} });
    expect((await confirm(world.operator)).code).toBe("MAKER_IS_CHECKER");

    // Nor is there a second person in a key, or an operator, of the first one's making.
    const own = await world.owner.query("select party_id from api_key where subject = 'staff:operator'");
    const body = { subject: "staff:somebody", scopes: ["keys:confirm" as const, "keys:write" as const] };
    const inOwn = await world.ask(world.operator, "createKey", {
      params: { id: own.rows[0].party_id },
      body,
    });
    expect((await confirm(inOwn.body.secret!)).code).toBe("MAKER_IS_CHECKER");
    expect((await confirm(world.operator, inOwn.body.id)).code).toBe("MAKER_IS_CHECKER");
    const { body: other } = await world.ask(world.operator, "createParty", {
      body: { kind: "operator", name: unused() },
    });
    const inOther = await world.ask(world.operator, "createKey", { params: { id: other.id }, body });
    expect(await works(inOther.body.secret!)).toBe(false);

    expect((await confirm(world.secondOperator)).body.waits).toBe(false);
    expect(await works(made.secret!)).toBe(true);
  });

  it("who keeps a party's keys as well does not confirm a person of his own invention", async () => {
    const own = await world.admit("trustee", "staff:operator");
    const { body: made } = await world.ask(own.secret, "createKey", {
      params: { id: own.partyId },
      body: { subject: "staff:ghost" },
    });
    const confirm = (secret: string) =>
      world.ask(secret, "confirmKey", { params: { id: made.id }, body: {} });
    expect((await confirm(world.operator)).code).toBe("MAKER_IS_CHECKER");
    expect((await confirm(world.secondOperator)).body.confirmedAt).not.toBeNull();
  });

  it("gets no key with legal power from a party that has one: neither made nor rotated", async () => {
    const evil = { params: params(), body: { subject: "op-evil" } };
    const made = await world.ask(world.operator, "createKey", evil);
    expect([made.status, made.code]).toEqual([403, "FORBIDDEN"]);
    const { body: keys } = await world.ask(world.operator, "listKeys", { params: params(), query: {} });
    const id = keys.items[0]!.id;
    const rotated = await world.ask(world.operator, "rotateKey", { params: { id }, body: {} });
    expect([rotated.status, rotated.code]).toEqual([403, "FORBIDDEN"]);
    const { rows } = await world.owner.query(
      "select action, outcome from audit_row where request_id = any($1) order by action",
      [[made.headers["x-request-id"], rotated.headers["x-request-id"]]],
    );
    expect(rows).toEqual([
      { action: "createKey", outcome: "denied" },
      { action: "rotateKey", outcome: "denied" },
    ]);
  });
});

describe("one person with two keys", () => {
  const asTrustee = (secret: string, subject: string) =>
    world.ask(secret, "createKey", { params: { id: world.trustee.partyId }, body: { subject } });
  const draft = async () => {
    const { body } = await world.ask(world.issuer.secret, "draftIssue", {
      body: issueDraft(world.trustee.partyId),
    });
    return body.id;
  };

  it.each(["Staff:Issuer", "staff\uff1aissuer", "ｓtaff:issuer"])(
    "is one in the spelling %s",
    async (subject) => {
      const { body } = await asTrustee(world.trustee.secret, subject);
      expect(body.subject).toBe("staff:issuer");
      const own = await world.ask(body.secret!, "approveIssue", { params: { id: await draft() }, body: {} });
      expect(own.code).toBe("MAKER_IS_CHECKER");
    },
  );

  it("is one until the operator has confirmed who holds the second, and in both directions", async () => {
    world.clock.set(new Date("2021-08-02T00:00:00Z"));
    const { body: key } = await asTrustee(world.trustee.secret, unused());
    expect(key.madeBy).toBe("staff:trustee");
    const inspection = async (secret: string) => {
      const { issueId: id } = await traded(world);
      return (await world.ask(secret, "requestInspection", { params: { id }, body: inspectionAsked })).body
        .id;
    };
    const grant = async (secret: string, id: string) =>
      (await world.ask(secret, "grantInspection", { params: { id }, body: {} })).code ?? "granted";
    const [byMaker, byMade] = [await inspection(world.trustee.secret), await inspection(key.secret!)];
    expect(await grant(key.secret!, byMaker)).toBe("MAKER_IS_CHECKER");
    expect(await grant(world.trustee.secret, byMade)).toBe("MAKER_IS_CHECKER");
    world.clock.set(new Date("2021-08-02T00:01:00Z"));
    const confirmed = await world.ask(world.operator, "confirmKey", { params: { id: key.id }, body: {} });
    expect(confirmed.body.confirmedAt).toBe("2021-08-02T00:01:00.000Z");
    expect(await grant(key.secret!, byMaker)).toBe("granted");
    // What it did before it was confirmed stays its maker's.
    expect(await grant(world.trustee.secret, byMade)).toBe("MAKER_IS_CHECKER");
    world.clock.set(new Date("2021-08-02T00:00:00Z"));
  });

  it("stays one through a chain of keys and through the rotation of another's key", async () => {
    const params = { id: world.trustee.partyId };
    const body = { subject: unused(), scopes: ["keys:write", "inspections:decide"] as const };
    const { body: link } = await world.ask(world.trustee.secret, "createKey", {
      params,
      body: { ...body, scopes: [...body.scopes] },
    });
    expect((await asTrustee(link.secret!, unused())).body.madeBy).toBe("staff:trustee");
    await world.ask(world.operator, "confirmKey", { params: { id: link.id }, body: {} });
    const taken = await world.ask(world.trustee.secret, "rotateKey", { params: { id: link.id }, body: {} });
    expect(taken.body).toMatchObject({ madeBy: "staff:trustee", confirmedAt: null });
  });
});

describe("a party", () => {
  it("of a kind that signs gets a signer of its own, its numbers and its role on chain", async () => {
    const { body, status } = await world.ask(world.operator, "createParty", {
      body: { kind: "broker", name: "証券" },
    });
    expect(status).toBe(202);
    const { rows } = await world.owner.query(
      "select call, target, args, signer from command where operation_id = $1 order by row",
      [body.operationId],
    );
    const { signer, custodianId } = body;
    expect(rows).toMatchObject([
      { call: "grantRole", target: null, args: { role: "2", account: signer } },
      { call: "setCustodian", target: null, args: { signer, id: custodianId } },
    ]);
    expect((await world.ctx.keystore.signerFor(signer!)).address).toBe(signer);
  });

  it("gets numbers that nobody else has, however many are admitted at once", async () => {
    const made = await Promise.all(
      Array.from({ length: 6 }, () =>
        world.ask(world.operator, "createParty", { body: { kind: "broker", name: unused() } }),
      ),
    );
    expect(new Set(made.map(({ body }) => body.custodianId)).size).toBe(6);
  });
});
