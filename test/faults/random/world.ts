import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { moveClock } from "@genbo/cli/demo/clock";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import type { ServiceName } from "@genbo/cli/supervisor-service";
import { type ActiveIssue, activeIssue } from "../../support/active-issue.ts";
import { type FaultyNode, openFaultyNode } from "../../support/faulty-node.ts";
import type { SmallVolume } from "../../support/small-volume.ts";
import { stackFolder } from "../../support/stack-folder.ts";
import { openTcpLink, type TcpLink } from "../../support/tcp-link.ts";

/** What stands between one of our processes and the rest. */
interface Wires {
  database: TcpLink;
  chain: FaultyNode;
}

/** A platform of real processes, each of which reaches database and chain over wires that a test can break. */
export interface World {
  stack: Stack;
  issue: ActiveIssue;
  wires: ReadonlyMap<ServiceName, Wires>;
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
  const wires = new Map<ServiceName, Wires>();
  try {
    const stack = await startStack({
      dataDir,
      notice,
      genesisTime: new Date("2021-08-11T09:00:00+09:00"),
      rewire: async (name, env) => {
        const direct = new URL(env.databaseUrl);
        const database = await openTcpLink(Number(direct.port));
        const chain = await openFaultyNode(env.chainRpcUrls[0]!);
        undo.push(database.close, chain.close);
        wires.set(name, { database, chain });
        direct.port = String(database.port);
        return { ...env, failpointDir, databaseUrl: direct.href, chainRpcUrls: [chain.url] };
      },
    });
    undo.push(stack.stop);
    const door = await openTcpLink(Number(new URL(stack.urls.api).port));
    undo.push(door.close);
    const urls = { ...stack.urls, api: `http://127.0.0.1:${door.port}` };
    const issue = await activeIssue({ ...stack, urls }, customers, totalUnits);
    undo.push(() => issue.chain.close());
    await moveClock(silent, issue.parties.as.operator, today);
    return { stack, issue, wires, door, volume: smallVolume, failpointDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}
