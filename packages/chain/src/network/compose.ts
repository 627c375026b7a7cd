import { clientProfiles } from "./client.ts";
import type { ClientProfile, NodePlace } from "./client-profile.ts";
import type { Network, NetworkNode } from "./network.ts";

const subnet = "172.28.43.0/24";
const rpcPort = 8_545;
/** On the host the nodes' RPC ports follow each other from here, bound to loopback: voting is an operator's call. */
const hostRpcPortFirst = 8_545;

/** A block counts when two nodes have it: with three one may be away. */
const askedMax = 3;

export const imagePlace = (profile: ClientProfile, name: string): NodePlace => ({
  dataDir: profile.imageDataDir,
  genesisFile: "/config/genesis.json",
  rpcHost: "0.0.0.0",
  rpcPort,
  rpcHostnames: [name],
});

/** URL of a node's RPC port on the host that runs the compose file. */
export const hostRpcUrl = (index: number): string => `http://127.0.0.1:${hostRpcPortFirst + index}`;

/**
 * `compose.yaml` of a network that lies on one host: every node, PostgreSQL and our processes. Passwords come from
 * `.env` beside it.
 */
export function composeText(network: Network): string {
  const profile = clientProfiles[network.client];
  const [rpcNodes, validators] = [false, true].map((is) =>
    network.nodes.filter((node) => node.validator === is),
  );
  const asked = [...rpcNodes!, ...validators!].slice(0, askedMax);
  const services = network.nodes.map((node, index) => nodeService(network, profile, node, index));
  return `name: genbo
services:
${[...services, postgresService(), platformService(asked)].join("\n")}
networks:
  chain:
    ipam:
      config:
        - subnet: ${subnet}
volumes:
  postgres:
  genbo:
`;
}

function nodeService(network: Network, profile: ClientProfile, node: NetworkNode, index: number): string {
  const place = imagePlace(profile, node.name);
  const start = profile.start(network, node, place);
  // An image's entry point is the client itself; a client that must be prepared first needs a shell.
  const run =
    profile.prepare === undefined
      ? [`command:`, ...list(start.slice(1))]
      : [`entrypoint:`, ...list(["/bin/sh", "-ec", shellText(profile.prepare(place), start)])];
  return indented(`${node.name}:`, [
    `image: ${profile.image}`,
    "restart: unless-stopped",
    ...run,
    ...(Object.keys(profile.environment).length > 0 ? ["environment:", ...mapping(profile.environment)] : []),
    "volumes:",
    ...list(["./genesis.json:/config/genesis.json:ro", `./nodes/${node.name}:${profile.imageDataDir}`]),
    "ports:",
    ...list([`127.0.0.1:${hostRpcPortFirst + index}:${rpcPort}`]),
    "networks:",
    "  chain:",
    `    ipv4_address: ${node.host}`,
  ]);
}

/** `exec`, so that the client gets the stop signal itself and closes its database. */
const shellText = (prepare: readonly string[], start: readonly string[]): string =>
  `${prepare.join(" ")} && exec ${start.join(" ")}`;

/** Of the settings in `docs/operations/database.md` those that do not depend on the machine. */
const postgresSettings = ["log_error_verbosity=terse", "log_min_error_statement=panic"];

const postgresService = (): string =>
  indented("postgres:", [
    "image: postgres:18",
    "restart: unless-stopped",
    `command: ${JSON.stringify(["postgres", ...postgresSettings.flatMap((each) => ["-c", each])])}`,
    "environment:",
    ...mapping({
      POSTGRES_DB: "genbo",
      POSTGRES_PASSWORD: `\${POSTGRES_PASSWORD:?run genbo network init again, or restore .env}`,
    }),
    "volumes:",
    ...list(["postgres:/var/lib/postgresql"]),
    "healthcheck:",
    `  test: ["CMD-SHELL", "pg_isready -U postgres -d genbo"]`,
    "  interval: 5s",
    "  retries: 12",
    "networks:",
    "  - chain",
  ]);

const platformService = (nodes: readonly NetworkNode[]): string =>
  indented("genbo:", [
    `image: \${GENBO_IMAGE:-genbo:latest}`,
    "restart: unless-stopped",
    "environment:",
    ...mapping({
      GENBO_PROFILE: "server",
      GENBO_DATA_DIR: "/var/lib/genbo",
      GENBO_HTTP_HOST: "0.0.0.0",
      GENBO_HTTP_PORT: "8080",
      DATABASE_URL: `postgresql://postgres:\${POSTGRES_PASSWORD}@postgres:5432/genbo`,
      CHAIN_RPC_URLS: nodes.map(({ name }) => `http://${name}:${rpcPort}`).join(","),
    }),
    "depends_on:",
    "  postgres:",
    "    condition: service_healthy",
    "volumes:",
    ...list(["genbo:/var/lib/genbo"]),
    "ports:",
    ...list(["127.0.0.1:8080:8080"]),
    "networks:",
    "  - chain",
  ]);

/** JSON strings are YAML strings. */
const list = (items: readonly string[]): string[] => items.map((item) => `  - ${JSON.stringify(item)}`);
const mapping = (pairs: Readonly<Record<string, string>>): string[] =>
  Object.entries(pairs).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);

function indented(head: string, lines: readonly string[]): string {
  return [`  ${head}`, ...lines.map((line) => `    ${line}`)].join("\n");
}
