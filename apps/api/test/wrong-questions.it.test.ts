import { type Route, readsPersons } from "@genbo/api-schema/route";
import { type OperationId, routeOf, routeTable } from "@genbo/api-schema/routes";
import { beforeAll, describe, expect, it } from "vitest";
import { successes } from "./support/successes.ts";
import type { Case, Success } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

/** Every route that tells of persons, written down a second time: one that is added is audited, or this fails. */
const tells = `
  readRegister printRegister readTotals readAggregates listEntries readHolder readHolderHistory readOwnHolding listOwnEntries
  exportRegister proveHolding proveRegister listRecordDates readRecordDateList getExport readExport getCase listCases listHolds
  getInspection listInspections showRegister readCertificate listAuditViews getInvestor listInvestors listWallets
  getWalletProof listWalletProofs getCustodyChange listCustodyChanges getTransfer listTransfers getSettlement listSettlements`
  .trim()
  .split(/\s+/) as OperationId[];

let world: World;
beforeAll(async () => {
  // A chain that stands still: a block far ahead of it is refused without waiting.
  const chain = { lastSeenHead: () => 0, health: () => [], progress: () => ({ state: "running" }) };
  world = await createWorld({ chain: chain as never });
});

type Wrong = [id: OperationId, name: string, spoil: (asked: Success) => Success["question"], code: string];

const withQuery =
  (query: object) =>
  ({ question }: Success) => ({ ...question, query: { ...question.query, ...query } });
const wrongs: Wrong[] = tells.flatMap((id): Wrong[] => {
  const { query, params } = routeOf(id) as Route;
  const asks = (field: string) => query !== undefined && field in query.shape;
  const of = (field: string, value: string, code: string): Wrong[] =>
    asks(field) ? [[id, `${field}=${value}`, withQuery({ [field]: value }), code]] : [];
  const closesAlone = id === "readAggregates";
  return [
    ...of("asOf", "2099-01-01", closesAlone ? "INVALID_FIELD" : "AS_OF_IN_FUTURE"),
    ...(closesAlone
      ? []
      : [
          ...of("asOf", "2020-01-01", "AS_OF_BEFORE_FIRST_ENTRY"),
          ...of("asOf", "block:999999", "REGISTER_BEHIND"),
          ...of("asOf", "entry:999", "NO_SUCH_ENTRY"),
        ]),
    ...of("asOf", "yesterday", "INVALID_FIELD"),
    ...of("block", "999999", "REGISTER_BEHIND"),
    ...of("knownAt", "2099-01-01", "AS_OF_IN_FUTURE"),
    ...(asks("knownAt")
      ? ([
          [
            id,
            "knownAt before asOf",
            withQuery({ asOf: "entry:3", knownAt: "entry:2" }),
            "KNOWN_BEFORE_AS_OF",
          ],
        ] satisfies Wrong[])
      : []),
    ...of("cursor", "a cursor of another list", "INVALID_FIELD"),
    ...(params === undefined
      ? []
      : ([[id, "the id of nothing", ({ question }) => elsewhere(question), "NOT_FOUND"]] satisfies Wrong[])),
  ];
});

/** The same question about what is not there, or belongs to others: the answer is the same. */
function elsewhere(question: Success["question"]): Success["question"] {
  const params = Object.entries(question.params ?? {}).map(([name, value]) => [
    name,
    /^[a-z]{2,3}_/.test(value) ? value.replace(/.{6}$/, "000000") : value,
  ]);
  return { ...question, params: Object.fromEntries(params) };
}

/** Rows of every table but the one that is to have one more. */
async function counted(): Promise<unknown> {
  const { rows: tables } = await world.owner.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'audit_row'`,
  );
  const text = tables.map(({ name }) => `(select count(*) from "${name}") as "${name}"`).join(", ");
  return (await world.owner.query(`select ${text}`)).rows[0];
}

const auditedSince = async (id: bigint) =>
  (
    await world.owner.query(
      "select action, outcome, actor, target, detail ->> 'code' as code from audit_row where id > $1 order by id",
      [id],
    )
  ).rows;
const lastAudit = async (): Promise<bigint> =>
  (await world.owner.query("select coalesce(max(id), 0) as id from audit_row")).rows[0].id;

it("is asked of every route that tells of persons, and no other", () => {
  const found = (routeTable as readonly Route[]).filter(readsPersons).map(({ operationId }) => operationId);
  expect(found.sort()).toEqual([...tells].sort());
});

describe("a wrong question is refused clearly, leaves one audit row and changes nothing", () => {
  it.each(wrongs)("%s with %s", async (id, _, spoil, code) => {
    const cases = (successes as Record<string, Record<number, Case>>)[id]!;
    const asked = await (cases[200] ?? cases[206]!)(world);
    const question = spoil(asked);
    const [before, last] = [await counted(), await lastAudit()];
    const answer = await world.ask(asked.secret, id, question);
    expect([answer.code, answer.status >= 400 && answer.status < 500]).toEqual([code, true]);
    if (code !== "NOT_FOUND") expect(answer.problem.pointer).toMatch(/^query\//);
    const { id: target, number = target } = question.params ?? {};
    expect(await auditedSince(last)).toEqual([
      { action: id, outcome: "refused", actor: expect.any(String), target: number ?? null, code },
    ]);
    expect(await counted()).toEqual(before);
  });
});

it("who only waits for a block has asked nothing wrong", async () => {
  const { secret, question } = await successes.readRegister[200]!(world);
  const last = await lastAudit();
  const answer = await world.ask(secret, "readRegister", { ...question, query: { minBlock: "999999" } });
  expect([answer.code, answer.problem.pointer]).toEqual(["REGISTER_BEHIND", undefined]);
  expect(await auditedSince(last)).toEqual([]);
});
