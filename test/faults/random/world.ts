import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { moveClock } from "@genbo/cli/demo/clock";
import { type Stack, startStack } from "@genbo/cli/supervisor";
import type { ServiceName } from "@genbo/cli/supervisor-service";
import { type ActiveIssue, activeIssue } from "../../support/active-issue.ts";
import { type FaultyNode, openFaultyNode } from "../../support/faulty-node.ts";
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
  /** A file of a failpoint's name in here arms it. */
  failpointDir: string;
  close(): Promise<void>;
}

const customers = 40;
const totalUnits = 1_000_000;
/** After the payment day of the issue's terms. */
const today = "2021-10-11T10:00:00+09:00";
const silent = { say: () => undefined, progress: () => undefined, check: () => undefined };

export async function openWorld(notice: (line: string) => void): Promise<World> {
  const { dataDir, remove } = stackFolder("faults");
  const failpointDir = join(dataDir, "failpoints");
  mkdirSync(failpointDir, { recursive: true });
  const wires = new Map<ServiceName, Wires>();
  const stack = await startStack({
    dataDir,
    notice,
    genesisTime: new Date("2021-08-11T09:00:00+09:00"),
    rewire: async (name, env) => {
      const direct = new URL(env.databaseUrl);
      const database = await openTcpLink(Number(direct.port));
      const chain = await openFaultyNode(env.chainRpcUrls[0]!);
      wires.set(name, { database, chain });
      direct.port = String(database.port);
      return { ...env, failpointDir, databaseUrl: direct.href, chainRpcUrls: [chain.url] };
    },
  });
  const close = async () => {
    await stack.stop();
    for (const { database, chain } of wires.values()) await Promise.all([database.close(), chain.close()]);
    remove();
  };
  try {
    const issue = await activeIssue(stack, customers, totalUnits);
    await moveClock(silent, issue.parties.as.operator, today);
    return {
      stack,
      issue,
      wires,
      failpointDir,
      close: async () => {
        issue.chain.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
