import { createHash } from "node:crypto";
import type { WireRequest } from "@genbo/api-schema/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { bondTerms, issueDraft } from "./support/samples.ts";
import { inspectionAsked } from "./support/successes-legal.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

type NewInspection = NonNullable<WireRequest<"requestInspection">["body"]>;

let world: World;
/** Staff of the trustee who take requests in; `world.trustee` decides. */
let counter: string;
beforeAll(async () => {
  world = await createWorld();
  counter = await world.keyFor(world.trustee.partyId, "staff:counter");
});

const requestOf = (more: Partial<NewInspection> = {}) => ({ ...inspectionAsked, ...more }) as NewInspection;
const take = (issueId: string, body: NewInspection) =>
  world.ask(counter, "requestInspection", { params: { id: issueId }, body });
const grant = (id: string, body = {}) =>
  world.ask(world.trustee.secret, "grantInspection", { params: { id }, body });
const refuse = (id: string, ground: string) =>
  world.ask(world.trustee.secret, "refuseInspection", {
    params: { id },
    body: { ground, explanation: "事実" },
  });
const show = (id: string, query = {}) => world.ask(counter, "showRegister", { params: { id }, query });
const read = async (id: string, secret = world.trustee.secret) =>
  (await world.ask(secret, "getInspection", { params: { id } })).body;
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const bond = () => world.activeIssue({ profile: "BOND", terms: bondTerms } as never);

describe("a request to inspect a trust's register", () => {
  it("states a reason, is granted by a second person, and what is shown is kept by its hash [TA 190(2)]", async () => {
    const { issueId, seller, buyer } = await traded(world);
    await world.ledger.issue(issueId, buyer.account, 7n);
    const pledge = { ref: `0x${"6b".repeat(32)}`, from: seller.account, to: buyer.account, units: 3n };
    await world.ledger.hold(issueId, { ...pledge, kind: "PLEDGE" });
    const taken = await take(
      issueId,
      requestOf({
        capacity: "BENEFICIARY",
        requester: { ...inspectionAsked.requester, personId: seller.personId },
      }),
    );
    const { id } = taken.body;
    expect(taken.body).toMatchObject({ state: "open", capacityArticle: "TA 190(2)", checker: null });
    expect((await show(id)).code).toBe("STATE_CONFLICT");
    const own = await world.ask(counter, "grantInspection", { params: { id }, body: {} });
    expect(own.code).toBe("MAKER_IS_CHECKER");
    expect((await grant(id)).body.state).toBe("granted");

    const [first, later] = [await show(id, { limit: 1 }), await show(id, { limit: 1 })];
    expect(later.text).toBe(first.text);
    const [head, holder, end] = linesOf(first.text);
    expect(head).toMatchObject({ type: "register", profile: "TRUST_BENEFICIAL", seq: 5 });
    const content = head.items.find(({ key }: { key: string }) => key === "content");
    expect(content.value).toContain("収益の分配");
    const rest = linesOf((await show(id, { limit: 10, cursor: end.next })).text);
    const holders = [holder, ...rest.slice(1, -1)];
    const ofSeller = holders.find(({ account }) => account === seller.account);
    expect(ofSeller).toMatchObject({ units: "100", lots: [{ acquiredOn: "2021-08-02", units: "100" }] });
    expect(ofSeller.name.kanji).toContain("見本 太郎");
    expect(ofSeller).not.toHaveProperty("bornOn");
    expect(ofSeller.pledges).toMatchObject([{ units: "3", address: { city: "渋谷区" } }]);
    expect(holders).toHaveLength(2);

    const { displays, shown, requester } = await read(id);
    expect(displays).toHaveLength(3);
    expect(displays[0]).toMatchObject({
      sha256: createHash("sha256").update(first.text).digest("hex"),
      bytes: Buffer.byteLength(first.text),
      rows: 1,
      shownBy: "staff:counter",
    });
    expect(shown).toMatchObject({ seq: 5 });
    expect(requester).toEqual(inspectionAsked.requester);
  });

  it("shows the state that was granted for ever, whatever enters or changes later [TA 190]", async () => {
    const { issueId, seller } = await traded(world);
    const { id } = (await take(issueId, requestOf())).body;
    await grant(id);
    const before = (await show(id)).text;
    await world.ledger.issue(issueId, seller.account, 50n);
    const address = {
      postalCode: "100-0001",
      prefecture: "東京都",
      city: "千代田区",
      street: "1",
      country: "JP",
    };
    const name = { kanji: "改名 太郎", kana: "カイメイ", romaji: "Kaimei" };
    const { body } = await world.ask(world.broker.secret, "changeParticulars", {
      params: { id: seller.investorId },
      body: {
        effectiveOn: "2021-08-02",
        evidenceRef: "doc-1",
        particulars: { kind: "individual", name, address, bornOn: null },
      },
    });
    const commands = await world.owner.query("select args from command where operation_id = $1", [
      body.operationId,
    ]);
    await world.ledger.record(commands.rows.map(({ args }) => args));
    expect((await show(id)).text).toBe(before);
    const second = (await take(issueId, requestOf())).body.id;
    await grant(second);
    expect((await show(second)).text).toContain("改名 太郎");
  });

  it("is refused on the five grounds and on no other [TA 190(3)]", async () => {
    const { issueId } = await traded(world);
    const grounds = ["OTHER_PURPOSE", "UNSUITABLE_TIME", "HARMFUL_PURPOSE", "SALE_OF_FACTS"];
    for (const [index, ground] of grounds.entries()) {
      const { id } = (await take(issueId, requestOf())).body;
      expect((await refuse(id, ground)).body.groundArticle).toBe(
        `TA 190(3)(${["i", "ii", "iii", "iv"][index]})`,
      );
      expect(await read(id)).toMatchObject({ state: "refused", ground, explanation: "事実" });
      expect((await refuse(id, ground)).code).toBe("STATE_CONFLICT");
    }
    const { id } = (await take(issueId, requestOf())).body;
    expect((await refuse(id, "TOO_MUCH_WORK")).code).toBe("INVALID_FIELD");
    expect((await refuse(id, "SOLD_FACTS_BEFORE")).code).toBe("NO_LAWFUL_GROUND");
    expect((await read(id)).state).toBe("open");
  });

  it("without a reason, in a capacity that is none, or of a holder who is none, is not taken in [TA 190(2)]", async () => {
    const { issueId, buyer } = await traded(world);
    const pointers = async (body: object) => {
      const answer = await take(issueId, requestOf(body as never));
      expect(answer.status).toBe(422);
      return answer.problem.errors?.map(({ pointer }) => pointer);
    };
    expect(await pointers({ reason: undefined })).toEqual(["/reason"]);
    expect(await pointers({ capacity: "CREDITOR" })).toEqual(["/capacity"]);
    expect(await pointers({ capacity: "BENEFICIARY" })).toEqual(["/requester/personId"]);
    const requester = { ...inspectionAsked.requester, personId: buyer.personId };
    expect(await pointers({ capacity: "BENEFICIARY", requester })).toEqual(["/requester/personId"]);
    const rows = await world.owner.query("select 1 from inspection where issue_id = $1", [issueId]);
    expect(rows.rowCount).toBe(0);
    const audited = await world.owner.query(
      "select outcome, detail from audit_row where target = $1 and action = 'requestInspection'",
      [issueId],
    );
    expect(audited.rows).toEqual(Array(4).fill({ outcome: "refused", detail: { code: "INVALID_FIELD" } }));
  });
});

describe("a request to inspect a bond register", () => {
  it("is refused on three grounds: neither an unsuitable time nor a harmful purpose is one [CA 684(3)]", async () => {
    const issueId = await bond();
    const asked = requestOf({ capacity: "CREDITOR" });
    const { id, capacityArticle } = (await take(issueId, asked)).body;
    expect(capacityArticle).toBe("CA 684(2), CAR 167");
    for (const ground of ["UNSUITABLE_TIME", "HARMFUL_PURPOSE", "SOLD_FACTS_BEFORE"])
      expect((await refuse(id, ground)).code).toBe("NO_LAWFUL_GROUND");
    expect((await refuse(id, "SALE_OF_FACTS")).body.groundArticle).toBe("CA 684(3)(ii)");
  });

  it("of a member of the parent company needs the court's permission [CA 684(4)]", async () => {
    const issueId = await bond();
    const without = await take(issueId, requestOf({ capacity: "PARENT_MEMBER" }));
    expect(without.problem.pointer).toBe("/documents");
    const documents = [{ name: "許可決定.pdf", sha256: "c".repeat(64) }];
    expect((await take(issueId, requestOf({ capacity: "PARENT_MEMBER", documents }))).status).toBe(201);
  });
});

describe("who sees what", () => {
  it("the requester's name stands sealed; an auditor reads the case without it, another trustee nothing", async () => {
    const { issueId } = await traded(world);
    const requester = { name: `秘匿 ${unused()}`, address: "京都府" };
    const { id } = (await take(issueId, requestOf({ requester }))).body;
    const { rows } = await world.owner.query("select row_to_json(i)::text as row from inspection i");
    expect(rows.map(({ row }) => row).join()).not.toContain("秘匿");
    expect((await read(id, world.auditor.secret)).requester).toBeNull();
    expect((await read(id, world.compliance.secret)).requester).toEqual(requester);
    const stranger = await world.admit("trustee", unused());
    const hidden = await world.ask(stranger.secret, "getInspection", { params: { id } });
    expect([hidden.status, hidden.code]).toEqual([404, "NOT_FOUND"]);
    const audited = await world.owner.query(
      "select action, outcome from audit_row where target = $1 order by id",
      [id],
    );
    expect(audited.rows).toEqual([
      { action: "requestInspection", outcome: "done" },
      { action: "getInspection", outcome: "read" },
      { action: "getInspection", outcome: "refused" },
    ]);
  });

  it("nothing is asked of an issue that has no register yet", async () => {
    const { body } = await world.ask(world.issuer.secret, "draftIssue", {
      body: issueDraft(world.trustee.partyId),
    });
    expect((await take(body.id, requestOf())).code).toBe("ISSUE_NOT_ACTIVE");
  });
});

// Moves the clock, so it comes last.
describe("the fifth ground", () => {
  const evidence = { name: "報告書.pdf", sha256: "b".repeat(64) };
  const disclose = (id: string, disclosedOn: string) =>
    world.ask(counter, "recordDisclosure", { params: { id }, body: { disclosedOn, evidence } });

  it("remembers for two years whoever sold what it was shown, under any spelling [TA 190(3)]", async () => {
    const { issueId } = await traded(world);
    const seller = { name: "情報 販売", address: "大阪府大阪市1-2" };
    const { id } = (await take(issueId, requestOf({ requester: seller }))).body;
    expect((await disclose(id, "2021-08-02")).code).toBe("STATE_CONFLICT");
    await grant(id);
    expect((await disclose(id, "2021-08-01")).code).toBe("INVALID_FIELD");
    expect((await disclose(id, "2021-08-03")).code).toBe("INVALID_FIELD");
    expect((await disclose(id, "2021-08-02")).status).toBe(201);

    const again = { name: "情報販売", address: "大阪府大阪市１－２" };
    const elsewhere = (await traded(world)).issueId;
    const other = (await take(elsewhere, requestOf({ requester: { name: "別 人", address: "大阪府" } }))).body
      .id;
    expect((await refuse(other, "SOLD_FACTS_BEFORE")).code).toBe("NO_LAWFUL_GROUND");
    world.clock.set(new Date("2023-08-02T00:00:00Z"));
    const within = (await take(elsewhere, requestOf({ requester: again }))).body.id;
    world.clock.set(new Date("2023-08-02T15:00:00Z"));
    const after = (await take(elsewhere, requestOf({ requester: again }))).body.id;
    expect((await read(within)).remembered).toEqual([{ inspectionId: id, disclosedOn: "2021-08-02" }]);
    expect((await refuse(within, "SOLD_FACTS_BEFORE")).body.groundArticle).toBe("TA 190(3)(v)");
    expect((await refuse(after, "SOLD_FACTS_BEFORE")).code).toBe("NO_LAWFUL_GROUND");
  });
});
