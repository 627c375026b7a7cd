import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { clientProfiles } from "./client.ts";
import type { NetworkFile } from "./client-profile.ts";
import { composeText } from "./compose.ts";
import type { NodeKey } from "./identity.ts";
import { genesisText, type Network, type NewNetwork } from "./network.ts";
import { runbookText } from "./runbook.ts";

const networkFile = "network.json";

/**
 * Writes a new network into `dir`: `network.json`, `genesis.json`, `RUNBOOK.md`, a folder for each node and, when
 * all nodes lie on one host, `compose.yaml` with its `.env`. Node keys and passwords are readable by their owner alone.
 * @throws Error when a network is there already: its keys would be lost
 */
export async function writeNetwork(dir: string, { network, keys }: NewNetwork): Promise<void> {
  if (await exists(join(dir, networkFile)))
    throw new Error(`${dir} holds a network already. Give another --dir.`);
  await writeFiles(dir, [
    ...sharedFiles(network),
    ...keyFiles(network, keys),
    ...(network.composed ? [passwordFile()] : []),
    descriptionFile(network),
  ]);
}

/** Writes a network that has one node more: its key, and the peers of all. */
export async function updateNetwork(dir: string, { network, keys }: NewNetwork): Promise<void> {
  await writeFiles(dir, [...keyFiles(network, keys), ...sharedFiles(network), descriptionFile(network)]);
}

/** @throws Error when `dir` holds no network */
export async function readNetwork(dir: string): Promise<Network> {
  const text = await readFile(join(dir, networkFile), "utf8").catch(() => undefined);
  if (text === undefined) throw new Error(`No ${networkFile} in ${dir}: run genbo network init first.`);
  return JSON.parse(text) as Network;
}

/** The data folder of one node. */
export const nodeDir = (dir: string, name: string): string => join(dir, "nodes", name);

/** Everything that can be derived from the network's description, again and again with the same bytes. */
function sharedFiles(network: Network): NetworkFile[] {
  const peers = clientProfiles[network.client].peerFiles(network);
  return [
    { path: "genesis.json", text: genesisText(network) },
    { path: "RUNBOOK.md", text: runbookText(network) },
    ...(network.composed ? [{ path: "compose.yaml", text: composeText(network) }] : []),
    ...network.nodes.flatMap(({ name }) => peers.map((file) => inNode(name, file))),
  ];
}

const descriptionFile = (network: Network): NetworkFile => ({
  path: networkFile,
  text: `${JSON.stringify(network, null, 2)}\n`,
});

const passwordFile = (): NetworkFile => ({
  path: ".env",
  text: `POSTGRES_PASSWORD=${randomBytes(24).toString("base64url")}\n`,
  secret: true,
});

function keyFiles(network: Network, keys: ReadonlyMap<string, NodeKey>): NetworkFile[] {
  const { keyFile } = clientProfiles[network.client];
  return [...keys].map(([name, key]) => inNode(name, keyFile(key)));
}

const inNode = (name: string, file: NetworkFile): NetworkFile => ({
  ...file,
  path: join("nodes", name, file.path),
});

async function writeFiles(dir: string, files: readonly NetworkFile[]): Promise<void> {
  for (const { path, text, secret } of files) {
    const target = join(dir, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    // Renamed into place: a node may read its permission file at any moment.
    await writeFile(`${target}.new`, text, { mode: secret ? 0o600 : 0o644 });
    await rename(`${target}.new`, target);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
