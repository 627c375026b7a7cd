import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { clientProfiles } from "@genbo/chain/network/client";
import { nodeDir } from "@genbo/chain/network/files";
import type { Network, NetworkNode } from "@genbo/chain/network/network";
import { createRpc, type Rpc } from "@genbo/chain/rpc";
import { inheritedEnv } from "@genbo/domain/env";
import { endChild, exitOf, tether } from "@genbo/domain/tether";
import { waitFor } from "./wait.ts";

/** A running node. */
export interface ChainNode {
  pid: number;
  /** As `kill -9`: no time to say goodbye to anything. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A node's place in the test, whether it runs or not. */
export interface NodeSlot {
  node: NetworkNode;
  rpc: Rpc;
  url: string;
  rpcPort: number;
}

const startTimeoutMs = 60_000;
const stopGraceMs = 20_000;
/** The peers of a test are all on this machine; nobody else may even try. */
const loopbackOnly = { besu: [], goquorum: ["--netrestrict=127.0.0.0/8", "--cache=128"] } as const;

export function nodeSlot(node: NetworkNode, rpcPort: number): NodeSlot {
  const url = `http://127.0.0.1:${rpcPort}`;
  return { node, rpcPort, url, rpc: createRpc([url], { timeoutMs: 3_000 }) };
}

/** Starts a node with the flags that `genbo network` gives it and returns when it answers. */
export async function startNode(
  binary: string,
  dir: string,
  network: Network,
  slot: NodeSlot,
): Promise<ChainNode> {
  const profile = clientProfiles[network.client];
  const dataDir = nodeDir(dir, slot.node.name);
  const place = {
    dataDir,
    genesisFile: join(dir, "genesis.json"),
    rpcHost: "127.0.0.1",
    rpcPort: slot.rpcPort,
    rpcHostnames: [],
  };
  const log = openSync(`${dataDir}.log`, "a");
  const env = { ...inheritedEnv(), ...profile.environment };
  const run = ([, ...args]: string[]) => spawn(binary, args, { env, stdio: ["ignore", log, log] });
  try {
    if (profile.prepare !== undefined) {
      const { code } = await exitOf(run(profile.prepare(place)));
      if (code !== 0) throw new Error(`${slot.node.name} takes no genesis: see ${dataDir}.log`);
    }
    const child = run([...profile.start(network, slot.node, place), ...loopbackOnly[network.client]]);
    tether(child, "TERM");
    const exited = exitOf(child).then(() => true);
    const answers = waitFor(
      `${slot.node.name} answers`,
      async () => {
        if (child.exitCode !== null) throw new Error(`${slot.node.name} ended: see ${dataDir}.log`);
        return slot.rpc.call("eth_blockNumber").catch(() => undefined);
      },
      startTimeoutMs,
    );
    await answers.catch(async (error: unknown) => {
      await endChild(child, ["SIGKILL"], stopGraceMs);
      throw error;
    });
    return {
      pid: child.pid as number,
      kill: async () => {
        child.kill("SIGKILL");
        await exited;
      },
      stop: async () => void (await endChild(child, ["SIGTERM", "SIGKILL"], stopGraceMs)),
    };
  } finally {
    closeSync(log);
  }
}
