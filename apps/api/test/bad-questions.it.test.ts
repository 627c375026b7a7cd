import type { OperationId } from "@genbo/api-schema/routes";
import { type Role, roles } from "@genbo/domain/permissions";
import { beforeAll, describe, expect, it } from "vitest";
import type { Question } from "./support/ask.ts";
import { issueDraft } from "./support/samples.ts";
import { readyExport } from "./support/successes-exports.ts";
import { offerOf } from "./support/successes-settlements.ts";
import { type Traded, traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let trade: Traded;
beforeAll(async () => {
  world = await createWorld();
  trade = await traded(world);
});

/** How many rows stand where a refused question could have left one. */
async function counted(): Promise<unknown> {
  const tables = [
    "entry",
    "legal_case",
    "certificate",
    "inspection",
    "register_export",
    "issue",
    "operation",
  ];
  const text = tables.map((table) => `(select count(*) from ${table}) as ${table}`).join(", ");
  return (await world.owner.query(`select ${text}`)).rows[0];
}

type Asked = [name: string, route: OperationId, by: () => string, question: () => object, code: string];

const ofIssue = (more: object = {}) => ({ params: { id: trade.issueId }, ...more });
const read = (query: object) => () => ofIssue({ query });
const keeper = () => world.trustee.secret;

const asked: Asked[] = [
  [
    "a moment before the first entry",
    "readRegister",
    keeper,
    read({ asOf: "2020-01-01" }),
    "AS_OF_BEFORE_FIRST_ENTRY",
  ],
  ["a moment that has not come", "readRegister", keeper, read({ asOf: "2099-01-01" }), "AS_OF_IN_FUTURE"],
  [
    "what was known before it stood",
    "listHolds",
    keeper,
    read({ asOf: "entry:3", knownAt: "entry:2" }),
    "KNOWN_BEFORE_AS_OF",
  ],
  ["a block that is not ours", "readRegister", keeper, read({ asOf: "block:999999" }), "REGISTER_BEHIND"],
  ["an entry that there is not", "listEntries", keeper, read({ asOf: "entry:999" }), "NO_SUCH_ENTRY"],
  ["a cursor of another list", "listHolds", keeper, read({ cursor: "42" }), "INVALID_FIELD"],
  [
    "a cursor of another list",
    "listBreaks",
    keeper,
    () => ({ query: { cursor: trade.issueId } }),
    "INVALID_FIELD",
  ],
  [
    "a cursor of another list",
    "listReconciliations",
    keeper,
    () => ofIssue({ query: { cursor: trade.issueId } }),
    "INVALID_FIELD",
  ],
  [
    "a profile that nobody knows",
    "draftIssue",
    () => world.issuer.secret,
    () => ({ body: { ...issueDraft(world.trustee.partyId), profile: "FUND" } }),
    "INVALID_FIELD",
  ],
  [
    "the export of an issue that is another trustee's",
    "exportRegister",
    () => stranger,
    read({ purpose: "検証" }),
    "NOT_FOUND",
  ],
  [
    "a certificate for another broker's holder",
    "issueCertificate",
    () => world.other.secret,
    () => ofIssue({ body: { account: trade.seller.account } }),
    "NOT_FOUND",
  ],
  [
    "an inspection without a reason",
    "requestInspection",
    keeper,
    () => ofIssue({ body: { capacity: "BENEFICIARY", requester: { name: "見本", address: "東京都" } } }),
    "INVALID_FIELD",
  ],
];
let stranger: string;

describe("a question that makes no sense", () => {
  beforeAll(async () => {
    stranger = (await world.admit("trustee", "staff:bad-questions")).secret;
  });

  it.each(asked)("%s is refused clearly, and nothing has changed", async (_, route, by, question, code) => {
    const before = await counted();
    const answer = await world.ask(by(), route, question() as Question<OperationId>);
    expect(answer.code).toBe(code);
    expect(answer.problem.detail.length).toBeGreaterThan(10);
    expect(await counted()).toEqual(before);
  });
});

it.each([
  ["listEntries", { cursor: "2", after: "1" }],
  ["proveRegister", { asOf: "entry:2", block: "1" }],
] as const)("%s with two fields that say the same is told both", async (route, query) => {
  const answer = await world.ask(keeper(), route, ofIssue({ query }) as Question<OperationId>);
  expect(answer.code).toBe("INVALID_FIELD");
  expect(answer.problem.errors?.map(({ pointer }) => pointer)).toEqual(
    Object.keys(query).map((name) => `query/${name}`),
  );
});

it("a write with a parameter that it does not know is not done", async () => {
  const before = await counted();
  const question = { query: { dryRun: "true" }, body: issueDraft(world.trustee.partyId) };
  const { status, code, problem } = await world.ask(world.issuer.secret, "draftIssue", question);
  expect([status, code, problem.pointer]).toEqual([422, "INVALID_FIELD", "query/dryRun"]);
  expect(await counted()).toEqual(before);
});

it("what is not there is pointed at in the body where the body names it, and else nowhere", async () => {
  const nothing = (prefix: string) => `${prefix}_0192aaaaaaaa7bbb8cccdddddddddddd`;
  const pointer = async (secret: string, route: OperationId, question: object) => {
    const { code, problem } = await world.ask(secret, route, question as Question<OperationId>);
    return [code, problem.pointer];
  };
  const broker = world.broker.secret;
  expect(await pointer(broker, "registerWallet", { body: { investorId: nothing("inv") } })).toEqual([
    "NOT_FOUND",
    "/investorId",
  ]);
  const proof = { body: { investorId: nothing("inv"), address: `0x${"5a".repeat(20)}` } };
  expect(await pointer(broker, "askWalletProof", proof)).toEqual(["NOT_FOUND", "/investorId"]);
  const offer = offerOf(world, { ...trade, issueId: nothing("iss") }, "CASH");
  expect(await pointer(broker, "offerSettlement", { body: offer })).toEqual(["NOT_FOUND", "/legs/0/issueId"]);
  const list = { kind: "RECORD_DATE", format: "CSV", recordDateId: nothing("rdt") };
  expect(await pointer(keeper(), "createExport", ofIssue({ body: list }))).toEqual([
    "NOT_FOUND",
    "/recordDateId",
  ]);
  const { body: draft } = await world.ask(world.issuer.secret, "draftIssue", {
    body: issueDraft(world.trustee.partyId),
  });
  const rows = [{ to: trade.buyer.account, units: "2" }];
  const issuing = { params: { id: draft.id }, body: { rows } };
  expect(await pointer(world.issuer.secret, "issueUnits", issuing)).toEqual(["NOT_FOUND", undefined]);
});

/** Who orders which file of an issue: everything else is denied, also to a role that is added later. */
const files: Record<"REGISTER" | "ENTRIES" | "NAMES" | "CHAIN", readonly Role[]> = {
  REGISTER: ["trustee", "broker", "compliance", "auditor"],
  ENTRIES: ["trustee", "broker", "compliance", "auditor"],
  NAMES: ["trustee", "broker", "compliance"],
  CHAIN: ["trustee", "compliance", "auditor"],
};

describe.each(roles)("%s", (role) => {
  it("takes away the files that its role may, and no other", async () => {
    const secret = world.secretOf(role);
    const order = (body: object) =>
      world.ask(secret, "createExport", {
        params: { id: trade.issueId },
        body: { kind: "REGISTER", format: "CSV", ...body },
      });
    const may = {
      REGISTER: await order({}),
      ENTRIES: await order({ kind: "ENTRIES" }),
      NAMES: await order({ names: true, purpose: "点検" }),
      CHAIN: await world.ask(secret, "exportRegister", {
        params: { id: trade.issueId },
        query: { purpose: "検証" },
      }),
    };
    for (const [file, answer] of Object.entries(may)) {
      const allowed = files[file as keyof typeof files].includes(role);
      expect([file, answer.status < 300 ? "given" : answer.code]).toEqual([
        file,
        allowed ? "given" : "FORBIDDEN",
      ]);
    }
  });

  it("is given nobody's file but its own", async () => {
    const id = await readyExport(world, world.trustee.secret, trade.issueId);
    const looked = await world.ask(world.secretOf(role), "readExport", { params: { id } });
    const reads = files.REGISTER.includes(role);
    const own = role === "trustee";
    expect(own ? looked.status : looked.code).toBe(own ? 200 : reads ? "NOT_FOUND" : "FORBIDDEN");
  });
});

it("an issuer's figures name no holder and no account [TA 186]", async () => {
  const { text, status } = await world.ask(world.issuer.secret, "readAggregates", {
    params: { id: trade.issueId },
    query: {},
  });
  expect(status).toBe(200);
  for (const word of [trade.seller.account, trade.seller.personId, "見本 太郎"])
    expect(text).not.toContain(word);
});
