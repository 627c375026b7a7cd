import { beforeAll, describe, expect, it } from "vitest";
import { attachmentOf, type CaseDesk, codesOf, type NewCase, openCaseDesk } from "./support/case-desk.ts";
import { transferIn } from "./support/successes.ts";
import { pledgeOf } from "./support/successes-legal.ts";
import { type Traded, traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let desk: CaseDesk;
beforeAll(async () => {
  world = await createWorld();
  desk = await openCaseDesk(world);
});

it("an attachment has effect from its service, whatever is known of the calendar [CEA 145(5)] [CEA 147]", async () => {
  const trade = await traded(world);
  const filing = attachmentOf(trade, "3");
  // No holidays of that year are announced to us.
  Object.assign(filing.facts, { servedAt: "2019-04-26T01:00:00Z" });
  const { status, body } = await desk.file(trade.issueId, filing);
  const unknown = { name: "THIRD_PARTY_STATEMENT", article: "CEA 147", due: null, notBefore: "2019-05-10" };
  expect([status, body.deadlines]).toEqual([201, [unknown]]);
  expect((await desk.approve(body.id)).status).toBe(202);
  const read = await world.ask(world.trustee.secret, "getCase", { params: { id: body.id } });
  expect(read.body.deadlines).toEqual([unknown]);
  // As if they had been announced since.
  await world.owner.query(
    `update legal_case set facts = jsonb_set(facts, '{servedAt}', '"2021-08-01T01:00:00.000Z"') where id = $1`,
    [body.id],
  );
  const later = await world.ask(world.trustee.secret, "getCase", { params: { id: body.id } });
  expect(later.body.deadlines).toEqual([
    { name: "THIRD_PARTY_STATEMENT", article: "CEA 147", due: "2021-08-16" },
  ]);
});

describe("an attachment that is served and not entered yet", () => {
  const accepted = async () => {
    const id = await transferIn(world, "accepted");
    const { rows } = await world.owner.query(
      "select issue_id, from_account, to_account from transfer where id = $1",
      [id],
    );
    const { issue_id: issueId, from_account: account, to_account: buyer } = rows[0];
    return { id, trade: { issueId, seller: { account }, buyer: { account: buyer } } as Traded };
  };
  const approveTransfer = (id: string) =>
    world.ask(world.trustee.secret, "approveTransfer", { params: { id }, body: {} });

  it("bars the transfer of its units from its filing on, and sets it free when it is refused [CEA 145(1)] [CEA 145(5)]", async () => {
    const { id, trade } = await accepted();
    // 100 units, of which the request holds 2: the order takes 99.
    const { body } = await desk.file(trade.issueId, attachmentOf(trade, "99"));
    const barred = await approveTransfer(id);
    expect([barred.status, codesOf(barred)]).toEqual([422, ["ATTACHMENT_SERVED"]]);
    const order = { issueId: trade.issueId, from: trade.seller.account, to: trade.buyer.account, units: "1" };
    const checked = await world.ask(world.broker.secret, "precheckTransfer", { body: order });
    expect(checked.body.failing.map(({ code }) => code)).toEqual(["ATTACHMENT_SERVED"]);
    const theirs = await world.ask(world.other.secret, "precheckTransfer", { body: order });
    expect(theirs.body.failing.map(({ code }) => code)).toEqual(["NOT_CUSTODIAN"]);
    const pledge = await desk.file(trade.issueId, pledgeOf(trade) as NewCase, world.broker.secret);
    expect([codesOf(pledge), pledge.problem.pointer]).toEqual([["ATTACHMENT_SERVED"], "/facts/account"]);
    await world.ask(world.trustee.secret, "refuseCase", {
      params: { id: body.id },
      body: { reason: "送達の不備" },
    });
    expect((await approveTransfer(id)).status).toBe(202);
  });

  it("leaves what it does not take to its holder", async () => {
    const { id, trade } = await accepted();
    await desk.file(trade.issueId, attachmentOf(trade, "98"));
    expect((await approveTransfer(id)).status).toBe(202);
  });

  it("may claim more than any column holds", async () => {
    const { id, trade } = await accepted();
    for (let n = 0; n < 2; n++) await desk.file(trade.issueId, attachmentOf(trade, String(2n ** 63n - 1n)));
    expect(codesOf(await approveTransfer(id))).toEqual(["ATTACHMENT_SERVED"]);
  });
});

it("an attachment above the holding is recorded for what there is, and the remainder stated [CEA 145]", async () => {
  const trade = await traded(world);
  const { body } = await desk.file(trade.issueId, attachmentOf(trade, "130"));
  const approved = await desk.approve(body.id);
  const [command] = await desk.commandsOf(approved.body.operationId);
  expect(command.args.rows[0]).toMatchObject({ units: "100", kind: 4 });
  const read = await world.ask(world.trustee.secret, "getCase", { params: { id: body.id } });
  expect(read.body.result).toEqual({
    ...{ recorded: "100", remainder: "30", rejectedRequests: [] },
    deposit: { must: false, article: "CEA 156(1)" },
  });
});

it("an attachment ends the transfer in flight for the same units and says why [CEA 145]", async () => {
  const id = await transferIn(world, "accepted");
  const { rows } = await world.owner.query("select issue_id, ref, from_account from transfer where id = $1", [
    id,
  ]);
  const { issue_id: issueId, ref, from_account: account } = rows[0];
  const trade = { issueId, seller: { account } } as Traded;
  const { body } = await desk.file(issueId, attachmentOf(trade, "100"));
  const approved = await desk.approve(body.id);
  expect((await desk.commandsOf(approved.body.operationId)).map(({ call, ref: of }) => [call, of])).toEqual([
    ["rejectTransfers", ref],
    ["createHolds", body.ref],
  ]);
  const transfer = await world.ask(world.broker.secret, "getTransfer", { params: { id } });
  expect(transfer.body.reason).toBe(`ATTACHMENT: case ${body.id}`);
});
