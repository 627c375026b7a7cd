import { createHash, createHmac } from "node:crypto";
import { orderWallet } from "@genbo/chain/order-wallet";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { dayOf } from "@genbo/domain/jst";
import { encodeRecord } from "@genbo/domain/registry-record";
import { verifyPath } from "@genbo/register/merkle";
import { type GeneralJWS, generalVerify, importJWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { bondTerms, issueDraft } from "./support/samples.ts";
import { closeDay } from "./support/successes-anchors.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const certify = (issueId: string, body: object, secret = world.trustee.secret) =>
  world.ask(secret, "issueCertificate", { params: { id: issueId }, body });
const read = (number: string, secret = world.trustee.secret) =>
  world.ask(secret, "readCertificate", { params: { number }, query: { purpose: "交付" } });
/** As a stranger: no key. */
const verify = async (number: string) =>
  (await world.ask(null, "verifyCertificate", { params: { number } })).body;
const statementOf = (jws: GeneralJWS) => JSON.parse(Buffer.from(String(jws.payload), "base64url").toString());

/** Signature by signature, with the keys that the public page gives. */
async function checkSignatures(number: string, jws: GeneralJWS): Promise<number> {
  const { signers } = await verify(number);
  for (const signature of jws.signatures) {
    const { kid } = JSON.parse(Buffer.from(signature.protected!, "base64url").toString());
    const key = await importJWK(signers.find((signer) => signer.kid === kid)!.jwk, "ES256");
    await generalVerify({ ...jws, signatures: [signature] }, key);
  }
  return jws.signatures.length;
}

describe("a holder's certificate", () => {
  it("says his entries, holding, lots and holds, opens his commitment, and proves his place among all [TA 187]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    await world.ledger.issue(issueId, buyer.account, 7n);
    await world.ledger.issue(issueId, (await world.open(world.other, unused())).account, 9n);
    const hold = { ref: `0x${"c1".repeat(32)}`, from: seller.account, to: buyer.account, units: 3n };
    await world.ledger.hold(issueId, { ...hold, kind: "PLEDGE" });

    const { body } = await certify(issueId, { account: seller.account }, world.broker.secret);
    const jws = (await read(body.number, world.broker.secret)).body.jws as GeneralJWS;
    expect(await checkSignatures(body.number, jws)).toBe(1);
    const payload = Buffer.from(String(jws.payload), "base64url");
    expect(createHash("sha256").update(payload).digest("hex")).toBe(body.sha256);

    const says = statementOf(jws);
    expect(payload.toString()).toBe(canonicalJson(says));
    expect(says).toMatchObject({
      title: "受益権原簿記載事項証明書",
      article: "TA 187(1)",
      articleText: "信託法187条1項",
      number: body.number,
      account: seller.account,
      person: { personId: seller.personId, address: { city: "渋谷区" } },
      asOf: { seq: 6 },
      holding: {
        units: "100",
        encumbered: "3",
        free: "97",
        lots: [{ acquiredOn: "2021-08-02", units: "100" }],
      },
      holds: [{ kind: "PLEDGE", units: "3", target: buyer.account }],
    });
    expect(says.entries.map(({ seq, kind, side }: never) => [seq, kind, side])).toEqual([
      [3, "ISSUE", "TO"],
      [6, "HOLD_CREATED", "FROM"],
    ]);
    expect(payload.toString()).not.toContain(buyer.personId);

    const { commitment, salt, particulars } = says.opening;
    const opened = createHmac("sha256", Buffer.from(salt, "hex")).update(canonicalJson(particulars));
    expect(`0x${opened.digest("hex")}`).toBe(commitment);
    const onChain = await world.owner.query("select particulars from account where address = $1", [
      seller.account,
    ]);
    expect(onChain.rows).toEqual([{ particulars: commitment }]);

    const leaf = {
      account: says.account,
      units: BigInt(says.holding.units),
      encumbered: BigInt(says.holding.encumbered),
      lots: says.holding.lots.map((lot: { acquiredOn: string; units: string }) => ({
        acquiredOn: dayOf(lot.acquiredOn),
        units: BigInt(lot.units),
      })),
    };
    expect(verifyPath(leaf, says.merkle.path, says.merkle.root)).toBe(true);
    expect(verifyPath({ ...leaf, units: 101n }, says.merkle.path, says.merkle.root)).toBe(false);
    const exported = await world.ask(world.auditor.secret, "exportRegister", { params: { id: issueId } });
    expect(exported.text).toContain(`"root":"${says.merkle.root}"`);
  });

  it("cannot be altered: any changed byte breaks every signature [TA 187] [TAR 31]", async () => {
    const { issueId, seller } = await traded(world);
    const { body } = await certify(issueId, { account: seller.account });
    const jws = (await read(body.number)).body.jws as GeneralJWS;
    const forged = { ...statementOf(jws), side: "OWNER" };
    const payload = Buffer.from(canonicalJson(forged)).toString("base64url");
    await expect(checkSignatures(body.number, { ...jws, payload })).rejects.toThrow(
      "signature verification failed",
    );
  });

  it("is superseded by the next entry about it, and by no other's [TA 187]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const { number } = (await certify(issueId, { account: seller.account })).body;
    expect(await verify(number)).toMatchObject({ state: "VALID", seq: 3 });
    await world.ledger.issue(issueId, buyer.account, 5n);
    expect((await verify(number)).state).toBe("VALID");
    await world.ledger.issue(issueId, seller.account, 5n);
    expect((await verify(number)).state).toBe("SUPERSEDED");
    const then = (await certify(issueId, { account: seller.account, asOf: "2021-08-02" })).body;
    expect(statementOf((await read(then.number)).body.jws).holding.units).toBe("105");
    await world.owner.query("update certificate set head = $2 where number = $1", [
      number,
      `0x${"0".repeat(64)}`,
    ]);
    expect((await verify(number)).state).toBe("VOID");
  });

  it("is of a past instant if asked, as it stood then [TA 187]", async () => {
    const issueId = await world.activeIssue();
    const holder = await world.open(world.broker, unused());
    world.ledger.at(new Date("2021-09-01T03:00:00Z"));
    await world.ledger.issue(issueId, holder.account, 10n);
    world.ledger.at(new Date("2021-10-01T03:00:00Z"));
    await world.ledger.issue(issueId, holder.account, 20n);
    const asOf = async (day: string) => {
      const { body } = await certify(issueId, { account: holder.account, asOf: day });
      return statementOf((await read(body.number)).body.jws).holding.units;
    };
    expect([await asOf("2021-09-30"), await asOf("2021-10-01")]).toEqual(["10", "30"]);
    expect((await certify(issueId, { account: holder.account, asOf: "2021-08-31" })).status).toBe(404);
  });

  it("is not given while a break of the issue, or of the registry, holds entries back [TA 187]", async () => {
    const { issueId, seller } = await traded(world);
    for (const held of [issueId, null]) {
      const kind = held === null ? "REGISTRY_GAP" : "GAP";
      const { rows } = await world.owner.query(
        `insert into register_break (id, issue_id, kind, detail, block_number, opened_at)
         values ('brk_' || $1, $2, $1, '{}', 1, now()) returning id`,
        [kind, held],
      );
      const refused = await certify(issueId, { account: seller.account });
      expect([refused.code, refused.problem.retryable]).toEqual(["ISSUE_QUARANTINED", true]);
      await world.owner.query("update register_break set resumed_at = now() where id = $1", [rows[0].id]);
    }
    expect((await certify(issueId, { account: seller.account })).status).toBe(201);
  });

  it("is signed by all trustees where there are several, and by none where one cannot [TA 187(4)]", async () => {
    const name = `共同受託 ${unused()}`;
    const { terms } = issueDraft(world.trustee.partyId) as { terms: object };
    const two = [
      { name: "見本 trustee", address: "東京都" },
      { name, address: "大阪府" },
    ];
    const issueId = await world.activeIssue({ terms: { ...terms, trustees: two } } as never);
    const holder = await world.open(world.broker, unused());
    await world.ledger.issue(issueId, holder.account, 4n);
    const alone = await certify(issueId, { account: holder.account });
    expect([alone.status, alone.code]).toEqual([409, "STATE_CONFLICT"]);
    await world.ask(world.operator, "createParty", { body: { kind: "trustee", name } });
    const { body } = await certify(issueId, { account: holder.account });
    expect(await checkSignatures(body.number, (await read(body.number)).body.jws as GeneralJWS)).toBe(2);
  });
});

describe("a certificate of all that a holder has", () => {
  /** Another account of the same person: a wallet of his own, which no broker keeps. */
  const ownWallet = async ({ account, personId }: { account: string; personId: string }) => {
    const { rows } = await world.owner.query("select particulars from account where address = $1", [account]);
    const who = { personId, classBits: 8, flags: 0, validUntil: 4_102_444_800, country: 392, custodian: 0 };
    const { address: wallet } = orderWallet();
    await world.ledger.record([{ wallet, record: encodeRecord(who), particulars: rows[0].particulars }]);
    return wallet;
  };

  it("is one for all his accounts, opens the commitment of each and proves each among all [TA 187]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const own = await ownWallet(seller);
    await world.ledger.issue(issueId, own, 7n);
    await world.ledger.issue(issueId, buyer.account, 9n);
    const hold = { ref: `0x${"c5".repeat(32)}`, from: seller.account, to: buyer.account, units: 3n };
    await world.ledger.hold(issueId, { ...hold, kind: "PLEDGE" });
    await world.ledger.mark(issueId, { account: own, units: 7n, basis: "TRUST_PROPERTY_MARK" });
    const { personId } = seller;
    const asked = await certify(issueId, { personId, purpose: "提出" }, world.broker.secret);
    expect(asked.body).toMatchObject({ account: null, personId });
    expect([...asked.body.accounts].sort()).toEqual([seller.account, own].sort());
    const jws = (await read(asked.body.number, world.broker.secret)).body.jws as GeneralJWS;
    expect(await checkSignatures(asked.body.number, jws)).toBe(1);
    const says = statementOf(jws);
    expect(says).toMatchObject({ version: 3, article: "TA 187(1), TA 206(3)", person: { personId } });
    const held = says.accounts.map((part: never) => partOf(part, says.accounts[0].merkle.root));
    expect(Object.fromEntries(held)).toEqual({
      [seller.account]: { units: "100", entries: 2, holds: [hold.ref], marks: 0 },
      [own]: { units: "7", entries: 2, holds: [], marks: 1 },
    });
    expect(JSON.stringify(says)).not.toContain(buyer.personId);
  });

  /** What is said of an account, once its commitment is the chain's and its leaf is in the tree. */
  function partOf(
    {
      account,
      opening: { commitment, salt, particulars },
      holding,
      merkle,
      entries,
      holds,
      marks,
    }: {
      account: string;
      opening: { commitment: string; salt: string; particulars: object };
      holding: { units: string; encumbered: string; lots: { acquiredOn: string; units: string }[] };
      merkle: { root: string; path: string[] };
      entries: unknown[];
      holds: { id: string }[];
      marks: unknown[];
    },
    root: string,
  ) {
    const opened = createHmac("sha256", Buffer.from(salt, "hex")).update(canonicalJson(particulars));
    expect(`0x${opened.digest("hex")}`).toBe(commitment);
    const lots = holding.lots.map((lot) => ({
      acquiredOn: dayOf(lot.acquiredOn),
      units: BigInt(lot.units),
    }));
    const leaf = { account, units: BigInt(holding.units), encumbered: BigInt(holding.encumbered), lots };
    expect(verifyPath(leaf, merkle.path as never, root)).toBe(true);
    const { units } = holding;
    return [
      account,
      { units, entries: entries.length, holds: holds.map(({ id }) => id), marks: marks.length },
    ];
  }

  it("is superseded by an entry about any account of his, also one that he had not then [TA 187]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const { number } = (await certify(issueId, { personId: seller.personId })).body;
    const alone = (await certify(issueId, { account: seller.account })).body.number;
    await world.ledger.issue(issueId, buyer.account, 5n);
    expect((await verify(number)).state).toBe("VALID");
    await world.ledger.issue(issueId, await ownWallet(seller), 3n);
    expect([(await verify(number)).state, (await verify(alone)).state]).toEqual(["SUPERSEDED", "VALID"]);
  });

  it("is asked for by his own broker, of a person or of an account", async () => {
    const { issueId, seller } = await traded(world);
    const { personId, account } = seller;
    expect((await certify(issueId, { personId }, world.other.secret)).status).toBe(404);
    expect((await certify(issueId, { personId: `0x${"9".repeat(24)}` })).status).toBe(404);
    const { number } = (await certify(issueId, { personId })).body;
    expect((await read(number, world.other.secret)).status).toBe(404);
    expect((await read(number, world.broker.secret)).status).toBe(200);
    for (const body of [{}, { personId, account }, { personId, side: "PLEDGEE" }]) {
      const { status, code } = await certify(issueId, body);
      expect([status, code]).toEqual([422, "INVALID_FIELD"]);
    }
  });
});

it("a pledgee's certificate says his pledges, and of the pledgor no more [TA 202]", async () => {
  const { issueId, seller, buyer } = await traded(world);
  const none = await certify(issueId, { account: buyer.account, side: "PLEDGEE" });
  expect(none.status).toBe(404);
  const ref = `0x${"c2".repeat(32)}`;
  await world.ledger.hold(issueId, {
    ref,
    from: seller.account,
    to: buyer.account,
    units: 30n,
    kind: "PLEDGE",
  });
  const { body } = await certify(issueId, { account: buyer.account, side: "PLEDGEE" }, world.other.secret);
  const says = statementOf((await read(body.number, world.other.secret)).body.jws);
  expect(says).toMatchObject({
    article: "TA 202(1)",
    person: { personId: buyer.personId },
    pledges: [{ id: ref, account: seller.account, units: "30", fromSeq: 4 }],
    entries: [{ kind: "HOLD_CREATED", side: "TO", basisArticle: "TA 201(1)" }],
  });
  expect(JSON.stringify(says)).not.toContain(seller.personId);
  expect(says).not.toHaveProperty("holding");
  expect([says.title, says.articleText]).toEqual([
    "登録受益権質権者についての受益権原簿記載事項証明書",
    "信託法202条1項",
  ]);
  expect((await verify(body.number)).state).toBe("VALID");
});

it("a certificate names the root on chain for a state in which a day closed, and none for another [TA 187]", async () => {
  const { issueId, seller, buyer } = await traded(world);
  const anchoredIn = async (body: object) => {
    const { number } = (await certify(issueId, { account: seller.account, ...body })).body;
    const says = statementOf((await read(number)).body.jws);
    return [says.anchored, says.merkle.root];
  };
  const [open, root] = await anchoredIn({});
  expect(open).toBeNull();
  await closeDay(world, issueId, root);
  const [anchored] = await anchoredIn({});
  expect(anchored).toMatchObject({ root, anchor: { supersedes: null } });
  await world.ledger.issue(issueId, buyer.account, 5n);
  expect((await anchoredIn({}))[0]).toBeNull();
});

it("a pledgee of bonds has a certificate of the pledge, signed by the issuer [CA 695]", async () => {
  const issueId = await world.activeIssue({ profile: "BOND", terms: bondTerms } as never);
  const [pledgor, pledgee] = [
    await world.open(world.broker, unused()),
    await world.open(world.other, unused()),
  ];
  await world.ledger.issue(issueId, pledgor.account, 4n);
  const pledge = { ref: `0x${"c3".repeat(32)}`, from: pledgor.account, to: pledgee.account, units: 3n };
  await world.ledger.hold(issueId, { ...pledge, kind: "PLEDGE" });
  const { body } = await certify(issueId, { account: pledgee.account, side: "PLEDGEE" });
  const says = statementOf((await read(body.number)).body.jws);
  expect(says).toMatchObject({ article: "CA 695(1)", person: { personId: pledgee.personId } });
  expect(says.entries).toMatchObject([{ basisArticle: "CA 694(1)" }]);
  expect((await verify(body.number)).signers.map(({ name }) => name)).toEqual(["見本 issuer"]);
});

it("a bond's certificate is signed by its issuer [CA 682]", async () => {
  const issueId = await world.activeIssue({ profile: "BOND", terms: bondTerms } as never);
  const holder = await world.open(world.broker, unused());
  await world.ledger.issue(issueId, holder.account, 4n);
  const { body } = await certify(issueId, { account: holder.account });
  expect(statementOf((await read(body.number)).body.jws).article).toBe("CA 682(1)");
  expect((await verify(body.number)).signers.map(({ name }) => name)).toEqual(["見本 issuer"]);
});

describe("who gets what", () => {
  it("a broker asks for its own customer; another's holder is the same 404 as nobody [TA 187]", async () => {
    const { issueId, seller } = await traded(world);
    const bare = (text: string) => text.replace(/"requestId":"[^"]*"/, "");
    const theirs = await certify(issueId, { account: seller.account }, world.other.secret);
    const nobody = await certify(issueId, { account: `0x${"99".repeat(20)}` }, world.other.secret);
    expect([theirs.status, bare(theirs.text)]).toEqual([404, bare(nobody.text)]);
    const refused = await world.owner.query(
      "select outcome, detail from audit_row where target = $1 and action = 'issueCertificate'",
      [issueId],
    );
    expect(refused.rows).toEqual(Array(2).fill({ outcome: "refused", detail: { code: "NOT_FOUND" } }));
    const { body } = await certify(issueId, { account: seller.account });
    expect((await read(body.number, world.other.secret)).status).toBe(404);
    expect((await read(body.number, world.broker.secret)).status).toBe(200);
    const stranger = await world.admit("trustee", unused());
    expect((await read(body.number, stranger.secret)).status).toBe(404);
    const { rows } = await world.owner.query(
      "select action, outcome from audit_row where target = $1 order by id",
      [body.number],
    );
    expect(rows).toEqual([
      { action: "issueCertificate", outcome: "done" },
      { action: "readCertificate", outcome: "refused" },
      { action: "readCertificate", outcome: "read" },
      { action: "readCertificate", outcome: "refused" },
    ]);
  });

  it("the public page and the stored rows hold no personal data, and erasure takes the text [APPI 22]", async () => {
    const { issueId, seller } = await traded(world);
    const { number } = (await certify(issueId, { account: seller.account })).body;
    expect(JSON.stringify(await verify(number))).not.toMatch(/見本 太郎|渋谷区|0x[0-9a-f]{24}"/);
    const stored = await world.owner.query("select row_to_json(c)::text as row from certificate c");
    expect(stored.rows.map(({ row }) => row).join()).not.toMatch(/見本 太郎|渋谷区/);
    const answers = await world.owner.query(
      "select body::text from idempotency where route = 'issueCertificate'",
    );
    expect(answers.rows.map(({ body }) => body).join()).not.toMatch(/見本 太郎|渋谷区/);
    await world.owner.query("update vault_subject set wrapped_key = null where person_id = $1", [
      seller.personId,
    ]);
    expect((await read(number)).status).toBe(404);
    expect((await verify(number)).state).toBe("VALID");
    expect((await certify(issueId, { account: seller.account })).code).toBe("STATE_CONFLICT");
  });

  it("the same request gives the same certificate", async () => {
    const { issueId, seller } = await traded(world);
    const question = { params: { id: issueId }, body: { account: seller.account }, key: unused() };
    const answers = [1, 2].map(() => world.ask(world.trustee.secret, "issueCertificate", question));
    const [first, second] = await Promise.all(answers);
    const repeat = await world.ask(world.trustee.secret, "issueCertificate", question);
    const numbers = [first!, second!].filter(({ status }) => status === 201).map(({ body }) => body.number);
    expect(new Set([...numbers, repeat.body.number]).size).toBe(1);
  });
});
