import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeText } from "@genbo/chain/network/compose";
import { nodeDir, readNetwork, updateNetwork, writeNetwork } from "@genbo/chain/network/files";
import type { ChainClient } from "@genbo/chain/network/genesis";
import { createNodeKey, type Endpoint, type NodeIdentity, parseEnode } from "@genbo/chain/network/identity";
import { addNode, createNetwork, genesisText } from "@genbo/chain/network/network";
import { quorumOf, runbookText } from "@genbo/chain/network/runbook";
import { getAddress } from "ethers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const four = { client: "goquorum", validators: 4, rpcNodes: 1 } as const;
const clients: ChainClient[] = ["besu", "goquorum"];
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "genbo-network-"));
});
afterEach(() => rm(dir, { recursive: true }));

const memberAt = (n: number, { publicKey, address }: NodeIdentity): NodeIdentity & Endpoint => ({
  publicKey,
  address,
  host: `10.0.0.${n}`,
  port: 30_303,
});

function ascending<Key extends string | bigint>(keyOf: (address: string) => Key) {
  return (one: string, other: string) => (keyOf(one) < keyOf(other) ? -1 : 1);
}

const text = (path: string) => readFile(join(dir, path), "utf8");
const mode = async (path: string) => (await stat(join(dir, path))).mode & 0o777;

describe("a new network", () => {
  test.each(clients)(
    "%s: the genesis names the validators alone, in the order of their addresses",
    (client) => {
      const { network } = createNetwork({ ...four, client });
      const validators = network.nodes.filter((node) => node.validator).map((node) => node.address);
      expect(network.genesis.validators).toEqual([...validators].sort());
      expect(network.nodes.map((node) => node.name)).toEqual([
        "validator-1",
        "validator-2",
        "validator-3",
        "validator-4",
        "rpc-1",
      ]);
      expect(network.genesis).toMatchObject({ blockPeriodSeconds: 1, requestTimeoutSeconds: 2 });
    },
  );

  test("two networks have neither a key nor a chain id in common", () => {
    const [one, other] = [createNetwork(four).network, createNetwork(four).network];
    expect(one.genesis.chainId).not.toBe(other.genesis.chainId);
    const keys = [...one.nodes, ...other.nodes].map((node) => node.publicKey);
    expect(new Set(keys).size).toBe(10);
  });

  test("the files hold each key once, for its owner alone", async () => {
    const made = createNetwork(four);
    await writeNetwork(dir, made);
    for (const [name, { secretKey }] of made.keys) {
      expect(await text(`nodes/${name}/geth/nodekey`)).toBe(secretKey);
      expect(await mode(`nodes/${name}/geth/nodekey`)).toBe(0o600);
    }
    expect(await mode(".env")).toBe(0o600);
    const open = ["network.json", "genesis.json", "RUNBOOK.md", "compose.yaml"].map(text);
    const shown = (await Promise.all(open)).join("\n");
    for (const { secretKey } of made.keys.values()) expect(shown).not.toContain(secretKey);
  });

  test("Besu reads its key with 0x", async () => {
    const made = createNetwork({ ...four, client: "besu" });
    await writeNetwork(dir, made);
    expect(await text("nodes/validator-1/key")).toBe(`0x${made.keys.get("validator-1")!.secretKey}\n`);
  });

  test("every node knows every other, and the same network gives the same bytes", async () => {
    const made = createNetwork(four);
    await writeNetwork(dir, made);
    for (const { name } of made.network.nodes) {
      const peers = JSON.parse(await text(`nodes/${name}/geth/static-nodes.json`)) as string[];
      expect(peers.map((url) => parseEnode(url).address)).toEqual(
        made.network.nodes.map((node) => node.address),
      );
      expect(JSON.parse(await text(`nodes/${name}/permissioned-nodes.json`))).toEqual(peers);
    }
    const network = await readNetwork(dir);
    expect(network).toEqual(made.network);
    expect(genesisText(network)).toBe(await text("genesis.json"));
    expect(composeText(network)).toBe(await text("compose.yaml"));
  });

  test("a folder with a network is left as it is", async () => {
    await writeNetwork(dir, createNetwork(four));
    const before = await text("network.json");
    await expect(writeNetwork(dir, createNetwork(four))).rejects.toThrow("holds a network already");
    expect(await text("network.json")).toBe(before);
  });

  test("members keep their keys: only the keys made here are written", async () => {
    const members = [1, 2, 3, 4].map((n) => memberAt(n, createNodeKey("goquorum")));
    const made = createNetwork({
      ...four,
      members: members.map((member) =>
        parseEnode(`enode://${member.publicKey}@${member.host}:${member.port}`),
      ),
      endpoints: [{ host: "10.0.1.1", port: 30_303 }],
    });
    expect([...made.keys.keys()]).toEqual(["rpc-1"]);
    await writeNetwork(dir, made);
    await expect(stat(join(nodeDir(dir, "validator-1"), "geth/nodekey"))).rejects.toThrow("ENOENT");
    await expect(stat(join(dir, "compose.yaml"))).rejects.toThrow("ENOENT");
  });

  test("Besu wants addresses, GoQuorum takes names", () => {
    const endpoints = [1, 2, 3, 4, 5].map((n) => ({ host: `node-${n}.example.jp`, port: 30_303 }));
    expect(() => createNetwork({ ...four, client: "besu", endpoints })).toThrow(
      "an IP address, not node-1.example.jp",
    );
    expect(createNetwork({ ...four, endpoints }).network.nodes[4]?.host).toBe("node-5.example.jp");
  });

  test.each([
    ["three validators", { validators: 3 }, "--validators must be a whole number from 4"],
    ["half a validator", { validators: 4.5 }, "--validators"],
    ["a word for a number", { chainId: Number("x") }, "--chain-id"],
    ["a block period of 0", { blockPeriodSeconds: 0 }, "--block-period"],
    [
      "a time-out below the block period",
      { blockPeriodSeconds: 5, requestTimeoutSeconds: 4 },
      "--request-timeout",
    ],
    [
      "a gas limit below that of a full batch",
      { gasLimit: 15_999_999 },
      "--gas-limit must be a whole number from 16000000",
    ],
    [
      "too few hosts",
      { endpoints: [{ host: "10.0.0.1", port: 1 }] },
      "--hosts names 1 nodes; 5 are to be made",
    ],
    ["two nodes in one place", { endpoints: Array(5).fill({ host: "10.0.0.1", port: 1 }) }, "10.0.0.1:1"],
  ])("%s is refused", (_, change, message) => {
    expect(() => createNetwork({ ...four, ...change })).toThrow(message);
  });
});

// A restarted GoQuorum orders validators by checksummed text, one that was not by bytes.
describe("the turns of GoQuorum's validators", () => {
  const byText = (addresses: readonly string[]) => [...addresses].sort(ascending(getAddress));
  const byBytes = (addresses: readonly string[]) => [...addresses].sort(ascending(BigInt));
  const two = (agree: boolean) => {
    for (;;) {
      const members = [1, 2].map((n) => memberAt(n, createNodeKey("besu")));
      const addresses = members.map(({ address }) => address);
      if ((String(byText(addresses)) === String(byBytes(addresses))) === agree) return members;
    }
  };
  const endpoints = [3, 4, 5].map((n) => ({ host: `10.0.0.${n}`, port: 30_303 }));

  test("come in one order whichever way they are ordered", () => {
    for (let made = 0; made < 5; made += 1) {
      const { network } = createNetwork({ ...four, validators: 7 });
      const added = addNode(addNode(network, { validator: true }).network, { validator: true });
      const addresses = added.network.nodes.filter(({ validator }) => validator).map((node) => node.address);
      expect(addresses).toHaveLength(9);
      expect(byText(addresses)).toEqual(byBytes(addresses));
    }
  });

  test("members whose keys would be ordered two ways are told to make another", () => {
    const members = two(false);
    expect(() => createNetwork({ ...four, members, endpoints })).toThrow("genbo network key");
    expect(createNetwork({ ...four, client: "besu", members, endpoints }).network.nodes).toHaveLength(5);
    expect(createNetwork({ ...four, members: two(true), endpoints }).network.nodes).toHaveLength(5);
  });

  test("a member that joins with such a key is told so, unless it only follows", () => {
    const [first, second] = two(false) as [NodeIdentity & Endpoint, NodeIdentity & Endpoint];
    const hosts = [...endpoints, { host: "10.0.0.6", port: 30_303 }];
    const { network } = createNetwork({ ...four, members: [first], endpoints: hosts });
    expect(() => addNode(network, { validator: true, member: second })).toThrow("genbo network key");
    expect(addNode(network, { validator: false, member: second }).node.name).toBe("rpc-2");
  });
});

describe("a node more", () => {
  test("its key is written, all let it in, and the genesis stays", async () => {
    const first = createNetwork(four);
    await writeNetwork(dir, first);
    const before = await text("genesis.json");
    const made = addNode(await readNetwork(dir), { validator: true });
    await updateNetwork(dir, made);
    expect(made.node).toMatchObject({ name: "validator-5", validator: true, host: "172.28.43.16" });
    expect(await text("genesis.json")).toBe(before);
    expect(await text("nodes/validator-5/geth/nodekey")).toBe(made.keys.get("validator-5")!.secretKey);
    expect(await text("nodes/validator-1/geth/nodekey")).toBe(first.keys.get("validator-1")!.secretKey);
    expect(await text("nodes/validator-1/permissioned-nodes.json")).toContain(made.node.publicKey);
  });

  test("outside of compose it needs a place", () => {
    const endpoints = [1, 2, 3, 4, 5].map((n) => ({ host: "127.0.0.1", port: 30_000 + n }));
    const { network } = createNetwork({ ...four, endpoints });
    expect(() => addNode(network, { validator: true })).toThrow("--host");
    expect(() => addNode(network, { validator: true, endpoint: endpoints[0]! })).toThrow("127.0.0.1:30001");
  });
});

describe("runbook", () => {
  test.each(clients)("%s: how to vote on each validator, with the client's own methods", (client) => {
    const runbook = runbookText(createNetwork({ ...four, client }).network);
    const vote = client === "besu" ? "qbft_proposeValidatorVote" : "istanbul_propose";
    expect(runbook.split(`"method":"${vote}","params":["<address of the new validator>",true]`)).toHaveLength(
      5,
    );
    expect(runbook.split(`"method":"${vote}","params":["<address of the validator>",false]`)).toHaveLength(5);
  });

  const startOf = (runbook: string, name: string) =>
    runbook.split("\n").find((line) => line.includes(`--identity=${name} `)) ?? "";
  const hosts = (...named: string[]): Endpoint[] => named.map((host, at) => ({ host, port: 30_303 + at }));

  test.each([
    ["besu", "--rpc-http-host", "--rpc-http-port", "--host-allowlist=localhost,127.0.0.1"],
    ["goquorum", "--http.addr", "--http.port", "--http.vhosts=localhost"],
  ] as const)(
    "%s: Genbo reaches the nodes that serve it, and another host no validator",
    (client, host, port, names) => {
      const endpoints = hosts("10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1", "10.0.0.4");
      const runbook = runbookText(createNetwork({ ...four, rpcNodes: 2, client, endpoints }).network);
      const listens = (name: string, at: string, number: number, ...known: string[]) => {
        const words = startOf(runbook, name).split(" ");
        expect(words).toEqual(expect.arrayContaining([`${host}=${at}`, `${port}=${number}`]));
        expect(words).toContain([names, ...known].join(","));
      };
      listens("validator-1", "127.0.0.1", 8_545);
      listens("validator-2", "127.0.0.1", 8_546);
      listens("validator-3", "127.0.0.1", 8_545);
      listens("rpc-1", "10.0.0.1", 8_547, "10.0.0.1");
      listens("rpc-2", "10.0.0.4", 8_545, "10.0.0.4");
      expect(runbook).toContain("`CHAIN_RPC_URLS=http://10.0.0.1:8547,http://10.0.0.4:8545`");
      expect(runbook).toContain("http://127.0.0.1:8546 # on 10.0.0.1");
    },
  );

  test("a node that is known by a name listens at every address, since its own host may take the name for loopback", () => {
    const endpoints = hosts("a.example", "b.example", "c.example", "d.example", "rpc.example");
    const runbook = runbookText(createNetwork({ ...four, endpoints }).network);
    const start = startOf(runbook, "rpc-1");
    expect(start).toContain("--http.addr=0.0.0.0 --http.port=8545 --http.vhosts=localhost,rpc.example ");
    expect(runbook).toMatch(/CHAIN_RPC_URLS=http:\/\/rpc\.example:8545`.+firewall/);
    const alone = createNetwork({ ...four, rpcNodes: 0, endpoints: endpoints.slice(0, 4) });
    expect(runbookText(alone.network)).toContain("genbo network add --follower");
  });

  test.each([
    [4, 3],
    [5, 4],
    [6, 4],
    [7, 5],
    [10, 7],
  ])("of %i validators %i must sign", (validators, quorum) => expect(quorumOf(validators)).toBe(quorum));
});
