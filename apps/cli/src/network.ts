import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { parseArgs } from "node:util";
import { clientProfiles } from "@genbo/chain/network/client";
import { readNetwork, updateNetwork, writeNetwork } from "@genbo/chain/network/files";
import type { ChainClient } from "@genbo/chain/network/genesis";
import { createNodeKey, type Endpoint, enodeUrl, isPort, parseEnode } from "@genbo/chain/network/identity";
import { addNode, createNetwork, peerPort } from "@genbo/chain/network/network";
import { runbookText } from "@genbo/chain/network/runbook";
import { readArgs } from "./read-args.ts";

const usage = `genbo network init --validators 4 --client besu|goquorum [--dir genbo-network]
    Makes a QBFT network: genesis, node keys, peers, permissions, and the runbook for its validators.
    --rpc-nodes 1          nodes that follow the chain and serve Genbo
    --hosts a[:p],b[:p],…  where each node made here is reached, validators first; without it all of them lie
                           in one compose.yaml, with PostgreSQL and Genbo
    --members enode,…      validators whose operators hold their own keys
    --chain-id N --block-period 1 --request-timeout 2 --gas-limit 800000000
genbo network key --client besu|goquorum --host a[:p] [--dir .]
    Makes a node's key where it stays, and tells the enode that the others need.
genbo network add [--dir D] [--name N] [--host a[:p] | --enode URL] [--follower]
    Adds a validator to the network in D and prints how the others vote it in; with --follower, a node that
    serves Genbo.
genbo network runbook [--dir D]`;

const options = {
  client: { type: "string" },
  dir: { type: "string" },
  validators: { type: "string", default: "4" },
  "rpc-nodes": { type: "string", default: "1" },
  "chain-id": { type: "string" },
  "block-period": { type: "string" },
  "request-timeout": { type: "string" },
  "gas-limit": { type: "string" },
  hosts: { type: "string" },
  members: { type: "string" },
  name: { type: "string" },
  host: { type: "string" },
  enode: { type: "string" },
  follower: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

const dirDefault = "genbo-network";

/** `genbo network …`: makes and changes the files of a QBFT network. Prints the runbook. @throws Error for the user */
export async function runNetwork(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  const { values } = readArgs(usage, { args: rest, options });
  switch (command) {
    case "init":
      return init(values);
    case "add":
      return add(values);
    case "key":
      return key(values);
    case "runbook":
      return print(runbookText(await readNetwork(dirOf(values))));
    default:
      throw new Error(usage);
  }
}

async function init(values: Values): Promise<void> {
  const made = createNetwork({
    client: clientOf(values),
    validators: Number(values.validators),
    rpcNodes: Number(values["rpc-nodes"]),
    ...optional("chainId", values["chain-id"], Number),
    ...optional("blockPeriodSeconds", values["block-period"], Number),
    ...optional("requestTimeoutSeconds", values["request-timeout"], Number),
    ...optional("gasLimit", values["gas-limit"], Number),
    ...optional("endpoints", values.hosts, (text) => text.split(",").map(endpointOf)),
    ...optional("members", values.members, (text) => text.split(",").map(parseEnode)),
  });
  const dir = dirOf(values);
  await writeNetwork(dir, made);
  print(`Written to ${dir}. Node keys are in nodes/*/: keep them as you keep signing keys.\n`);
  print(runbookText(made.network));
}

async function add(values: Values): Promise<void> {
  const dir = dirOf(values);
  const network = await readNetwork(dir);
  const made = addNode(network, {
    validator: !values.follower,
    ...optional("name", values.name, (name) => name),
    ...optional("endpoint", values.host, endpointOf),
    ...optional("member", values.enode, parseEnode),
  });
  await updateNetwork(dir, made);
  const { node } = made;
  print(`Added ${node.name}, address ${node.address}\n${enodeUrl(node)}\n`);
  print(runbookText(made.network));
}

function key(values: Values): void {
  if (values.host === undefined)
    throw new Error("Give --host <address>[:<port>] where peers reach the node.");
  // Before a key is written: one that belongs to no endpoint would stay behind.
  const endpoint = endpointOf(values.host);
  const client = clientOf(values);
  const made = createNodeKey(client);
  const file = clientProfiles[client].keyFile(made);
  const path = resolve(values.dir ?? ".", file.path.split("/").at(-1) as string);
  // `wx`: a key that is there may be a validator's.
  writeFileSync(path, file.text, { mode: 0o600, flag: "wx" });
  print(`Key written to ${path}\naddress ${made.address}\n${enodeUrl({ ...made, ...endpoint })}`);
}

function clientOf({ client }: Values): ChainClient {
  if (client === "besu" || client === "goquorum") return client;
  throw new Error(`Give --client besu or --client goquorum.\n\n${usage}`);
}

const dirOf = ({ dir }: Values): string => resolve(dir ?? dirDefault);

function endpointOf(text: string): Endpoint {
  const [host = "", port = String(peerPort), more] = text.trim().split(":");
  if (host === "" || more !== undefined || !isPort(Number(port))) {
    throw new Error(`Not <address>[:<port>]: ${text}`);
  }
  return { host, port: Number(port) };
}

function optional<Key extends string, Value>(
  name: Key,
  text: string | undefined,
  read: (text: string) => Value,
): { [name in Key]?: Value } {
  return text === undefined ? {} : ({ [name]: read(text) } as { [name in Key]?: Value });
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
