import { isIP } from "node:net";
import { clientProfiles } from "./client.ts";
import type { NodePlace } from "./client-profile.ts";
import { hostRpcUrl } from "./compose.ts";
import { enodeUrl } from "./identity.ts";
import type { Network, NetworkNode } from "./network.ts";

/** `RUNBOOK.md` of a network: how it starts, and how validators come and go. */
export function runbookText(network: Network): string {
  const { genesis, nodes } = network;
  const { title, admit } = clientProfiles[network.client];
  const validators = nodes.filter((node) => node.validator);
  const quorum = quorumOf(validators.length);
  const spare = validators.length - quorum;
  return `# Runbook: chain ${genesis.chainId} (${title}, QBFT)

${validators.length} validators, a block every ${genesis.blockPeriodSeconds} s, gas is free. ${quorum} validators must sign a block: \
${spare} may be away, and with ${spare + 1} away the chain halts. It does not fork, and goes on when they return.

| node | address | enode |
| --- | --- | --- |
${nodes.map((node) => `| ${node.name} | ${node.address} | ${enodeUrl(node)} |`).join("\n")}

## Start
${startText(network)}
${network.composed ? "" : `\n## What Genbo asks\n${askedText(network)}\n`}
## Add a validator
More than half of the present validators must vote for it. Let it follow the chain first: a validator that lags helps nobody.
1. \`genbo network add --dir <this folder>\` makes its key and files here and updates the others' files. Where its \
operator keeps the key: \`genbo network key --client ${network.client} --host <address>:<port>\` there, which tells \
the enode, then \`genbo network add --dir <this folder> --enode <enode>\` here.
2. Let it in on every other node: ${admit("<enode>")}
3. Start it and wait until its \`eth_blockNumber\` is that of the others.
4. Vote on the present validators:
${fenced(eachValidator(network, "vote", ["<address of the new validator>", true]))}
5. Once enough of them have proposed a block it is in:
${fenced(request(network, rpcUrl(network, 0), "validators", ["latest"]))}
6. Take the votes back, or they would bring it in again after a later removal:
${fenced(eachValidator(network, "discard", ["<address of the new validator>"]))}

## Remove a validator
Vote while it still runs: one that is away counts as a fault until it is voted out. Keep at least four.
1. Vote on the other validators:
${fenced(eachValidator(network, "vote", ["<address of the validator>", false]))}
2. See that it is gone as in step 5 above, and take the votes back as in step 6.
3. Stop the node, and take its enode out of the peer and permission files of the others.

## When blocks stop
See docs/operations/chain.md of Genbo: what each client does after a loss of quorum, and how long it takes to come back.
`;
}

/** ceil(2n/3), as both clients count it. */
export const quorumOf = (validators: number): number => Math.ceil((2 * validators) / 3);

function startText(network: Network): string {
  if (network.composed) {
    return `\`docker build -t genbo .\` in Genbo's own folder, once; then \`docker compose up -d\` in this one. The API is on \
http://127.0.0.1:8080, the first operator's key in \`/var/lib/genbo/secrets/operator-api-key\` of its container. RPC on \
loopback of this host:
${network.nodes.map(({ name }, index) => `${name} ${hostRpcUrl(index)}`).join(", ")}.`;
  }
  const profile = clientProfiles[network.client];
  return network.nodes
    .map((node) => `On ${node.host}, ${node.name}:\n${fenced(commandText(node))}`)
    .join("\n");

  function commandText(node: NetworkNode): string {
    const place = {
      dataDir: `nodes/${node.name}`,
      genesisFile: "genesis.json",
      ...rpcPlace(network, node),
    };
    const environment = Object.entries(profile.environment).map(([key, value]) => `export ${key}=${value}`);
    const prepare = profile.prepare === undefined ? [] : [profile.prepare(place).join(" ")];
    return [...environment, ...prepare, profile.start(network, node, place).join(" ")].join("\n");
  }
}

/**
 * Where a node that lies on a host of its own answers. Validators answer votes, so to their own host alone. The others
 * serve Genbo elsewhere: at the address that peers know, and where that is a name at every one, since a host's own files
 * may give loopback for its name.
 */
function rpcPlace(
  { nodes }: Network,
  node: NetworkNode,
): Pick<NodePlace, "rpcHost" | "rpcPort" | "rpcHostnames"> {
  const beside = nodes.filter(({ host }) => host === node.host);
  const rpcPort = rpcPortFirst + beside.findIndex(({ name }) => name === node.name);
  if (node.validator) return { rpcHost: "127.0.0.1", rpcPort, rpcHostnames: [] };
  return { rpcHost: isIP(node.host) === 0 ? "0.0.0.0" : node.host, rpcPort, rpcHostnames: [node.host] };
}

const rpcPortFirst = 8_545;

function askedText(network: Network): string {
  const serving = network.nodes.filter((node) => !node.validator);
  if (serving.length === 0)
    return "No node serves Genbo on another host yet: `genbo network add --follower --host <address>:<port>` makes one.";
  const urls = serving.map((node) => `http://${node.host}:${rpcPlace(network, node).rpcPort}`);
  return `\`CHAIN_RPC_URLS=${urls.join(",")}\`: three or more in all, of several members. These nodes take no votes, and RPC \
has neither keys nor encryption: **let a firewall keep their RPC ports to the hosts of members' Genbo.** Behind address \
translation listen at the host's own address instead.`;
}

function eachValidator(network: Network, method: "vote" | "discard", params: unknown[]): string {
  return network.nodes
    .flatMap((node, index) =>
      node.validator ? [request(network, rpcUrl(network, index), method, params)] : [],
    )
    .join("\n");
}

function rpcUrl(network: Network, index: number): string {
  const node = network.nodes[index];
  if (network.composed || node === undefined) return hostRpcUrl(index);
  return `http://127.0.0.1:${rpcPlace(network, node).rpcPort} # on ${node.host}`;
}

function request(
  network: Network,
  url: string,
  name: "vote" | "discard" | "validators",
  params: unknown[],
): string {
  const method = clientProfiles[network.client].rpc[name];
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  return `curl -s -H 'content-type: application/json' -d '${body}' ${url}`;
}

const fenced = (text: string): string => `\`\`\`sh\n${text}\n\`\`\``;
