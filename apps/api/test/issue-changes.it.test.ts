import { encodePolicy } from "@genbo/domain/policy-word";
import { beforeAll, describe, expect, it } from "vitest";
import { bondTerms } from "./support/samples.ts";
import { begunSplit, openChange, redemptionOf, splitOf } from "./support/successes-changes.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

interface Proposed {
  id: string;
  ref: string;
  operationId: string;
  changeId: string;
}
const propose = async (id: string, asked: object, secret = world.issuer.secret) => {
  const { body, ...answer } = await world.ask(secret, "proposeChange", { params: { id }, body: asked });
  return { ...answer, body: body as unknown as Proposed };
};
const commandsOf = async (operationId: string) => {
  const text = "select call, signer, args, ref from command where operation_id = $1 order by row";
  return (await world.owner.query(text, [operationId])).rows;
};
const approve = (id: string, secret = world.trustee.secret) =>
  world.ask(secret, "approveChange", { params: { id }, body: {} });

const everything = { kind: "REDEMPTION", reason: "満期", paidOn: "2021-08-02" };

/** Of which a customer has 100 units. */
async function bond() {
  const issueId = await world.activeIssue({ profile: "BOND", terms: bondTerms } as never);
  const [seller, buyer] = [await world.open(world.broker, unused()), await world.open(world.other, unused())];
  await world.ledger.issue(issueId, seller.account, 100n);
  return { issueId, seller, buyer };
}

describe("a redemption", () => {
  it("is asked for by the issuer, granted by another person at the trustee, and carried out by the issuer's signer", async () => {
    const { issueId, seller } = await traded(world);
    const { body } = await propose(issueId, redemptionOf(seller.account, "30"));
    const sameMan = await world.keyFor(world.trustee.partyId, "staff:issuer");
    expect((await approve(body.id, sameMan)).code).toBe("MAKER_IS_CHECKER");
    const { body: done } = await approve(body.id);
    const { rows } = await world.owner.query("select signer from party where id = $1", [
      world.issuer.partyId,
    ]);
    expect(await commandsOf(done.operationId)).toMatchObject([
      { call: "redeem", signer: rows[0].signer, args: { from: seller.account, units: "30" } },
    ]);
    expect((await approve(body.id)).code).toBe("STATE_CONFLICT");
  });

  it("of everything takes each holding in full, as it stands at the approval", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const { body } = await propose(issueId, everything);
    await world.ledger.issue(issueId, buyer.account, 7n);
    const { body: done } = await approve(body.id);
    const units = (await commandsOf(done.operationId)).map(({ args }) => [args.from, args.units]);
    expect(new Map(units as [string, string][])).toEqual(
      new Map([
        [seller.account, "100"],
        [buyer.account, "7"],
      ]),
    );
  });

  it("of a bond names every row that a rule stands against, held units too", async () => {
    const { issueId, seller, buyer } = await bond();
    const ref = `0x${"5".repeat(64)}`;
    const held = { ref, from: seller.account, to: buyer.account, units: 60n, kind: "PLEDGE" as const };
    await world.ledger.hold(issueId, held);
    const rows = [
      { from: seller.account, units: "30" },
      { from: seller.account, units: "30" },
      { from: `0x${"99".repeat(20)}`, units: "1" },
    ];
    const answer = await propose(issueId, { ...redemptionOf(seller.account), rows });
    expect(answer.code).toBe("ROWS_INVALID");
    expect(answer.problem.rows?.map(({ row, code }) => [row, code])).toEqual([
      [1, "INSUFFICIENT_UNITS"],
      [2, "INSUFFICIENT_UNITS"],
    ]);
    const { code, problem } = await propose(issueId, everything);
    expect([code, problem.pointer]).toEqual(["CASE_REFUSED", undefined]);
    expect(problem.detail).toContain(`${seller.account} INSUFFICIENT_UNITS`);
  });

  it("of a trust tells its issuer nothing of an account, and the trustee at the approval what stands against which", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const stranger = `0x${"99".repeat(20)}`;
    const rows = [
      { from: seller.account, units: "101" },
      { from: buyer.account, units: "1" },
      { from: stranger, units: "1" },
    ];
    const asked = await propose(issueId, { ...redemptionOf(seller.account), rows });
    expect(asked.status).toBe(201);
    const { code, problem } = await approve(asked.body.id);
    expect([code, problem.pointer]).toEqual(["CASE_REFUSED", undefined]);
    const failing = problem.failing?.map((rule) => rule.code);
    expect(failing).toEqual(["INSUFFICIENT_UNITS", "SENDER_NOT_REGISTERED"]);
    expect(problem.detail).toContain(
      `${buyer.account} INSUFFICIENT_UNITS; ${stranger} INSUFFICIENT_UNITS, SENDER_NOT_REGISTERED`,
    );
  });

  it("of everything is refused where one operation does not take it all", async () => {
    const { issueId } = await traded(world);
    const { body } = await propose(issueId, everything);
    await world.owner.query(
      `insert into holding_period (issue_id, account, person_id, from_seq, units, encumbered, lots, opens)
       select $1, '0x' || lpad(to_hex(n), 40, '0'), 'p', 4, 1, 0, '[]', true from generate_series(1, 100000) n`,
      [issueId],
    );
    const { code, problem } = await approve(body.id);
    expect([code, problem.detail]).toEqual(["STATE_CONFLICT", expect.stringContaining("100000 accounts")]);
  });

  it("waits for the end of a consolidation or split", async () => {
    const { issueId, seller } = await traded(world);
    const { body } = await propose(issueId, redemptionOf(seller.account));
    await world.ledger.enter(issueId, "POLICY", { basis: 0, data: encodePolicy({ ratioInProgress: true }) });
    const { problem } = await approve(body.id);
    expect(problem.failing?.map(({ code }) => code)).toEqual(["RATIO_IN_PROGRESS"]);
  });

  it("waits for the day on which the money is paid", async () => {
    const { issueId, seller } = await traded(world);
    const { body } = await propose(issueId, { ...redemptionOf(seller.account), paidOn: "2021-08-03" });
    expect((await approve(body.id)).code).toBe("NOT_YET_SETTLED");
  });

  it("shows a broker no account", async () => {
    const id = await openChange(world);
    const { body } = await world.ask(world.broker.secret, "getChange", { params: { id } });
    expect(body.facts).toEqual({ paidOn: "2021-08-02", rows: 1 });
  });
});

describe("a policy", () => {
  const policy = { approvalRequired: false, maxHolders: null };
  it("goes to the chain at once, and is approved a day later", async () => {
    const id = await world.activeIssue();
    const { body, status } = await propose(id, { kind: "POLICY", reason: "見直し", policy, lot: "5" });
    expect(status).toBe(202);
    const [proposal] = await commandsOf(body.operationId);
    expect(proposal).toMatchObject({ call: "proposePolicy" });
    const change = body.changeId;
    expect((await approve(change)).code).toBe("NOT_YET_DUE");
    await world.owner.query(
      `update operation set state = 'entered', rows_entered = 1, entered_at = $2::timestamptz - interval '86461 seconds' where id = $1`,
      [body.operationId, world.ctx.clock.now()],
    );
    const { body: done } = await approve(change);
    expect(await commandsOf(done.operationId)).toMatchObject([
      { call: "executePolicy", args: proposal.args },
    ]);
  });

  it("cannot begin to count persons, and waits for the one before it", async () => {
    const id = await world.activeIssue();
    const limited = { kind: "POLICY", reason: "上限", policy: { ...policy, maxHolders: 5 }, lot: "1" };
    expect((await propose(id, limited)).problem.pointer).toBe("/policy/unitsPerPersonTracked");
    await propose(id, { ...limited, policy });
    expect((await propose(id, { ...limited, policy })).code).toBe("STATE_CONFLICT");
  });
});

it("an issue stops at the word of one person of its trustee, and goes on at that of two", async () => {
  const id = await world.activeIssue();
  expect((await propose(id, { kind: "PAUSE", reason: "障害" })).code).toBe("FORBIDDEN");
  const { trustee } = world;
  expect((await propose(id, { kind: "RESUME", reason: "復旧" }, trustee.secret)).code).toBe("STATE_CONFLICT");
  const { body } = await propose(id, { kind: "PAUSE", reason: "障害" }, trustee.secret);
  expect(await commandsOf(body.operationId)).toMatchObject([{ call: "setPaused", args: { paused: true } }]);
  const { body: read } = await world.ask(trustee.secret, "getChange", { params: { id: body.changeId } });
  expect([read.state, read.checker]).toEqual(["approved", null]);
});

it("documents and terms are words of the chain", async () => {
  const id = await world.activeIssue();
  const document = {
    kind: "DOCUMENT",
    reason: "公表",
    name: "deed.pdf",
    uri: "https://example.jp/deed",
    sha256: "ab".repeat(32),
  };
  for (const body of [
    document,
    { kind: "DOCUMENT_REMOVAL", reason: "失効", name: "deed.pdf" },
    { kind: "TERMS", reason: "変更", sha256: "cd".repeat(32) },
  ]) {
    const { body: made } = await propose(id, body);
    const { body: done } = await approve(made.id);
    const [command] = await commandsOf(done.operationId);
    expect(command.ref).toBe(
      body.kind === "TERMS" ? made.ref : `0x${Buffer.from("deed.pdf").toString("hex").padEnd(64, "0")}`,
    );
  }
});

describe("a consolidation or split", () => {
  const carry = (id: string) => world.ask(world.trustee.secret, "carryChange", { params: { id }, body: {} });

  it("goes to the chain as the issuer's proposal, and waits a day for the trustee", async () => {
    const { issueId } = await traded(world);
    const { body, status } = await propose(issueId, splitOf(1, 10));
    expect(status).toBe(202);
    expect(await commandsOf(body.operationId)).toMatchObject([
      { call: "proposeRatio", args: { n: "1", d: "10" } },
    ]);
    expect((await approve(body.changeId)).code).toBe("NOT_YET_DUE");
    expect((await propose(issueId, splitOf(2, 1))).code).toBe("STATE_CONFLICT");
    expect((await carry(body.changeId)).code).toBe("STATE_CONFLICT");
    expect((await propose(issueId, splitOf(2, 2))).code).toBe("INVALID_FIELD");
    const later = new Date(world.ctx.clock.now().getTime() - 25 * 3_600_000);
    await world.owner.query(
      "update operation set state = 'entered', rows_entered = 1, entered_at = $2 where subject_id = $1",
      [body.changeId, later],
    );
    const { body: begun } = await approve(body.changeId);
    expect(await commandsOf(begun.operationId)).toMatchObject([
      { call: "beginRatio", args: { n: "1", d: "10" }, ref: expect.stringMatching(/^0x/) },
    ]);
  });

  it("is asked for once, however many ask at once: the chain would keep the last alone", async () => {
    const { issueId } = await traded(world);
    const all = await Promise.all(Array.from({ length: 6 }, () => propose(issueId, splitOf(3, 1))));
    expect(all.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409, 409, 409]);
  });

  it("carries every account that is left, each with its holds, and ends", async () => {
    const { id, account } = await begunSplit(world);
    const { body } = await carry(id);
    expect(await commandsOf(body.operationId)).toMatchObject([
      { call: "carry", args: { rows: [{ account, holdIds: [] }] } },
      { call: "endRatio" },
    ]);
    expect((await carry(id)).code).toBe("STATE_CONFLICT");
    const second = await world.admit("trustee", "staff:another-trustee");
    const answer = await world.ask(second.secret, "carryChange", { params: { id }, body: {} });
    expect(answer.status).toBe(404);
  });
});
