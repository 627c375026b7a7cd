import { dayOf } from "@genbo/domain/jst";
import { type ExportLine, parseLine } from "@genbo/register/export";
import { leafOf, verifyPath } from "@genbo/register/merkle";
import { beforeAll, describe, expect, it } from "vitest";
import { issueDraft } from "./support/samples.ts";
import { closeDay } from "./support/successes-anchors.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const linesOf = (text: string): ExportLine[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => parseLine(Buffer.from(line))!);

describe("a proof", () => {
  const inWords = (holding: {
    account: string;
    units: string;
    encumbered: string;
    lots: { acquiredOn: string; units: string }[];
  }) => ({
    account: holding.account,
    units: BigInt(holding.units),
    encumbered: BigInt(holding.encumbered),
    lots: holding.lots.map(({ acquiredOn, units }) => ({
      acquiredOn: dayOf(acquiredOn),
      units: BigInt(units),
    })),
  });

  it("of each holder leads to the root that everybody gets; an altered holding's does not", async () => {
    const issueId = await world.activeIssue();
    const holders = [];
    for (let n = 1; n <= 7; n += 1) {
      const holder = await world.open(n % 2 === 0 ? world.broker : world.other, unused());
      await world.ledger.issue(issueId, holder.account, BigInt(n));
      holders.push(holder);
    }
    const params = { id: issueId };
    const { body } = await world.ask(world.auditor.secret, "proveRegister", { params });
    expect(body).toMatchObject({ asOf: { seq: 9 }, totals: { units: "28", holders: 7 } });
    for (const { account } of holders) {
      const proof = await world.ask(world.auditor.secret, "proveHolding", { params: { ...params, account } });
      expect(proof.body).toMatchObject({ root: body.root, head: body.head });
      const holding = inWords(proof.body.holding);
      expect(proof.body.leaf).toBe(leafOf(holding));
      expect(verifyPath(holding, proof.body.path, body.root)).toBe(true);
      expect(verifyPath({ ...holding, units: holding.units + 1n }, proof.body.path, body.root)).toBe(false);
    }
    const { text } = await world.ask(world.auditor.secret, "exportRegister", { params });
    expect(linesOf(text).at(-1)).toMatchObject({ type: "end", root: body.root });
  });

  it("of a past block stays the same, and none is made of a block that is not there", async () => {
    const { issueId, seller, buyer } = await traded(world);
    const ask = (query: object) =>
      world.ask(world.trustee.secret, "proveRegister", { params: { id: issueId }, query: { ...query } });
    const { block } = (await ask({})).body.asOf;
    const then = await ask({ block });
    await world.ledger.issue(issueId, buyer.account, 4n);
    expect((await ask({ block })).body).toEqual(then.body);
    expect((await ask({})).body.root).not.toBe(then.body.root);
    expect((await ask({ block: 9_000_000 })).code).toBe("REGISTER_BEHIND");
    const params = { id: issueId, account: buyer.account };
    const asked = await world.ask(world.trustee.secret, "proveHolding", {
      params,
      query: { block } as never,
    });
    expect(asked.code).toBe("NOT_FOUND");
    expect(seller.account).not.toBe(buyer.account);
  });

  it("of a state in which a day closed names the root that the chain holds, and no other", async () => {
    const { issueId, buyer } = await traded(world);
    const params = { id: issueId };
    const prove = (query = {}) => world.ask(world.auditor.secret, "proveRegister", { params, query });
    const before = (await prove()).body;
    expect(before.anchored).toBeNull();
    await closeDay(world, issueId, before.root);
    const { body } = await prove();
    expect(body.anchored).toMatchObject({
      kind: "DAY_CLOSE",
      version: 1,
      seq: 3,
      head: body.head,
      root: body.root,
    });
    expect(body.anchored?.anchor).toMatchObject({ supersedes: null, block: body.asOf.block });
    const { items } = (await world.ask(world.issuer.secret, "listAnchors", { params })).body;
    expect(items).toEqual([body.anchored]);
    await world.ledger.issue(issueId, buyer.account, 4n);
    expect((await prove()).body.anchored).toBeNull();
    expect((await prove({ block: body.asOf.block })).body.anchored).toEqual(body.anchored);

    await closeDay(world, (await traded(world)).issueId, `0x${"ab".repeat(32)}`);
    const other = (
      await world.ask(world.auditor.secret, "listIssues", { query: { state: "active", limit: 100 } })
    ).body;
    const strange = await world.ask(world.auditor.secret, "proveRegister", {
      params: { id: other.items.at(-1)!.id },
    });
    expect(strange.body.anchored, "a root that the holdings do not lead to proves nothing").toBeNull();
  });

  it("is of its own customers for a broker, without the sums of others", async () => {
    const { issueId: id, seller, buyer } = await traded(world);
    await world.ledger.issue(id, buyer.account, 4n);
    const prove = (account: string) =>
      world.ask(world.broker.secret, "proveHolding", { params: { id, account } });
    expect((await prove(seller.account)).body).toMatchObject({ holding: { units: "100" }, totals: null });
    expect((await prove(buyer.account)).code).toBe("NOT_FOUND");
    expect((await prove(`0x${"9".repeat(40)}`)).code).toBe("NOT_FOUND");
  });
});

describe("an export", () => {
  it("has all that its reader needs to come to the same sums, and no personal data", async () => {
    const { issueId } = await traded(world);
    const { text, headers } = await world.ask(world.auditor.secret, "exportRegister", {
      params: { id: issueId },
    });
    expect(headers["content-type"]).toBe("application/x-ndjson");
    expect(headers["content-disposition"]).toContain(`${issueId}-3.jsonl`);
    const lines = linesOf(text);
    expect(lines).not.toContain(undefined);
    // The ledger of these tests keeps no heads of the registry.
    const types = lines.map(({ type }) => type).filter((type) => type !== "record");
    expect(types).toEqual(["header", "entry", "entry", "entry", "end"]);
    expect(lines[0]).toMatchObject({ issue: issueId, entries: 3, units: 100n, holders: 1 });
    expect(text).not.toMatch(/見本|ミホン|Mihon|渋谷区/);
    const { rows } = await world.owner.query("select target, outcome from audit_row where request_id = $1", [
      headers["x-request-id"],
    ]);
    expect(rows).toEqual([{ target: issueId, outcome: "read" }]);
  });

  it("of a past day is the same, whatever has entered since", async () => {
    const issueId = await world.activeIssue();
    const holder = await world.open(world.broker, unused());
    world.ledger.at(new Date("2021-09-01T03:00:00Z"));
    await world.ledger.issue(issueId, holder.account, 10n);
    const read = async () => {
      const query = { asOf: "2021-09-01" };
      return (await world.ask(world.trustee.secret, "exportRegister", { params: { id: issueId }, query }))
        .text;
    };
    world.ledger.at(new Date("2021-10-01T03:00:00Z"));
    await world.ledger.block();
    const then = await read();
    await world.ledger.issue(issueId, (await world.open(world.broker, unused())).account, 5n);
    expect(await read()).toBe(then);
    expect(linesOf(then)[0]).toMatchObject({ entries: 3, units: 10n });
  });

  it("is of the trustee's own issue, and of one that has a token", async () => {
    const { issueId: id } = await traded(world);
    const stranger = await world.admit("trustee", "staff:another-trustee");
    expect((await world.ask(stranger.secret, "exportRegister", { params: { id } })).code).toBe("NOT_FOUND");
    const question = { body: issueDraft(world.trustee.partyId) };
    const { body } = await world.ask(world.issuer.secret, "draftIssue", question);
    const draft = await world.ask(world.trustee.secret, "exportRegister", { params: { id: body.id } });
    expect(draft.code).toBe("ISSUE_NOT_ACTIVE");
  });
});
