import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Anvil, setChainTime, startAnvil } from "@genbo/chain/anvil";
import { type Keystore, openKeystore } from "@genbo/chain/keystore";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { initSandboxClock, openSandboxClock, type SandboxClock } from "@genbo/database/server/sandbox-clock";
import type { Pool } from "@genbo/database/sql/connection";
import { type Env, type Profile, unwatched, type Watching } from "@genbo/domain/env";
import { createLog, type Log } from "@genbo/domain/log";
import { type IndexerService, startIndexerService } from "@genbo/indexer/service";
import { startWorkerService, type WorkerService, type WorkerServiceOptions } from "@genbo/worker/service";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { type FaultyNode, openFaultyNode } from "./faulty-node.ts";

export interface StackInProcessOptions {
  /** The platform's time at the start, which is a day of 2021 on the local profile, and now on the server's. */
  genesis?: Date;
  /** Receives the log lines of worker and indexer. */
  onLog?: (line: string) => void;
  worker?: WorkerServiceOptions;
  /** Leave the worker to the test: then no contracts stand. */
  withoutWorker?: boolean;
  /** `server`: real time, no blocks on demand, and a chain on which blocks are final. */
  profile?: Profile;
  watching?: Watching;
  /** So many nodes of the one chain, each behind a proxy that a test may break. */
  nodes?: number;
}

/** Real PostgreSQL, a chain of this test's own, worker and indexer in this process; the contracts stand. */
export interface StackInProcess {
  database: TestDatabase;
  /** Logged in as the schema's owner, for looking on and for what a test must put in place. */
  owner: Pool;
  /** What the owner reads. */
  rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  anvil(): Anvil;
  nodes: readonly FaultyNode[];
  /** Folder of the chain's dumps. */
  chainDir: string;
  clock: SandboxClock;
  keystore: Keystore;
  log: Log;
  /** What a process of its own on this stack is told. */
  env(role: "genbo_worker" | "genbo_indexer"): Env;
  worker: Restartable<WorkerService, WorkerServiceOptions>;
  indexer: Restartable<IndexerService, undefined>;
  /** The platform's time and the chain's go on to this instant. */
  moveTo(iso: string): Promise<void>;
  /** `kill -9` of the chain, which comes back from its last dump on the same port. */
  killChain(): Promise<void>;
  /** Looks every few milliseconds until `look` gives something. @throws Error after `timeoutMs` */
  until<T>(what: string, look: () => Promise<T | undefined | false>, timeoutMs?: number): Promise<T>;
  stop(): Promise<void>;
}

interface Restartable<Service, Options> {
  start(options?: Options): Promise<Service>;
  stop(): Promise<void>;
  current(): Service | undefined;
}

const sandboxGenesis = new Date("2021-08-01T09:00:00+09:00");

export async function startStackInProcess(options: StackInProcessOptions = {}): Promise<StackInProcess> {
  const genesis = options.genesis ?? (options.profile === "server" ? new Date() : sandboxGenesis);
  const dir = mkdtempSync(join(tmpdir(), "genbo-stack-"));
  const database = await createTestDatabase();
  const owner = database.pool("genbo");
  await initSandboxClock(owner, genesis);
  const clock = await openSandboxClock(owner, database.urls.genbo);
  const chainDir = join(dir, "chain");
  const startChain = (port?: number) =>
    startAnvil({
      dataDir: chainDir,
      time: Math.floor(clock.now().getTime() / 1000),
      ...(port === undefined ? {} : { port }),
    });
  let anvil = await startChain();
  const nodes: FaultyNode[] = [];
  for (let made = 0; made < (options.nodes ?? 0); made += 1) nodes.push(await openFaultyNode(anvil.url));
  const secretFile = join(dir, "keystore-secret");
  writeFileSync(secretFile, randomBytes(32).toString("hex"), { mode: 0o600 });
  const envOf = (role: "genbo_worker" | "genbo_indexer"): Env => ({
    profile: options.profile ?? "local",
    databaseUrl: database.urls[role],
    chainRpcUrls: nodes.length > 0 ? nodes.map(({ url }) => url) : [anvil.url],
    dataDir: dir,
    keystoreDir: join(dir, "keystore"),
    keystorePasswordFile: secretFile,
    masterKeyFile: secretFile,
    httpHost: "127.0.0.1",
    httpPort: 0,
    trustedProxies: [],
    ...unwatched,
    ...options.watching,
    logLevel: "debug",
    failpointDir: "",
  });
  const log = createLog({ level: "debug", write: options.onLog ?? (() => undefined) });
  const indexer = restartable(() =>
    startIndexerService(envOf("genbo_indexer"), log.child({ process: "indexer" })),
  );
  const worker = restartable((at: WorkerServiceOptions | undefined) =>
    startWorkerService(envOf("genbo_worker"), log.child({ process: "worker" }), at ?? options.worker ?? {}),
  );
  const stack: StackInProcess = {
    database,
    owner,
    rows: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await owner.query<Row>(text, [...values])).rows,
    anvil: () => anvil,
    nodes,
    chainDir,
    clock,
    keystore: openKeystore(join(dir, "keystore"), secretFile),
    log,
    env: envOf,
    worker,
    indexer,
    moveTo: async (iso) => {
      await clock.advance(new Date(iso));
      await setChainTime(anvil.rpc, Math.floor(clock.now().getTime() / 1000));
    },
    killChain: async () => {
      process.kill(anvil.pid, "SIGKILL");
      await anvil.exited;
      anvil.rpc.close();
      anvil = await startChain(anvil.port);
    },
    until,
    stop: async () => {
      await worker.stop();
      await indexer.stop();
      await clock.close();
      for (const node of nodes) await node.close();
      await anvil.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    await indexer.start();
    if (options.withoutWorker === true) return stack;
    await worker.start();
    await until("the contracts stand", () => readDeployment(owner));
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

function restartable<Service extends { stop(): Promise<void> }, Options>(
  start: (options?: Options) => Promise<Service>,
): Restartable<Service, Options> {
  let current: Service | undefined;
  return {
    start: async (options) => {
      current = await start(options);
      return current;
    },
    stop: async () => {
      await current?.stop();
      current = undefined;
    },
    current: () => current,
  };
}

async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`It did not happen within ${timeoutMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
