import type { OperationId } from "@genbo/api-schema/routes";
import { beforeAll, expect, it } from "vitest";
import { consentedChange, filedChange } from "./support/successes-custody.ts";
import { inspectionAsked, pledgeOf } from "./support/successes-legal.ts";
import { traded, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

interface Decided {
  secret: string;
  id: string;
  /** A document as it was filed. */
  filed: { name: string; sha256: string };
  /** What the step asks for besides. */
  body?: object;
  table: string;
}

const paper = { name: "書類.pdf", sha256: "ab".repeat(32) };
let world: World;
beforeAll(async () => {
  world = await createWorld();
});

async function proposed(asked: object): Promise<string> {
  const { issueId: id } = await traded(world);
  const body = { reason: "信託変更", ...asked } as never;
  return (
    (await world.ask(world.issuer.secret, "proposeChange", { params: { id }, body })).body as { id: string }
  ).id;
}

const steps: [OperationId, what: string, () => Promise<Decided>][] = [
  [
    "approveCase",
    "a case",
    async () => {
      const trade = await traded(world);
      const question = { params: { id: trade.issueId }, body: pledgeOf(trade) as never };
      const { body } = await world.ask(world.broker.secret, "fileCase", question);
      const { name, sha256 } = body.documents[0]!;
      return { secret: world.trustee.secret, id: body.id, filed: { name, sha256 }, table: "legal_case" };
    },
  ],
  [
    "grantInspection",
    "an inspection",
    async () => {
      const { issueId } = await traded(world);
      const counter = await world.keyFor(world.trustee.partyId, unused());
      const body = { ...inspectionAsked, documents: [paper] } as never;
      const { body: taken } = await world.ask(counter, "requestInspection", {
        params: { id: issueId },
        body,
      });
      return { secret: world.trustee.secret, id: taken.id, filed: paper, table: "inspection" };
    },
  ],
  [
    "approveChange",
    "a change of terms",
    async () => {
      const id = await proposed({ kind: "TERMS", sha256: paper.sha256 });
      const filed = { name: "deed", sha256: paper.sha256 };
      return { secret: world.trustee.secret, id, filed, table: "issue_change" };
    },
  ],
  [
    "approveChange",
    "a document of the issue",
    async () => {
      const filed = { name: "deed.pdf", sha256: paper.sha256 };
      const id = await proposed({ kind: "DOCUMENT", uri: "https://example.jp/deed.pdf", ...filed });
      return { secret: world.trustee.secret, id, filed, table: "issue_change" };
    },
  ],
  [
    "consentToCustodyChange",
    "a move to another broker, by the broker that takes it",
    async () => {
      const { id } = await filedChange(world);
      const filed = { name: "移管依頼書.pdf", sha256: "0".repeat(64) };
      const body = { externalId: unused() };
      return { secret: world.other.secret, id, filed, body, table: "custody_change" };
    },
  ],
  [
    "approveCustodyChange",
    "a move to another broker, by the trustee",
    async () => {
      const { id } = await consentedChange(world);
      const filed = { name: "移管依頼書.pdf", sha256: "0".repeat(64) };
      return { secret: world.trustee.secret, id, filed, table: "custody_change" };
    },
  ],
];

it.each(steps)("%s: %s is not decided on a document whose hash differs", async (route, _, prepare) => {
  const { secret, id, filed, body = {}, table } = await prepare();
  const decide = (...documents: object[]) =>
    world.ask(secret, route, { params: { id }, body: { ...body, documents } } as never);
  const row = async () => (await world.owner.query(`select * from ${table} where id = $1`, [id])).rows[0];
  const before = await row();

  const other = await decide(filed, { ...filed, sha256: "99".repeat(32) });
  expect([other.status, other.code, other.problem.pointer]).toEqual([
    422,
    "DOCUMENT_DIFFERS",
    "/documents/1/sha256",
  ]);
  const unknown = await decide({ ...filed, name: "別の書類.pdf" });
  expect([unknown.code, unknown.problem.pointer]).toEqual(["DOCUMENT_DIFFERS", "/documents/0/name"]);
  expect(await row()).toEqual(before);
  const { rows } = await world.owner.query(
    "select outcome, detail ->> 'code' as code from audit_row where action = $1 and target = $2",
    [route, id],
  );
  expect(rows).toEqual(Array(2).fill({ outcome: "refused", code: "DOCUMENT_DIFFERS" }));

  expect((await decide(filed)).status).toBeLessThan(300);
});
