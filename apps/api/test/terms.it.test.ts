import { createHash } from "node:crypto";
import { canonicalJson } from "@genbo/domain/canonical-json";
import type { GeneralJWS } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { bondTerms, issueDraft } from "./support/samples.ts";
import { unused } from "./support/trades.ts";
import { createWorld, type Holder, type World } from "./support/world.ts";

let world: World;
let issueId: string;
let holder: Holder;
const drafted = (issueDraft("") as { terms: Record<string, unknown> }).terms;
const manager = { name: "原簿管理人 株式会社", address: "東京都中央区" };
const deed = "cd".repeat(32);

const propose = (body: object, id = issueId) =>
  world.ask(world.issuer.secret, "proposeChange", {
    params: { id },
    body: { kind: "TERMS", reason: "信託変更", sha256: deed, ...body },
  });
const approve = (id: string) =>
  world.ask(world.trustee.secret, "approveChange", { params: { id }, body: {} });

/** Proposes, approves, and enters what the trustee asks the chain for. @returns the entry's hash */
async function changed(body: object): Promise<string> {
  const proposed = (await propose(body)).body as unknown as { id: string; ref: string };
  const { body: approved } = await approve(proposed.id);
  const { rows } = await world.owner.query("select call, ref, args from command where operation_id = $1", [
    approved.operationId,
  ]);
  expect(rows).toMatchObject([{ call: "changeTerms", ref: proposed.ref }]);
  await world.ledger.enter(issueId, "TERMS", { basis: 20, ref: proposed.ref, data: rows[0].args.termsHash });
  return rows[0].args.termsHash;
}

const print = async (query: object = {}) =>
  (
    await world.ask(world.trustee.secret, "printRegister", {
      params: { id: issueId },
      query: { purpose: "点検", ...query },
    })
  ).body;
const itemsOf = ({ items }: { items: readonly { key: string; value?: unknown; place: string }[] }) =>
  Object.fromEntries(items.filter(({ place }) => place === "terms").map(({ key, value }) => [key, value]));
const entryOf = async (query: object) => (await print(query)).termsEntry;

beforeAll(async () => {
  world = await createWorld();
  issueId = await world.activeIssue();
  holder = await world.open(world.broker, unused());
  world.ledger.at(new Date("2021-09-01T03:00:00Z"));
  await world.ledger.issue(issueId, holder.account, 10n); // entry 3
});

describe("the statutory items of a past day are those that stood then", () => {
  let changedHash: string;
  const next = { ...drafted, registerManager: manager };
  beforeAll(async () => {
    world.clock.set(new Date("2021-10-01T03:00:00Z"));
    world.ledger.at(new Date("2021-10-01T03:00:00Z"));
    changedHash = await changed({ terms: next }); // entry 4
    world.ledger.at(new Date("2021-10-02T03:00:00Z"));
    await world.ledger.issue(issueId, holder.account, 5n); // entry 5
    world.clock.set(new Date("2021-11-01T03:00:00Z"));
  });

  it("in the printed register, before and after the entry that changed them [TA 186(i)] [TAR 19(vi)]", async () => {
    const before = await print({ asOf: "2021-09-30" });
    expect([itemsOf(before), before.termsEntry]).toEqual([drafted, 2]);
    const after = await print({ asOf: "2021-10-01" });
    expect([itemsOf(after), after.termsEntry, after.termsHash]).toEqual([next, 4, changedHash]);
    expect(itemsOf(await print())).toEqual(next);
    // What is known now of the day before is what stood then: nobody found the old items wrong.
    expect(itemsOf(await print({ asOf: "2021-09-30", knownAt: "latest" }))).toEqual(drafted);
  });

  it("in a certificate and in what an inspection shows [TA 187] [TA 190(2)]", async () => {
    const certified = async (asOf: string) => {
      const question = { params: { id: issueId }, body: { account: holder.account, asOf } };
      const { number } = (await world.ask(world.broker.secret, "issueCertificate", question)).body;
      const read = await world.ask(world.broker.secret, "readCertificate", { params: { number } });
      const says = JSON.parse(Buffer.from((read.body.jws as GeneralJWS).payload, "base64url").toString());
      return [itemsOf(says), says.termsEntry];
    };
    expect(await certified("2021-09-30")).toEqual([drafted, 2]);
    expect(await certified("2021-10-01")).toEqual([next, 4]);

    const counter = await world.keyFor(world.trustee.partyId, "staff:counter");
    const asked = {
      requester: { personId: holder.personId, name: "見本 太郎", address: "東京都" },
      capacity: "BENEFICIARY",
      reason: "権利の確保",
    };
    const shown = async (asOf: string) => {
      const question = { params: { id: issueId }, body: asked };
      const { id } = (await world.ask(counter, "requestInspection", question as never)).body;
      await world.ask(world.trustee.secret, "grantInspection", { params: { id }, body: { asOf } });
      const { text } = await world.ask(counter, "showRegister", { params: { id } });
      const header = JSON.parse(text.split("\n")[0]!);
      return [itemsOf(header), header.termsEntry];
    };
    expect(await shown("2021-09-30")).toEqual([drafted, 2]);
    expect(await shown("2021-10-01")).toEqual([next, 4]);
  });

  it("a certificate is superseded by the entry that changes what it says of them [TA 187]", async () => {
    const question = { params: { id: issueId }, body: { account: holder.account } };
    const { number } = (await world.ask(world.broker.secret, "issueCertificate", question)).body;
    const state = async () => (await world.ask(null, "verifyCertificate", { params: { number } })).body.state;
    expect(await state()).toBe("VALID");
    world.ledger.at(new Date("2021-11-01T04:00:00Z"));
    await changed({ terms: { ...next, otherTerms: "信託契約変更契約書(2021年11月1日)による" } }); // entry 6
    expect(await state()).toBe("SUPERSEDED");
  });

  it("the hash on chain is of the deed and of the items, so that neither can be put in another's place", async () => {
    const hash = createHash("sha256")
      .update(canonicalJson({ deed, terms: next }))
      .digest("hex");
    expect(changedHash).toBe(`0x${hash}`);
    const { body } = await world.ask(world.issuer.secret, "getIssue", { params: { id: issueId } });
    expect(body.terms).toMatchObject({
      registerManager: manager,
      otherTerms: expect.stringContaining("11月1日"),
    });
  });

  it("items that were wrong from their entry on are corrected by one that names it: what stood, and what is known of it now", async () => {
    const right = { ...drafted, settlor: { name: "正しい委託者", address: "大阪府" } };
    world.ledger.at(new Date("2021-12-01T03:00:00Z"));
    world.clock.set(new Date("2021-12-01T03:00:00Z"));
    await changed({ terms: right, corrects: 2 }); // entry 7
    world.clock.set(new Date("2021-12-02T03:00:00Z"));
    expect(await entryOf({ asOf: "2021-09-30" })).toBe(2);
    expect(await entryOf({ asOf: "2021-09-30", knownAt: "2021-11-30" })).toBe(2);
    const known = await print({ asOf: "2021-09-30", knownAt: "latest" });
    expect([itemsOf(known), known.termsEntry]).toEqual([right, 7]);
    // It says nothing of what the later changes put.
    expect(await entryOf({})).toBe(6);
    expect((await propose({ terms: right, corrects: 2 })).problem.pointer).toBe("/corrects");
    expect((await propose({ terms: right, corrects: 3 })).problem.pointer).toBe("/corrects");
    const again = { ...right, supervisor: { name: "監督人", address: "京都府" } };
    await changed({ terms: again, corrects: 7 }); // entry 8
    expect(await entryOf({ asOf: "2021-09-30", knownAt: "latest" })).toBe(8);
    expect(await entryOf({ asOf: "2021-09-30", knownAt: "entry:7" })).toBe(7);
  });

  it("two corrections of one entry cannot both be approved", async () => {
    const body = { terms: drafted, corrects: 4 };
    const [one, two] = [await propose(body), await propose(body)].map(
      ({ body }) => body as unknown as { id: string; ref: string },
    );
    const { body: approved } = await approve(one!.id);
    const { rows } = await world.owner.query("select args from command where operation_id = $1", [
      approved.operationId,
    ]);
    await world.ledger.enter(issueId, "TERMS", { basis: 20, ref: one!.ref, data: rows[0].args.termsHash });
    const second = await approve(two!.id);
    expect([second.code, second.problem.pointer]).toEqual(["INVALID_FIELD", "/corrects"]);
  });
});

describe("items that do not fit", () => {
  it.each([
    [{ terms: { ...drafted, content: "" } }, "/terms/content"],
    [{ terms: { ...drafted, rate: "0.3%" } }, "/terms/rate"],
    [{ terms: bondTerms }, "/terms/content"],
    [{ corrects: 2 }, "/terms"],
  ])("are refused with the field", async (body, pointer) => {
    const answer = await propose(body);
    expect([answer.code, answer.problem.pointer]).toEqual(["INVALID_FIELD", pointer]);
  });

  it("those of a bond are a bond's [CA 681]", async () => {
    const bond = await world.activeIssue({ profile: "BOND", terms: bondTerms } as never);
    expect((await propose({ terms: { ...bondTerms, interestRate: "年0.40%" } }, bond)).status).toBe(201);
    expect((await propose({ terms: drafted }, bond)).code).toBe("INVALID_FIELD");
  });
});
