import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { moveClock } from "@genbo/cli/demo/clock";
import { type ProcessName, type Stack, startStack } from "@genbo/cli/supervisor";
import { type ServiceName, startService } from "@genbo/cli/supervisor-service";
import { controlOf, logOf, type ProcessControl } from "@genbo/cli/supervisor-services";
import { keepUp } from "@genbo/cli/supervisor-unit";
import { createPool, type Pool } from "@genbo/database/sql/connection";
import { databaseTrouble } from "@genbo/database/sql/unavailable";
import type { Env } from "@genbo/domain/env";
import { type ActiveIssue, activeIssue, type OpenedIssue, openIssue } from "../../support/active-issue.ts";
import type { SmallVolume } from "../../support/small-volume.ts";
import { stackFolder } from "../../support/stack-folder.ts";
import { openTcpLink, type TcpLink } from "../../support/tcp-link.ts";
import { lanesHolder, leadingIndexer } from "./holders.ts";
import { openWires, type Wires } from "./wires.ts";

/** A second worker and a second indexer, which take over from the first. */
export const standbys = ["worker-2", "indexer-2"] as const;
type Standby = (typeof standbys)[number];
type AnyName = ProcessName | Standby;

/** A platform of real processes, each of which reaches database and chain over wires that a test can break. */
export interface World {
  stack: Stack;
  /** Past every wire, as the schema's owner. */
  pool: Pool;
  /** Of the standbys too. */
  control: ProcessControl<AnyName>;
  issue: ActiveIssue;
  /** One whose transfers want nobody's consent; each account has units of it. */
  direct: OpenedIssue;
  /** Of the process that does a service's work now: that holds the lanes, or the lead. */
  wiresOf(name: ServiceName): Promise<Wires>;
  /** Between whoever calls and the api. */
  door: TcpLink;
  /** Where the database lies; undefined where no small volume is to be had. */
  volume: SmallVolume | undefined;
  /** A file of a failpoint's name in here arms it. */
  failpointDir: string;
  close(): Promise<void>;
}

const customers = 40;
const totalUnits = 1_000_000;
/** Of the issue without consent. */
const unitsEach = 10_000;
/** After the payment day of the issue's terms. */
const today = "2021-10-11T10:00:00+09:00";
const silent = { say: () => undefined, progress: () => undefined, check: () => undefined };

export async function openWorld(
  notice: (line: string) => void,
  smallVolume: SmallVolume | undefined,
): Promise<World> {
  const { dataDir, remove } = stackFolder("faults");
  const undo: (() => unknown)[] = [remove];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const failpointDir = join(dataDir, "failpoints");
  mkdirSync(failpointDir, { recursive: true });
  if (smallVolume !== undefined) symlinkSync(smallVolume.folder, join(dataDir, "postgres"));
  const wires = new Map<string, Wires>();
  const wiredEnv = async (name: string, env: Env): Promise<Env> => {
    const opened = await openWires(name, { ...env, failpointDir });
    undo.push(opened.wires.database.close, opened.wires.chain.close);
    wires.set(name, opened.wires);
    return opened.env;
  };
  const envs = new Map<string, Env>();
  try {
    const stack = await startStack({
      dataDir,
      notice,
      genesisTime: new Date("2021-08-11T09:00:00+09:00"),
      rewire: (name, env) => {
        envs.set(name, env);
        return wiredEnv(name, env);
      },
    });
    undo.push(stack.stop);
    const pool = createPool(stack.urls.database.genbo, { max: 1 });
    undo.push(() => pool.end());
    const seconds = await Promise.all(
      standbys.map(async (name) => {
        const service = name.slice(0, -2) as ServiceName;
        const env = await wiredEnv(name, envs.get(service)!);
        return keepUp(name, () => startService(service, env, logOf(stack.folder, name)), notice);
      }),
    );
    undo.push(() => Promise.all(seconds.map((unit) => unit.stop())));
    const control = bothOf(stack, controlOf(seconds));
    const door = await openTcpLink(Number(new URL(stack.urls.api).port));
    undo.push(door.close);
    const urls = { ...stack.urls, api: `http://127.0.0.1:${door.port}` };
    const issue = await activeIssue({ ...stack, urls }, customers, totalUnits);
    undo.push(() => issue.chain.close());
    await moveClock(silent, issue.parties.as.operator, today);
    const direct = await openDirect(issue);
    const wiresOf = async (name: ServiceName) =>
      wires.get((await workingProcess(pool, control, name)) ?? name) ?? wires.get(name)!;
    const volume = smallVolume;
    return { stack, pool, control, issue, direct, wiresOf, door, volume, failpointDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openDirect({ parties, accounts }: ActiveIssue): Promise<OpenedIssue> {
  const policy = { acceptanceRequired: false, approvalRequired: false };
  const opened = await openIssue(parties, unitsEach * customers, policy);
  const rows = accounts.map((to) => ({ to, units: String(unitsEach) }));
  const { issuer } = parties.as;
  const { body } = await issuer.call("issueUnits", { params: { id: opened.id }, body: { rows } });
  await issuer.waitForOperation(body.operationId);
  return opened;
}

/** Undefined for the api, of which there is one, and where nobody does the work or the database cannot say who. */
async function workingProcess(
  pool: Pool,
  control: ProcessControl<AnyName>,
  name: ServiceName,
): Promise<string | undefined> {
  if (name === "api") return undefined;
  try {
    if (name === "indexer") return await leadingIndexer(pool);
    const pid = await lanesHolder(pool);
    return Object.entries(control.processes()).find(([, each]) => each !== undefined && each === pid)?.[0];
  } catch (error) {
    if (databaseTrouble(error) === undefined) throw error;
    return undefined;
  }
}

function bothOf(
  first: ProcessControl<ProcessName>,
  second: ProcessControl<Standby>,
): ProcessControl<AnyName> {
  const isStandby = (name: AnyName): name is Standby => name.endsWith("-2");
  return {
    processes: () => ({ ...first.processes(), ...second.processes() }),
    kill: (name) => (isStandby(name) ? second.kill(name) : first.kill(name)),
    ready: (name) => (isStandby(name) ? second.ready(name) : first.ready(name)),
  };
}
