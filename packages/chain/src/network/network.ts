import { randomInt } from "node:crypto";
import { isIP } from "node:net";
import { transactionGasMax } from "../gas.ts";
import { type ChainClient, type GenesisOptions, genesisOf } from "./genesis.ts";
import { createNodeKey, type Endpoint, type NodeIdentity, type NodeKey } from "./identity.ts";
import { haveOneOrder } from "./validator-order.ts";

export interface NetworkNode extends NodeIdentity, Endpoint {
  name: string;
  /** Runs as a validator, once it is in the genesis or voted in; the others follow and serve our processes. */
  validator: boolean;
}

/** A network as its members know it. No secrets: this is what `network.json` holds. */
export interface Network {
  client: ChainClient;
  /** True when every node lies in this folder's `compose.yaml`. */
  composed: boolean;
  genesis: GenesisOptions;
  nodes: NetworkNode[];
}

/** A network with the node keys that were made here, by node name. */
export interface NewNetwork {
  network: Network;
  keys: ReadonlyMap<string, NodeKey>;
}

export interface NetworkOptions {
  client: ChainClient;
  validators: number;
  rpcNodes: number;
  chainId?: number;
  blockPeriodSeconds?: number;
  requestTimeoutSeconds?: number;
  gasLimit?: number;
  /** Where each node is reached, validators first; without it all nodes lie in one compose network. */
  endpoints?: readonly Endpoint[];
  /** Members that hold their own keys; they become the first validators. */
  members?: readonly (NodeIdentity & Endpoint)[];
}

/** QBFT bears f faults with 3f + 1 validators: four are the fewest that bear one. */
export const validatorsMin = 4;
/** Each validator hears each other one in every phase of a block. */
const validatorsMax = 100;
const rpcNodesMax = 20;

export const defaults = {
  blockPeriodSeconds: 1,
  /** Twice the block period, as Besu's documentation advises. */
  requestTimeoutSeconds: 2,
  epochLength: 30_000,
  /** What the local chain and ibet for Fin have. */
  gasLimit: 800_000_000,
} as const;

export const peerPort = 30_303;

/** Fixed addresses, so that peers are permitted by key and address and no node asks a name server. */
const composeAddress = (index: number): string => `172.28.43.${11 + index}`;

/** Plans a network and makes the keys of the nodes that bring none. @throws Error naming what to change */
export function createNetwork(options: NetworkOptions): NewNetwork {
  const { client, validators, rpcNodes, members = [], endpoints } = options;
  within("--validators", validators, validatorsMin, validatorsMax);
  within("--rpc-nodes", rpcNodes, 0, rpcNodesMax);
  if (members.length > validators)
    throw new Error(`${members.length} members, but --validators ${validators}.`);
  const own = validators - members.length + rpcNodes;
  if (endpoints !== undefined && endpoints.length !== own) {
    throw new Error(`--hosts names ${endpoints.length} nodes; ${own} are to be made here.`);
  }
  if (members.length > 0 && own > 0 && endpoints === undefined) {
    throw new Error("Members with their own keys run elsewhere: give --hosts for the nodes made here.");
  }
  const keys = new Map<string, NodeKey>();
  const made = Array.from({ length: own }, (_, index): NetworkNode => {
    const { secretKey, ...identity } = createNodeKey(client);
    const place = members.length + index;
    const validator = place < validators;
    const name = validator ? `validator-${place + 1}` : `rpc-${place - validators + 1}`;
    keys.set(name, { secretKey, ...identity });
    const endpoint = endpoints?.[index] ?? { host: composeAddress(index), port: peerPort };
    return { name, validator, ...identity, ...endpoint };
  });
  const joined = members.map((member, index) => ({
    name: `validator-${index + 1}`,
    validator: true,
    ...member,
  }));
  const nodes: NetworkNode[] = [...joined, ...made];
  checkNodes(client, nodes);
  for (const member of joined) checkOrder(client, member, nodes);
  const genesis = genesisOptions(options, nodes);
  const composed = endpoints === undefined && members.length === 0;
  return { network: { client, composed, genesis, nodes }, keys };
}

/** Adds a node. Its key is made here unless `member` brings it; a validator still has to be voted in. */
export function addNode(
  network: Network,
  node: { validator: boolean; name?: string; endpoint?: Endpoint; member?: NodeIdentity & Endpoint },
): NewNetwork & { node: NetworkNode } {
  const key = node.member === undefined ? createNodeKey(network.client) : undefined;
  const identity = node.member ?? key!;
  const place = network.nodes.length;
  const endpoint =
    node.member ?? node.endpoint ?? (network.composed && { host: composeAddress(place), port: peerPort });
  if (!endpoint) throw new Error("Give --host <address>:<port> where peers reach the new node.");
  const name = node.name ?? nextName(network, node.validator ? "validator" : "rpc");
  const added: NetworkNode = {
    name,
    validator: node.validator,
    publicKey: identity.publicKey,
    address: identity.address,
    host: endpoint.host,
    port: endpoint.port,
  };
  const nodes = [...network.nodes, added];
  checkNodes(network.client, nodes);
  checkOrder(network.client, added, network.nodes);
  return {
    network: { ...network, nodes },
    node: added,
    keys: new Map(key === undefined ? [] : [[name, key]]),
  };
}

/** The text of `genesis.json`: the same network gives the same bytes. */
export function genesisText(network: Network): string {
  return `${JSON.stringify(genesisOf(network.client, network.genesis), null, 2)}\n`;
}

function genesisOptions(options: NetworkOptions, nodes: readonly NetworkNode[]): GenesisOptions {
  const blockPeriodSeconds = options.blockPeriodSeconds ?? defaults.blockPeriodSeconds;
  const requestTimeoutSeconds = options.requestTimeoutSeconds ?? 2 * blockPeriodSeconds;
  within("--block-period", blockPeriodSeconds, 1, 60);
  within("--request-timeout", requestTimeoutSeconds, blockPeriodSeconds, 600);
  const gasLimit = options.gasLimit ?? defaults.gasLimit;
  within("--gas-limit", gasLimit, transactionGasMax, Number.MAX_SAFE_INTEGER);
  // Drawn at random, so that a transaction of one network is never valid on another.
  const chainId = options.chainId ?? randomInt(1_000_000, 2 ** 31);
  within("--chain-id", chainId, 1, 2 ** 52);
  return {
    chainId,
    // Both clients order validators by address from block 1 on; so does block 0.
    validators: nodes
      .filter((node) => node.validator)
      .map((node) => node.address)
      .sort(),
    blockPeriodSeconds,
    requestTimeoutSeconds,
    epochLength: defaults.epochLength,
    gasLimit,
    timestamp: 0,
  };
}

function nextName(network: Network, role: string): string {
  const names = new Set(network.nodes.map((node) => node.name));
  let number = 1;
  while (names.has(`${role}-${number}`)) number += 1;
  return `${role}-${number}`;
}

function checkNodes(client: ChainClient, nodes: readonly NetworkNode[]): void {
  const seen = new Set<string>();
  for (const { name, publicKey, host, port } of nodes) {
    // Besu compares the address of whoever connects with its list.
    if (client === "besu" && isIP(host) === 0) throw new Error(`Besu wants an IP address, not ${host}.`);
    for (const mark of [name, publicKey, `${host}:${port}`]) {
      if (seen.has(mark)) throw new Error(`Two nodes have the same name, key or address: ${mark}`);
      seen.add(mark);
    }
  }
}

/** Only of who comes: a network that was made without heeding it can still grow. */
function checkOrder(client: ChainClient, added: NetworkNode, nodes: readonly NetworkNode[]): void {
  if (client !== "goquorum" || !added.validator) return;
  const other = nodes.find((node) => node.validator && !haveOneOrder(added.address, node.address));
  if (other === undefined) return;
  throw new Error(
    `GoQuorum orders ${added.address} (${added.name}) and ${other.address} (${other.name}) one way until a node is \
restarted and the other way afterwards, and validators would disagree whose turn it is. Make another key for one of \
them: genbo network key --client goquorum.`,
  );
}

function within(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new Error(`${name} must be a whole number from ${min} to ${max}.`);
}
