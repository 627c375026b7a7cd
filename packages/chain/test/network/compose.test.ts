import { composeText } from "@genbo/chain/network/compose";
import { createNetwork } from "@genbo/chain/network/network";
import { expect, test } from "vitest";

const compose = (client: "besu" | "goquorum") =>
  composeText(createNetwork({ client, validators: 4, rpcNodes: 1 }).network);

test("Besu: four validators, an RPC node, PostgreSQL and Genbo", () => {
  const text = compose("besu");
  const services = [...text.matchAll(/^ {2}(\S+):$/gm)].map((match) => match[1]);
  expect(services).toEqual([
    "validator-1",
    "validator-2",
    "validator-3",
    "validator-4",
    "rpc-1",
    "postgres",
    "genbo",
    "chain",
    "postgres",
    "genbo",
  ]);
  expect(text.match(/image: hyperledger\/besu:\$\{BESU_VERSION:-26\./g)).toHaveLength(5);
  expect(text).toContain(
    'CHAIN_RPC_URLS: "http://rpc-1:8545,http://validator-1:8545,http://validator-2:8545"',
  );
});

test("no port is open beyond the host", () => {
  for (const client of ["besu", "goquorum"] as const) {
    const published = [...compose(client).matchAll(/- "([\d.]+):\d+:\d+"/g)].map((match) => match[1]);
    expect(published).toEqual(Array(6).fill("127.0.0.1"));
  }
});

test("the node that Genbo asks takes no votes", () => {
  const [, rpcNode = ""] = compose("besu").split("  rpc-1:");
  expect(rpcNode.split("  postgres:")[0]).not.toMatch(/QBFT|ADMIN|PERM/);
});

test("a client that needs its database prepared is prepared before it starts", () => {
  expect(
    compose("goquorum").match(/geth --datadir=\/data init \/config\/genesis.json && exec geth/g),
  ).toHaveLength(5);
});

test("PostgreSQL says nothing of what was to be written", () => {
  const [, postgres = ""] = compose("besu").split("  postgres:\n");
  const command = JSON.parse(/command: (\[.*\])/.exec(postgres)![1]!);
  expect(command).toEqual(
    expect.arrayContaining(["log_error_verbosity=terse", "log_min_error_statement=panic"]),
  );
});
