import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { clientProfiles } from "@genbo/chain/network/client";
import { nodeDir, readNetwork } from "@genbo/chain/network/files";
import type { ChainClient } from "@genbo/chain/network/genesis";
import { enodeUrl } from "@genbo/chain/network/identity";
import type { Network, NetworkNode } from "@genbo/chain/network/network";
import { fixedPort } from "../support/fixed-port.ts";
import { openTcpLink, type TcpLink } from "../support/tcp-link.ts";
import { type ChainNode, type NodeSlot, nodeSlot, startNode } from "./node.ts";

const run = promisify(execFile);
const genbo = join(import.meta.dirname, "../../apps/cli/src/main.ts");

export interface ChainBinary {
  client: ChainClient;
  path: string;
}

/** Validators on loopback, made by `genbo network`, whose processes and connections a test may break. */
export interface Consortium {
  network(): Network;
  slots: readonly NodeSlot[];
  /** Those whose process runs now. */
  running(): NodeSlot[];
  pids(): Record<string, number>;
  /** Names of the RPC methods for votes. */
  rpcNames: { vote: string; discard: string; validators: string };
  start(name: string): Promise<void>;
  kill(name: string): Promise<void>;
  /** Cuts every connection between a node and its peers; its RPC port still answers. */
  cut(name: string): void;
  mend(name: string): void;
  /** `genbo network add`: a node that is let in, not started yet. */
  add(): Promise<NodeSlot>;
  close(): Promise<void>;
}

export interface ConsortiumOptions {
  /** One of its own when left out. */
  chainId?: number;
  /** Nodes call each other without links, which nobody can cut then: each block's bytes would pass through this process. */
  direct?: boolean;
}

/** Makes a network of four validators in `dir` and starts them. */
export async function startConsortium(
  binary: ChainBinary,
  dir: string,
  { chainId, direct = false }: ConsortiumOptions = {},
): Promise<Consortium> {
  const hosts = await Promise.all(Array.from({ length: 4 }, freshHost));
  await runGenbo(
    "init",
    "--client",
    binary.client,
    "--rpc-nodes",
    "0",
    "--hosts",
    hosts.join(","),
    "--dir",
    dir,
    ...(chainId === undefined ? [] : ["--chain-id", String(chainId)]),
  );
  let network = await readNetwork(dir);
  const slots: NodeSlot[] = [];
  const nodes = new Map<string, ChainNode>();
  const links: { from: string; to: string; link: TcpLink }[] = [];
  const withNode = (name: string, act: (link: TcpLink) => void) => {
    for (const { from, to, link } of links) if (from === name || to === name) act(link);
  };
  const takeIn = async (node: NetworkNode) => {
    slots.push(nodeSlot(node, await fixedPort()));
    if (direct) return;
    for (const other of network.nodes) {
      for (const [from, to] of [
        [node, other],
        [other, node],
      ] as const) {
        if (from === to || links.some((each) => each.from === from.name && each.to === to.name)) continue;
        links.push({ from: from.name, to: to.name, link: await openTcpLink(to.port) });
      }
    }
  };
  const start = async (name: string) => {
    const slot = slotOf(slots, name);
    callThroughLinks(dir, network, name, links);
    nodes.set(name, await startNode(binary.path, dir, network, slot));
  };
  const close = async () => {
    await Promise.all([...nodes.values()].map((node) => node.stop()));
    await Promise.all(links.map(({ link }) => link.close()));
    for (const { rpc } of slots) rpc.close();
  };
  for (const node of network.nodes) await takeIn(node);
  try {
    await Promise.all(slots.map(({ node }) => start(node.name)));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    network: () => network,
    slots,
    running: () => slots.filter(({ node }) => nodes.has(node.name)),
    pids: () => Object.fromEntries([...nodes].map(([name, { pid }]) => [name, pid])),
    rpcNames: clientProfiles[binary.client].rpc,
    start,
    kill: async (name) => {
      const node = nodes.get(name);
      nodes.delete(name);
      await node?.kill();
    },
    cut: (name) => withNode(name, (link) => link.cut()),
    mend: (name) => withNode(name, (link) => link.mend()),
    add: async () => {
      await runGenbo("add", "--dir", dir, "--host", await freshHost());
      network = await readNetwork(dir);
      const node = network.nodes.at(-1) as NetworkNode;
      await takeIn(node);
      // As the runbook has it: Besu reads its file at the start, and when it is told to.
      if (network.client === "besu")
        for (const { node: each, rpc } of slots.filter((slot) => nodes.has(slot.node.name))) {
          callThroughLinks(dir, network, each.name, links);
          await rpc.call("perm_reloadPermissionsFromFile");
        }
      return slotOf(slots, node.name);
    },
    close,
  };
}

const freshHost = async (): Promise<string> => `127.0.0.1:${await fixedPort()}`;

const runGenbo = (...args: string[]) => run(process.execPath, [genbo, "network", ...args]);

function slotOf(slots: readonly NodeSlot[], name: string): NodeSlot {
  const slot = slots.find(({ node }) => node.name === name);
  if (slot === undefined) throw new Error(`No node ${name}.`);
  return slot;
}

/**
 * In a node's own list of peers each peer's port becomes that of the link to it. Besu calls only those that its
 * allowlist names as well, by port; it knows who calls by the port that the caller says it listens on.
 */
function callThroughLinks(
  dir: string,
  network: Network,
  name: string,
  links: readonly { from: string; to: string; link: TcpLink }[],
): void {
  const calls = network.nodes.flatMap((peer) =>
    links
      .filter(({ from, to }) => from === name && to === peer.name)
      .map(({ link }) => ({ url: enodeUrl(peer), linked: enodeUrl({ ...peer, port: link.port }) })),
  );
  for (const { path } of clientProfiles[network.client].peerFiles(network)) {
    const file = join(nodeDir(dir, name), path);
    const before = readFileSync(file, "utf8");
    let text = before;
    for (const { url, linked } of calls) {
      if (path.endsWith("static-nodes.json")) text = text.replace(url, linked);
      else if (path.endsWith("permissions_config.toml") && !text.includes(linked))
        text = text.replace(`"${url}"`, `"${url}", "${linked}"`);
    }
    if (text !== before) writeFileSync(file, text);
  }
}
