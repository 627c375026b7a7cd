import type { ClientProfile } from "./client-profile.ts";
import { enodeUrl } from "./identity.ts";

/** Executable transactions a sender may have in the pool; geth's 16 would cut a lane to 16 in flight. */
const slotsPerAccount = 4_096;
const slotsMax = 32_768;

/** GoQuorum as ibet for Fin runs it. */
export const goquorum: ClientProfile = {
  title: "GoQuorum",
  image: `\${GOQUORUM_IMAGE:-quorumengineering/quorum:24.4.1}`,
  imageDataDir: "/data",
  // No private transaction manager: nothing private goes on this chain.
  environment: { PRIVATE_CONFIG: "ignore" },
  keyFile: ({ secretKey }) => ({ path: "geth/nodekey", text: secretKey, secret: true }),
  peerFiles: ({ nodes }) => {
    const text = `${JSON.stringify(nodes.map(enodeUrl), null, 2)}\n`;
    return [
      { path: "geth/static-nodes.json", text },
      { path: "permissioned-nodes.json", text },
    ];
  },
  prepare: ({ dataDir, genesisFile }) => ["geth", `--datadir=${dataDir}`, "init", genesisFile],
  start: (network, node, { dataDir, rpcHost, rpcPort, rpcHostnames }) => [
    "geth",
    `--datadir=${dataDir}`,
    `--identity=${node.name}`,
    `--networkid=${network.genesis.chainId}`,
    "--syncmode=full",
    // Keeps every block's state, so that a register can be proved against any past block.
    "--gcmode=archive",
    ...(node.validator ? ["--mine"] : []),
    // A halted validator takes up a new proposal whenever transactions came in meanwhile, and each one sets the timer
    // of its round back: with geth's 3 s a chain under load stays halted after its validators are back. A proposal is
    // made anew with each block in any case.
    "--miner.recommit=24h",
    // Both equal to the genesis: the limit neither drifts up nor down.
    `--miner.gastarget=${network.genesis.gasLimit}`,
    `--miner.gaslimit=${network.genesis.gasLimit}`,
    `--txpool.accountslots=${slotsPerAccount}`,
    `--txpool.accountqueue=${slotsPerAccount}`,
    `--txpool.globalslots=${slotsMax}`,
    `--txpool.globalqueue=${slotsMax}`,
    "--nodiscover",
    "--permissioned",
    "--nat=none",
    `--port=${node.port}`,
    "--ipcdisable",
    "--http",
    `--http.addr=${rpcHost}`,
    `--http.port=${rpcPort}`,
    `--http.vhosts=${["localhost", ...rpcHostnames].join(",")}`,
    `--http.api=eth,net,web3,txpool${node.validator ? ",istanbul,admin" : ""}`,
    "--verbosity=2",
  ],
  rpc: { vote: "istanbul_propose", discard: "istanbul_discard", validators: "istanbul_getValidators" },
  admit: (enode) =>
    `add "${enode}" to permissioned-nodes.json of each node; it is read at every connection, no restart`,
};
