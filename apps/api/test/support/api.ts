import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outboxLegalRows, outboxRowsMax, rateLimits } from "@genbo/api-schema/limits";
import { openKeystore } from "@genbo/chain/keystore";
import { openNodes } from "@genbo/chain/nodes/nodes";
import { commandRunner } from "@genbo/database/commands/commands";
import { orderFactsGathered } from "@genbo/database/issues/transfers-facts";
import { writeDeployment } from "@genbo/database/outbox/deployment";
import { createOperator } from "@genbo/database/parties/keys";
import { createPrisma, type Pool } from "@genbo/database/sql/connection";
import { vaultKeysOf } from "@genbo/database/vault/keys";
import { fixedClock } from "@genbo/domain/clock";
import { createLog, silentLog } from "@genbo/domain/log";
import { createRegistry } from "@genbo/telemetry/metrics";
import { noTraces } from "@genbo/telemetry/traces";
import type { FastifyInstance } from "fastify";
import { afterAll } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/support/database.ts";
import { buildApp } from "../../src/app.ts";
import type { ApiContext } from "../../src/context.ts";
import { openSigningKeys } from "../../src/legal/signing-keys.ts";
import { chainPortOf } from "../../src/process/chain-port.ts";
import { createApiMetrics } from "../../src/process/metrics.ts";
import { watchOutbox } from "../../src/process/outbox-limit.ts";
import { createTrees } from "../../src/register/trees.ts";
import { type Ask, asker } from "./ask.ts";

const testAdmin = `0x${"ad".repeat(20)}`;
/** 2021-08-02 09:00 in Tokyo, a Monday. */
export const start = new Date("2021-08-02T00:00:00Z");
const genesis = `0x${"01".repeat(32)}`;
/** No node listens there: what needs one says so. */
const nowhere = "http://127.0.0.1:9";

const cleanups: (() => Promise<void>)[] = [];
// Here and not where an api is made: vitest does not hear of an afterAll inside a beforeAll.
afterAll(async () => void (await Promise.all(cleanups.map((clean) => clean()))));

export interface TestApi {
  app: FastifyInstance;
  ctx: ApiContext;
  clock: ReturnType<typeof fixedClock>;
  db: TestDatabase;
  /** As the owner of the schema: to look at what was written. */
  owner: Pool;
  /** Key of the first operator. */
  operator: string;
  /** Key of the second operator. */
  secondOperator: string;
  ask: Ask;
}

/** The api on a database of its own, asked through `inject`; every answer is held against the route table. */
export async function createTestApi(overrides: Partial<ApiContext> = {}): Promise<TestApi> {
  const db = await createTestDatabase();
  const dir = mkdtempSync(join(tmpdir(), "genbo-api-"));
  const secretFile = join(dir, "keystore-secret");
  writeFileSync(secretFile, randomBytes(32).toString("hex"), { mode: 0o600 });
  const clock = fixedClock(start);
  const pool = db.pool("genbo_api");
  const nodes = openNodes([nowhere]);
  const outbox = watchOutbox(pool, silentLog, { rowsMax: outboxRowsMax, legalRows: outboxLegalRows });
  const ctx: ApiContext = {
    profile: "local",
    version: "0.0.0-test",
    clock,
    log: createLog({ level: "error", write: (line) => process.stderr.write(line) }),
    pool,
    prisma: createPrisma(pool),
    runCommand: commandRunner(pool),
    factsOf: orderFactsGathered(pool),
    keystore: openKeystore(join(dir, "keys"), secretFile),
    vaultKeys: vaultKeysOf(randomBytes(32)),
    signingKeys: openSigningKeys(join(dir, "keys"), secretFile),
    // The ledger of a test writes what no chain has.
    chain: { ...chainPortOf(nodes), lastSeenHead: () => 0 },
    sandbox: null,
    trustedProxies: [],
    rateLimits,
    outbox,
    metrics: createApiMetrics(createRegistry(), outbox.waiting),
    traces: noTraces,
    treeOf: createTrees(pool),
    notifyCommands: () => undefined,
    reach: () => undefined,
    ...overrides,
  };
  const worker = db.pool("genbo_worker");
  const contracts = {
    manager: testAdmin,
    registry: testAdmin,
    factory: testAdmin,
    anchor: testAdmin,
    implementation: testAdmin,
    settlement: testAdmin,
    cash: testAdmin,
  };
  await writeDeployment(
    worker,
    { chainId: 2021, genesisHash: genesis, admin: testAdmin, ...contracts },
    start,
  );
  await worker.query("insert into lane (signer) values ($1)", [testAdmin]);
  const operator = await createOperator(pool, "Operator", "staff:operator", start);
  const secondOperator = await createOperator(pool, "Operator", "staff:operator-2", start);
  const app = await buildApp(ctx);
  cleanups.push(async () => {
    await app.close();
    await outbox.close();
    await nodes.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return { app, ctx, clock, db, owner: db.pool("genbo"), operator, secondOperator, ask: asker(app) };
}
