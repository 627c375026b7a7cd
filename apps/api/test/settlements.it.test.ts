import { takeBackSettlements, writeSettlementNews } from "@genbo/database/issues/settlements-settle";
import { withTransaction } from "@genbo/database/sql/connection";
import { refOf } from "@genbo/domain/ids";
import { dayOf } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { createLog } from "@genbo/domain/log";
import { encodeMove, hex } from "@genbo/domain/words";
import { beforeAll, describe, expect, it } from "vitest";
import { startSettler } from "../src/orders/settle-due.ts";
import { lapsed, type Offered, offered, offerOf } from "./support/successes-settlements.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

/** A settler looks once a second, and another job may have the machine. */
const patience = { timeout: 30_000 };

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

type Body = Parameters<World["ask"]>[2];
const consent = (id: string) => ({ params: { id }, body: {} });
const read = async (id: string, secret = world.trustee.secret) =>
  (await world.ask(secret, "getSettlement", { params: { id } })).body;
const offer = async (change: (body: ReturnType<typeof offerOf>) => object, secret = world.broker.secret) => {
  const body = offerOf(world, await traded(world), "BANK");
  return world.ask(secret, "offerSettlement", { body: change(body) } as Body as never);
};

/** The commands that settle it. */
const settling = async (id: string) => {
  const { rows } = await world.owner.query(
    `select o.maker, o.checker, c.call, c.ref, c.signer from operation o join command c on c.operation_id = o.id
     where o.subject_id = $1 and o.kind = 'settlement.settle'`,
    [id],
  );
  return rows;
};

describe("an offer", () => {
  it("names what each side gives, and waits for everything that is missing", async () => {
    const { id } = await offered(world, "BANK");
    const { state, waitsFor, legs, sides, deadline } = await read(id);
    expect([state, waitsFor]).toEqual(["open", ["ACCEPTANCE", "APPROVAL", "PAYMENT"]]);
    expect(legs.map(({ kind, state: at, units, yen }) => [kind, at, units, yen])).toEqual([
      ["UNITS", "held", "2", null],
      ["BANK", "pending", null, "2000000"],
    ]);
    expect(deadline).toBe("2021-08-02T15:00:00.000Z");
    expect(sides.map(({ acceptor }) => acceptor).sort()).toEqual([null, "staff:broker-a"].sort());
  });

  it("waits for the trustee where the buyer's side or the trustee must be heard, and where neither must for nobody", async () => {
    const waitsFor = async (policy: object) => {
      const { body } = await world.ask(world.broker.secret, "offerSettlement", {
        body: offerOf(world, await traded(world, policy), "BANK"),
      } as Body as never);
      return (await read(body.settlementId!)).waitsFor;
    };
    expect(await waitsFor({ acceptanceRequired: true, approvalRequired: false })).toContain("APPROVAL");
    expect(await waitsFor({ acceptanceRequired: false, approvalRequired: true })).toContain("APPROVAL");
    expect(await waitsFor({ acceptanceRequired: false, approvalRequired: false })).not.toContain("APPROVAL");
  });

  it("is seen by its sides, its trustee and its agent, and by no other", async () => {
    const { id } = await offered(world, "BANK");
    const [stranger, bank] = [await world.admit("broker"), await world.admit("settlement-agent")];
    const statuses = async (secrets: readonly string[]) =>
      Promise.all(
        secrets.map(async (secret) => (await world.ask(secret, "getSettlement", { params: { id } })).status),
      );
    const { broker, other, trustee, agent, auditor } = world;
    const insiders = [broker, other, trustee, agent, auditor].map(({ secret }) => secret);
    expect(await statuses(insiders)).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses([stranger.secret, bank.secret])).toEqual([404, 404]);
  });

  it.each<[string, (body: ReturnType<typeof offerOf>) => object, string, string | undefined]>([
    [
      "a deadline that has passed",
      (body) => ({ ...body, deadline: "2021-08-01T23:59:59Z" }),
      "INVALID_FIELD",
      "/deadline",
    ],
    [
      "a deadline before its settlement date",
      (body) => ({ ...body, settlementDate: "2021-08-04", deadline: "2021-08-03T00:00:00Z" }),
      "INVALID_FIELD",
      "/deadline",
    ],
    [
      "a trade before there were units",
      (body) => ({ ...body, tradeDate: "2021-08-01" }),
      "INVALID_FIELD",
      "/tradeDate",
    ],
    ["a bank transfer that nobody attests", ({ agentId: _, ...body }) => body, "INVALID_FIELD", "/agentId"],
    [
      "an agent that is none",
      (body) => ({ ...body, agentId: world.trustee.partyId }),
      "INVALID_FIELD",
      "/agentId",
    ],
    [
      "money to oneself",
      (body) => ({ ...body, legs: [body.legs[0], { ...body.legs[1], payeeId: world.other.partyId }] }),
      "INVALID_FIELD",
      "/legs",
    ],
    [
      "a payee that is no broker",
      (body) => ({ ...body, legs: [body.legs[0], { ...body.legs[1], payeeId: world.issuer.partyId }] }),
      "INVALID_FIELD",
      "/legs/1/payeeId",
    ],
    [
      "more units than are free",
      (body) => ({ ...body, legs: [{ ...body.legs[0], units: "101" }, body.legs[1]] }),
      "TRANSFER_REFUSED",
      undefined,
    ],
    [
      "units that two legs promise",
      (body) => ({
        ...body,
        legs: [{ ...body.legs[0], units: "60" }, { ...body.legs[0], units: "60" }, body.legs[1]],
      }),
      "TRANSFER_REFUSED",
      undefined,
    ],
  ])("is refused for %s", async (_, change, code, pointer) => {
    const answer = await offer(change);
    expect(answer.code).toBe(code);
    if (pointer !== undefined)
      expect(answer.problem.errors?.[0]?.pointer ?? answer.problem.pointer).toBe(pointer);
  });

  it("is refused for two legs out of one acquisition lot that has units for one of them", async () => {
    const trade = await traded(world);
    const data = encodeMove({ acquiredOn: dayOf("2021-08-01") });
    const earlier = { to: trade.seller.account, units: 50n, ref: refOf("earlier lot"), data };
    await world.ledger.enter(trade.issueId, "ISSUE", earlier);
    const { legs, ...body } = offerOf(world, trade, "BANK");
    const [units, money] = legs;
    const outOfOneLot = (each: string) => {
      const leg = { ...units, units: each, lotAcquiredOn: "2021-08-01" };
      const asked = { body: { ...body, legs: [leg, leg, money] } } as Body as never;
      return world.ask(world.broker.secret, "offerSettlement", asked);
    };
    const refused = await outOfOneLot("30");
    expect(refused.problem.failing?.map(({ code }) => code)).toEqual(["LOT_CLOSED"]);
    expect((await outOfOneLot("25")).status).toBe(202);
  });

  it("is made by a broker that gives units", async () => {
    expect((await offer((body) => body, world.other.secret)).code).toBe("NOT_CUSTODIAN");
  });
});

describe("the sides and the trustee", () => {
  it("are different persons, whatever keys they use [TA 198(2)]", async () => {
    const { id } = await offered(world, "BANK");
    const same = await world.keyFor(world.other.partyId, "staff:broker-a");
    expect((await world.ask(same, "acceptSettlement", consent(id))).code).toBe("MAKER_IS_CHECKER");
    await world.ask(world.other.secret, "acceptSettlement", consent(id));
    const acceptor = await world.keyFor(world.trustee.partyId, "staff:broker-b");
    expect((await world.ask(acceptor, "approveSettlement", consent(id))).code).toBe("MAKER_IS_CHECKER");
  });

  it("are so too where the trustee approves first, and who attests a payment did not agree for who pays [TA 198(2)]", async () => {
    const { id } = await offered(world, "BANK");
    const buyer = "staff:broker-b";
    const approver = await world.keyFor(world.trustee.partyId, buyer);
    expect((await world.ask(approver, "approveSettlement", consent(id))).status).toBe(202);
    expect((await world.ask(world.other.secret, "acceptSettlement", consent(id))).code).toBe(
      "MAKER_IS_CHECKER",
    );
    await world.owner.query(
      "update operation set state = 'refused', rows_refused = 1 where subject_id = $1 and kind = 'settlement.approve'",
      [id],
    );
    expect((await world.ask(approver, "approveSettlement", consent(id))).status).toBe(202);
    const { id: agreed } = await offered(world, "BANK", ["agreed"]);
    const attested = { params: { id: agreed }, body: { leg: 1, evidence: "ab".repeat(32) } };
    const attest = async (subject: string) =>
      world.ask(await world.keyFor(world.agent.partyId, subject), "attestPayment", attested);
    expect((await attest(buyer)).code).toBe("MAKER_IS_CHECKER");
    expect((await attest("staff:broker-a")).status).toBe(202);
  });

  it("are two persons of one broker where both customers are its own [TA 198(2)]", async () => {
    const { issueId, seller } = await traded(world);
    const second = await world.open(world.broker, unused());
    await world.ledger.issue(issueId, second.account, 50n);
    const units = (from: string, to: string, count: string) => ({
      ...{ kind: "UNITS", issueId, from, to, units: count },
    });
    const legs = [units(seller.account, second.account, "2"), units(second.account, seller.account, "1")];
    const body = { tradeDate: "2021-08-02", settlementDate: "2021-08-02", legs } as never;
    const { body: made } = await world.ask(world.broker.secret, "offerSettlement", { body });
    const id = made.settlementId!;
    expect((await read(id)).sides.map(({ acceptor }) => acceptor)).toEqual([null]);
    const { rows } = await world.owner.query(
      "select hold_id, from_account, to_account, amount from settlement_leg where settlement_id = $1",
      [id],
    );
    for (const { hold_id: ref, from_account: from, to_account: to, amount } of rows)
      await world.ledger.hold(issueId, { ref, from, to, units: BigInt(amount), kind: "DVP" });
    expect((await read(id)).waitsFor).toEqual(["ACCEPTANCE", "APPROVAL"]);
    const accept = (secret: string) => world.ask(secret, "acceptSettlement", consent(id));
    expect((await accept(world.broker.secret)).code).toBe("MAKER_IS_CHECKER");
    const colleague = await world.keyFor(world.broker.partyId, "staff:broker-a2");
    expect((await accept(colleague)).status).toBe(200);
    expect((await read(id)).waitsFor).toEqual(["APPROVAL"]);
  });

  it("of another broker are not both of one person's: it offers what passes between its customers itself", async () => {
    const trade = await traded(world);
    const third = await world.open(world.other, unused());
    const body = offerOf(world, trade, "BANK");
    const legs = [...body.legs, { ...body.legs[0], from: trade.buyer.account, to: third.account }];
    const answer = await world.ask(world.broker.secret, "offerSettlement", {
      body: { ...body, legs },
    } as Body as never);
    expect([answer.code, answer.problem.pointer]).toEqual(["INVALID_FIELD", "/legs/2/to"]);
  });

  it("agree once, and to units that the register holds", async () => {
    const { body } = await world.ask(world.broker.secret, "offerSettlement", {
      body: offerOf(world, await traded(world), "CASH") as never,
    });
    const id = body.settlementId!;
    expect((await world.ask(world.other.secret, "acceptSettlement", consent(id))).code).toBe("NOT_YET_HELD");
    const { id: held } = await offered(world, "CASH");
    expect((await world.ask(world.other.secret, "acceptSettlement", consent(held))).status).toBe(202);
    expect((await world.ask(world.other.secret, "acceptSettlement", consent(held))).code).toBe(
      "STATE_CONFLICT",
    );
  });

  it("cannot settle, pay or approve after the deadline, and take nothing back before", async () => {
    const { id: early } = await offered(world, "CASH");
    expect((await world.ask(world.broker.secret, "takeBack", consent(early))).code).toBe("NOT_YET_DUE");
    const id = await lapsed(world, offered(world, "BANK", ["agreed", "approved", "paid"]));
    expect((await world.ask(world.broker.secret, "settleNow", consent(id))).code).toBe("DEADLINE_PASSED");
    expect((await world.ask(world.other.secret, "acceptSettlement", consent(id))).code).toBe(
      "DEADLINE_PASSED",
    );
    // A bank's money goes back through the bank.
    expect((await world.ask(world.other.secret, "takeBack", consent(id))).code).toBe("STATE_CONFLICT");
  });

  it("wait for a bank transfer until every side has agreed, and see it once", async () => {
    const { id } = await offered(world, "BANK");
    const attest = { params: { id }, body: { leg: 1, evidence: "ab".repeat(32) } };
    expect((await world.ask(world.agent.secret, "attestPayment", attest)).code).toBe("STATE_CONFLICT");
    await world.ask(world.other.secret, "acceptSettlement", consent(id));
    expect((await world.ask(world.agent.secret, "attestPayment", attest)).status).toBe(202);
    expect((await world.ask(world.agent.secret, "attestPayment", attest)).code).toBe("STATE_CONFLICT");
    const units = { params: { id }, body: { leg: 0, evidence: "ab".repeat(32) } };
    expect((await world.ask(world.agent.secret, "attestPayment", units)).code).toBe("STATE_CONFLICT");
  });
});

describe("units that an attachment claims, which is served and not entered yet", () => {
  /** The seller has 100 units, of which the offer holds 2. */
  const serve = async (of: Offered, units: string) => {
    const filer = await world.keyFor(world.trustee.partyId, "staff:trustee-files");
    const body = {
      kind: "ATTACHMENT" as const,
      facts: {
        account: of.seller.account,
        units,
        form: "ATTACHMENT" as const,
        authority: "東京地方裁判所",
        caseNumber: "令和3年(ル)第1号",
        servedAt: "2021-08-01T01:00:00Z",
      },
      documents: [{ kind: "ATTACHMENT_ORDER" as const, name: "order.pdf", sha256: "a".repeat(64) }],
    };
    return (await world.ask(filer, "fileCase", { params: { id: of.issueId }, body })).body.id;
  };
  const lift = (id: string) =>
    world.ask(world.trustee.secret, "refuseCase", { params: { id }, body: { reason: "送達の不備" } });
  const codesOf = (answer: { problem: { failing?: readonly { code: string }[] | undefined } }) =>
    answer.problem.failing?.map(({ code }) => code);
  const attest = (id: string) =>
    world.ask(world.agent.secret, "attestPayment", {
      params: { id },
      body: { leg: 1, evidence: "ab".repeat(32) },
    });

  it("are not paid for: neither by a bank transfer that is attested nor by cash [CEA 145(1)] [CEA 145(5)]", async () => {
    const bank = await offered(world, "BANK", ["agreed", "approved"]);
    const order = await serve(bank, "99");
    expect(codesOf(await attest(bank.id))).toEqual(["GIVING_SIDE"]);
    const cash = await offered(world, "CASH", ["approved"]);
    await serve(cash, "99");
    const agreed = await world.ask(world.other.secret, "acceptSettlement", consent(cash.id));
    expect(codesOf(agreed)).toEqual(["GIVING_SIDE"]);
    expect((await read(cash.id)).sides.filter(({ acceptor }) => acceptor === null)).toHaveLength(1);
    await lift(order);
    expect((await attest(bank.id)).status).toBe(202);
  });

  it("are not settled, also when all was in before the service, until its case has ended [CEA 145(5)]", async () => {
    const barred = await offered(world, "BANK", ["agreed", "approved", "paid"]);
    const order = await serve(barred, "99");
    const free = await offered(world, "BANK", ["agreed", "approved", "paid"]);
    await serve(free, "98");
    const settler = startSettler(world.ctx);
    try {
      await expect.poll(() => settling(free.id), patience).toHaveLength(1);
      expect(await settling(barred.id)).toEqual([]);
      const now = (secret: string) => world.ask(secret, "settleNow", consent(barred.id));
      expect(codesOf(await now(world.broker.secret))).toEqual(["ATTACHMENT_SERVED"]);
      expect(codesOf(await now(world.other.secret)), "the buyer's broker").toEqual(["GIVING_SIDE"]);
      await lift(order);
      await expect.poll(() => settling(barred.id), patience).toHaveLength(1);
    } finally {
      await settler.stop();
    }
  });

  it("stay in the hands of whoever attached them: the trustee ends the delivery with the entry", async () => {
    const of = await offered(world, "BANK", ["agreed", "approved", "paid"]);
    const id = await serve(of, "99");
    const approved = await world.ask(world.trustee.secret, "approveCase", { params: { id }, body: {} });
    const { rows } = await world.owner.query(
      "select call, ref from command where operation_id = $1 order by row",
      [approved.body.operationId],
    );
    expect(rows[0]).toEqual({ call: "rejectTransfers", ref: of.holdId });
    expect(rows[1]).toMatchObject({ call: "createHolds" });
  });
});

describe("what waits for nothing", () => {
  it("is settled once, by whichever api sees it first, and nothing else is", async () => {
    const ready = await offered(world, "BANK", ["agreed", "approved", "paid"]);
    const unpaid = await offered(world, "BANK", ["agreed", "approved"]);
    const settlers = [startSettler(world.ctx), startSettler(world.ctx)];
    try {
      await expect.poll(() => settling(ready.id), patience).toHaveLength(1);
      for (const { wake } of settlers) wake();
    } finally {
      await Promise.all(settlers.map(({ stop }) => stop()));
    }
    expect(await settling(ready.id)).toMatchObject([
      { maker: "staff:broker-a", call: "settle", ref: ready.holdId },
    ]);
    expect(await settling(unpaid.id)).toEqual([]);
  });

  it("is settled although one before it cannot be put up", async () => {
    const ready = [
      await offered(world, "BANK", ["agreed", "approved", "paid"]),
      await offered(world, "BANK", ["agreed", "approved", "paid"]),
    ];
    // They are taken in the order of their ids.
    const [bad, good] = ready.map(({ id }) => id).sort() as [string, string];
    await world.owner.query(
      `create function refuse_it() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
       create trigger refuse_it before insert on operation for each row when (new.subject_id = '${bad}')
         execute function refuse_it()`,
    );
    const settler = startSettler(world.ctx);
    try {
      await expect.poll(() => settling(good), patience).toHaveLength(1);
      expect(await settling(bad)).toEqual([]);
    } finally {
      await settler.stop();
      await world.owner.query("drop function refuse_it cascade");
    }
  });

  it("is settled although a look before failed with what nobody knows", async () => {
    let looks = 0;
    const now = () => {
      looks += 1;
      if (looks === 1) throw new Error("unheard of");
      return world.clock.now();
    };
    const lines: string[] = [];
    const log = createLog({ write: (line) => lines.push(line) });
    const settler = startSettler({ ...world.ctx, log, clock: { ...world.clock, now } });
    try {
      await expect.poll(() => lines.join(""), patience).toContain("unheard of");
      const { id } = await offered(world, "BANK", ["agreed", "approved", "paid"]);
      await expect.poll(() => settling(id), patience).toHaveLength(1);
    } finally {
      await settler.stop();
    }
  });

  it("goes back with the chain when that has lost its last blocks", async () => {
    const { id, instructionId } = await offered(world, "BANK", ["agreed", "approved", "paid"]);
    const indexer = world.db.pool("genbo_indexer");
    const at = (await world.ledger.block()) + 10;
    await withTransaction(indexer, (tx) =>
      writeSettlementNews(tx, [{ type: "settled", instructionId, leg: null, blockNumber: at }]),
    );
    const before = await read(id);
    expect([before.state, before.legs[1]?.state]).toEqual(["settled", "delivered"]);
    await withTransaction(indexer, (tx) => takeBackSettlements(tx, at - 1));
    const after = await read(id);
    expect([after.state, after.legs[1]?.state]).toEqual(["open", "paid"]);
  });

  it("keeps units held that a split has changed since, when the chain has lost what came after", async () => {
    const { id, issueId, holdId, seller } = await offered(world, "BANK");
    const hold = { ref: holdId, from: seller.account, units: 4n };
    const data = `0x${[0n, 2n, 0n, 1n].map((field) => hex(field, 16)).join("")}`;
    await world.ledger.enter(issueId, "RATIO", { ...hold, data, basis: basisCode("SPLIT") });
    const fork = await world.ledger.block();
    await world.ledger.enter(issueId, "HOLD_ACCEPTED", hold);
    await world.ledger.setTransfer(holdId, "accepted");
    expect((await read(id)).legs[0]?.state).toBe("approved");
    await withTransaction(world.db.pool("genbo_indexer"), (tx) => takeBackSettlements(tx, fork));
    expect((await read(id)).legs[0]?.state).toBe("held");
  });
});
