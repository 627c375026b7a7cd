import type { WireRequest } from "@genbo/api-schema/wire";
import { refOf } from "@genbo/domain/ids";
import { beforeAll, describe, expect, it } from "vitest";
import { unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

type NewCase = NonNullable<WireRequest<"fileCase">["body"]>;

let world: World;
let filer: string;
beforeAll(async () => {
  world = await createWorld();
  filer = await world.keyFor(world.trustee.partyId, "staff:trustee-files");
});

const papers = (...kinds: NewCase["documents"][number]["kind"][]): NewCase["documents"] =>
  kinds.map((kind) => ({ kind, name: `${kind}.pdf`, sha256: "a".repeat(64) }));
const open = async () => (await world.open(world.broker, unused())).account;

/** An issue of which one who has died has 7 units, with a bank and two heirs. */
async function estate() {
  const issueId = await world.activeIssue();
  const [deceased, erin, fred, bank] = [await open(), await open(), await open(), await open()];
  await world.ledger.issue(issueId, deceased, 7n);
  const hold = async (kind: "PLEDGE" | "ATTACHMENT" | "REQUEST", units: bigint, to = bank) => {
    const ref = refOf(unused());
    await world.ledger.hold(issueId, { ref, from: deceased, to, units, kind });
    return ref;
  };
  const facts = {
    account: deceased,
    diedOn: "2021-08-01",
    heirs: [
      { account: erin, units: "4" },
      { account: fred, units: "3" },
    ],
  };
  /** The heirs with the holds that their division gives each of them. */
  const agreed = (...holds: { holdId: string; units: string }[][]) => ({
    ...facts,
    heirs: facts.heirs.map((heir, row) => ({ ...heir, holds: holds[row] })),
  });
  const ask = (body: NewCase) => world.ask(filer, "fileCase", { params: { id: issueId }, body });
  const documents = papers("FAMILY_REGISTER", "DIVISION_AGREEMENT");
  return {
    issueId,
    deceased,
    erin,
    fred,
    bank,
    hold,
    ask,
    file: (of: { holds?: { holdId: string; units: string }[][]; documents?: typeof documents } = {}) =>
      ask({
        kind: "SUCCESSION",
        facts: of.holds === undefined ? facts : agreed(...of.holds),
        documents: of.documents ?? documents,
      }),
  };
}

async function commandsOf(caseId: string) {
  const params = { id: caseId };
  const { body } = await world.ask(world.trustee.secret, "approveCase", { params, body: {} });
  const text = "select call, ref, args from command where operation_id = $1 order by row";
  return (await world.owner.query(text, [body.operationId])).rows;
}

describe("a succession to units on which something rests", () => {
  it("is one command that names every hold and each heir's part of it [CC 296] [CC 896] [TAR 21(2)(iii)]", async () => {
    const { deceased, erin, fred, hold, file } = await estate();
    const pledge = await hold("PLEDGE", 5n);
    const attachment = await hold("ATTACHMENT", 1n);
    const filed = await file();
    expect([filed.status, filed.problem?.failing]).toEqual([201, undefined]);
    const commands = await commandsOf(filed.body.id);
    expect(commands.map(({ call }) => call)).toEqual(["setRecords", "succeed"]);
    const part = (units: string) => ({ units, claim: units });
    expect(commands[1]).toMatchObject({
      ref: filed.body.ref,
      args: {
        from: deceased,
        holdIds: [pledge, attachment],
        rows: [
          { to: erin, units: "0", parts: [part("3"), part("1")] },
          { to: fred, units: "1", ref: filed.body.ref, parts: [part("2"), part("0")] },
        ],
      },
    });
  });

  it("gives each heir what their division says: who takes the pledged units, and who the free ones [CC 296]", async () => {
    const { erin, fred, hold, file } = await estate();
    const holdId = await hold("PLEDGE", 3n);
    const holds = [[], [{ holdId, units: "3" }]];
    const { body, status } = await file({ holds });
    expect([status, body.facts]).toMatchObject([201, { heirs: [{ holds: [] }, { holds: holds[1] }] }]);
    const command = (await commandsOf(body.id)).at(-1);
    expect(command.args.rows).toMatchObject([
      { to: erin, units: "4", parts: [{ units: "0", claim: "0" }] },
      { to: fred, units: "0", parts: [{ units: "3", claim: "3" }] },
    ]);
  });

  it("is refused for a hold that is divided in part, that is not on the account, or without the division", async () => {
    const { hold, file } = await estate();
    const holdId = await hold("PLEDGE", 3n);
    const refused = async (
      holds: { holdId: string; units: string }[][],
      documents?: NewCase["documents"],
    ) => {
      const { problem } = await file({ holds, ...(documents && { documents }) });
      return [problem.pointer, ...(problem.failing?.map(({ code }) => code) ?? [])];
    };
    expect(await refused([[{ holdId, units: "2" }]])).toEqual(["/facts/heirs", "SHARES_DO_NOT_ADD_UP"]);
    expect(await refused([[{ holdId: refOf(unused()), units: "2" }]])).toEqual([
      "/facts/heirs",
      "HOLD_UNKNOWN",
    ]);
    expect(
      await refused([[{ holdId, units: "3" }]], papers("FAMILY_REGISTER", "INHERITANCE_STATEMENT")),
    ).toEqual(["/documents", "DOCUMENT_MISSING"]);
    expect(await refused([[{ holdId: "0x12", units: "3" }]])).toEqual(["/facts/heirs/0/holds/0/holdId"]);
    expect(await refused([[{ holdId, units: "0" }]])).toEqual(["/facts/heirs/0/holds/0/units"]);
  });

  it("is refused at its account while a transfer is under way", async () => {
    const { hold, file } = await estate();
    await hold("PLEDGE", 2n);
    await hold("REQUEST", 1n);
    const { code, problem } = await file();
    const failing = problem.failing?.map((each) => each.code);
    expect([code, failing, problem.pointer]).toEqual(["CASE_REFUSED", ["HOLDS_STAND"], "/facts/account"]);
  });

  it("is a merged company's as a whole [CC 896] [CA 693]", async () => {
    const { deceased: from, erin: to, hold, ask } = await estate();
    const pledge = await hold("PLEDGE", 7n);
    const facts = { from, to, units: "7", form: "MERGER" as const, effectiveOn: "2021-08-01" };
    const filed = await ask({ kind: "CORPORATE_SUCCESSION", facts, documents: papers("COMPANY_REGISTER") });
    const [command] = await commandsOf(filed.body.id);
    const rows = [{ to, units: "0", parts: [{ units: "7", claim: "7" }] }];
    // No unit is free: the hold's own line is the first.
    expect(command).toMatchObject({ call: "succeed", ref: pledge, args: { from, rows, holdIds: [pledge] } });
  });
});
