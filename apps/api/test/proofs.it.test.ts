import { type ExportLine, parseLine } from "@genbo/register/export";
import { beforeAll, describe, expect, it } from "vitest";
import { issueDraft } from "./support/samples.ts";
import { traded, unused } from "./support/successes.ts";
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
