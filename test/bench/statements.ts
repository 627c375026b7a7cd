import { buildApp } from "@genbo/api/app";
import { openSigningKeys } from "@genbo/api/legal/signing-keys";
import { createTrees } from "@genbo/api/register/trees";
import { rateLimits } from "@genbo/api-schema/limits";
import { openKeystore } from "@genbo/chain/keystore";
import { commandRunner } from "@genbo/database/commands/commands";
import { orderFactsGathered } from "@genbo/database/issues/transfers-facts";
import { createPool, createPrisma, type Pool } from "@genbo/database/sql/connection";
import { openVaultKeys } from "@genbo/database/vault/keys";
import { silentLog } from "@genbo/domain/log";
import { noTraces } from "@genbo/telemetry/traces";
import type { Ground } from "./ground.ts";
import type { HttpAnswer, RequestParts } from "./http-load.ts";

/** A prepared statement with its values, as the api sends it. */
export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

export interface Recorded {
  statements: Statement[];
  answer: HttpAnswer;
}

export interface Recorder {
  /** Carries out a request and gives the named statements that it came to. @throws Error when it was refused */
  record(request: RequestParts): Promise<Recorded>;
  close(): Promise<void>;
}

/**
 * The api inside this process, on the platform's own database, with every statement written down: what a ceiling has to
 * run is read off the api itself and cannot fall behind it.
 */
export async function openRecorder({
  folder,
  clock,
  urls,
}: Pick<Ground, "urls" | "folder" | "clock">): Promise<Recorder> {
  const pool = createPool(urls.database.genbo_api, { max: 1 });
  let statements: Statement[] = [];
  const recorded = recording(pool, (statement) => statements.push(statement));
  const app = await buildApp({
    profile: "local",
    version: "bench",
    clock,
    log: silentLog,
    pool: recorded,
    prisma: createPrisma(pool),
    runCommand: commandRunner(recorded),
    factsOf: orderFactsGathered(recorded),
    keystore: openKeystore(folder.keystore, folder.keystorePasswordFile),
    vaultKeys: await openVaultKeys(folder.masterKeyFile),
    signingKeys: openSigningKeys(folder.keystore, folder.keystorePasswordFile),
    chain: {
      head: async () => 0,
      lastSeenHead: () => 0,
      acceptsSignature: async () => false,
      setTime: async () => undefined,
      health: () => [],
      progress: () => ({ state: "running" }),
    },
    sandbox: null,
    trustedProxies: [],
    rateLimits,
    metrics: { requested: () => undefined, accepted: () => undefined, refused: () => undefined },
    traces: noTraces,
    treeOf: createTrees(pool),
    outbox: { admit: () => undefined, waiting: () => 0, close: async () => undefined },
    notifyCommands: () => undefined,
    reach: () => undefined,
  });
  return {
    record: async ({ method, path, secret, key, json }) => {
      const headers = {
        authorization: `Bearer ${secret}`,
        ...(key !== undefined && { "idempotency-key": key }),
        ...(json !== undefined && { "content-type": "application/json" }),
      };
      statements = [];
      const payload = json === undefined ? {} : { payload: json };
      const { statusCode: status, body } = await app.inject({ method, url: path, headers, ...payload });
      if (status >= 300) throw new Error(`${method} ${path} was refused: ${status} ${body}`);
      return { statements, answer: { status, body } };
    },
    close: async () => {
      await app.close();
      await pool.end();
    },
  };
}

/** A pool that tells of each named statement; the others are the timers' of the api. */
function recording(pool: Pool, note: (statement: Statement) => void): Pool {
  return new Proxy(pool, {
    get: (target, property) => {
      if (property !== "query") return Reflect.get(target, property, target);
      return (statement: Statement | string, values?: unknown[]) => {
        if (typeof statement === "string") return target.query(statement, values);
        note(statement);
        return target.query(statement);
      };
    },
  });
}
