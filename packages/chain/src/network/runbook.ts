import { clientProfiles } from "./client.ts";
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
      rpcHost: "127.0.0.1",
      rpcPort: 8545,
      rpcHostnames: [],
    };
    const environment = Object.entries(profile.environment).map(([key, value]) => `export ${key}=${value}`);
    const prepare = profile.prepare === undefined ? [] : [profile.prepare(place).join(" ")];
    return [...environment, ...prepare, profile.start(network, node, place).join(" ")].join("\n");
  }
}

function eachValidator(network: Network, method: "vote" | "discard", params: unknown[]): string {
  return network.nodes
    .flatMap((node, index) =>
      node.validator ? [request(network, rpcUrl(network, index), method, params)] : [],
    )
    .join("\n");
}

const rpcUrl = (network: Network, index: number): string =>
  network.composed ? hostRpcUrl(index) : `http://127.0.0.1:8545 # on ${network.nodes[index]?.host}`;

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
