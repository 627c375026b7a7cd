import { newCase } from "@genbo/api-schema/cases";
import type { Route } from "@genbo/api-schema/route";
import { type OperationId, routeTable } from "@genbo/api-schema/routes";
import { type ChainCommand, checkCommand, encodeCommands } from "@genbo/chain/commands";
import { refOf } from "@genbo/domain/ids";
import { beforeAll, describe, expect, it } from "vitest";
import type { Question } from "./support/ask.ts";
import { dice, formed } from "./support/formed.ts";
import { successes } from "./support/successes.ts";
import { asks, type Case, type Traded, traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

/** These come faster than any party may send, and a 429 would keep them from the routes. */
const unlimited = { open: 1e6, docs: 1e6, read: 1e6, write: 1e6, bulk: 1e6, admin: 1e6 };
/** A chain that stands still and has no contract wallet. */
const chain = {
  lastSeenHead: () => 0,
  health: () => [],
  progress: () => ({ state: "running" }),
  acceptsSignature: async () => false,
};
const shotsMax = 5;
/** How often a case is made anew. */
const madeMax = 5;

let world: World;
let trade: Traded;
let filer: string;
beforeAll(async () => {
  world = await createWorld({ rateLimits: unlimited, chain: chain as never });
  trade = await traded(world);
  filer = await world.keyFor(world.trustee.partyId, "staff:trustee-files");
});

const cases = (routeTable as readonly Route[]).flatMap(({ operationId, body, query }, seed) => {
  const id = operationId as OperationId;
  if (id === "moveClock" || (body ?? query) === undefined) return [];
  const made = Object.entries(successes[id] as Record<string, Case>);
  return made.map(([name, make]) => ({ id, name, body, query, make, seed }));
});
/** Of every kind, by a trustee, who may file them all. */
const filings = newCase.options.map((body, seed) => ({
  id: "fileCase" as const,
  name: body.shape.kind.value,
  body,
  query: undefined,
  make: async (world: World) => {
    const { issueId, seller, buyer } = await traded(world);
    await world.ledger.hold(issueId, {
      ref: refOf(issueId),
      from: seller.account,
      to: buyer.account,
      units: 3n,
      kind: "PLEDGE",
    });
    return asks(filer, { params: { id: issueId } });
  },
  seed,
}));

/** The newest things of every kind, whoever's they are. */
async function known(question: Question<OperationId>): Promise<string[]> {
  const lists = [
    "issue",
    "investor",
    "operation",
    "transfer",
    "party",
    "api_key",
    "record_date",
    "legal_case",
  ];
  lists.push("settlement", "issue_change", "inspection", "register_export", "hold");
  const parts = lists.map((table) => `(select id from ${table} order by id desc limit 3)`);
  parts.push("(select number from certificate limit 2)", "(select address from wallet limit 3)");
  const { rows } = await world.owner.query<{ id: string }>(parts.join(" union all "));
  const named = JSON.stringify(question).match(/0x[0-9a-f]{24,64}|[a-z]{2,3}_[0-9a-f]{32}/g) ?? [];
  const { issueId, seller, buyer } = trade;
  return [...rows.map(({ id }) => id), ...named, issueId, seller.account, buyer.account, seller.personId];
}

/**
 * A problem that says INVALID_FIELD says where. Everything else that an answer must be, `ask` looks at.
 * @returns its code
 */
async function shoot(secret: string | null, id: OperationId, question: Question<OperationId>) {
  const answer = await world.ask(secret, id, question).catch((cause: unknown) => {
    throw new Error(`${id}: ${JSON.stringify(question).slice(0, 2_000)}`, { cause });
  });
  // The root, which is "", where all of the body together is wrong.
  if (answer.code === "INVALID_FIELD") expect(answer.problem.pointer).toMatch(/^$|^(query)?\//);
  const { id: filed } = answer.body as { id?: string };
  if (id === "fileCase" && answer.status === 201)
    await shoot(world.trustee.secret, "approveCase", { params: { id: filed! }, body: {} });
  return answer.code;
}

describe("what has the right form and means nothing is refused as the route table promises, or done", () => {
  it.each([...cases, ...filings])(
    "$id ($name)",
    async ({ id, body, query, make, seed }) => {
      const random = dice(seed);
      let { secret, question } = await make(world);
      const words = await known(question);
      const queries = query && formed(query, words, random);
      const bodies = body && formed(body, words, random);
      let made = 1;
      /** What was done, or is no more as it was, is made anew: it would be all that is said. */
      const shootBody = async (sent: unknown): Promise<void> => {
        for (;;) {
          const { payload: _, type: __, ...rest } = question;
          const code = await shoot(secret, id, { ...rest, body: sent });
          if (code !== "STATE_CONFLICT" || made === madeMax) return;
          made += 1;
          ({ secret, question } = await make(world));
        }
      };
      for (let shot = 0; shot < shotsMax; shot += 1) {
        if (queries)
          await shoot(secret, id, { ...question, query: queries.all() as Record<string, unknown> });
        if (bodies) await shootBody(bodies.all());
      }
      for (const asked of queries?.butOne(question.query ?? {}) ?? [])
        await shoot(secret, id, { ...question, query: asked as Record<string, unknown> });
      for (const sent of bodies?.butOne(question.body ?? {}) ?? []) await shootBody(sent);
    },
    120_000,
  );

  it("and what was accepted of it can be put to the contracts, each command by itself", async () => {
    const { rows } = await world.owner.query<ChainCommand & { id: bigint }>(
      "select id, call, target, ref, args from command order by id",
    );
    const address = `0x${"ad".repeat(20)}`;
    const contracts = { manager: address, registry: address, factory: address, anchor: address };
    const targets = { ...contracts, settlement: address, cash: address };
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      expect(() => checkCommand(row), JSON.stringify(row.args)).not.toThrow();
      expect(() => encodeCommands([row], targets), JSON.stringify(row.args)).not.toThrow();
    }
  });
});
