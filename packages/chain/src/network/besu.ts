import type { ClientProfile } from "./client-profile.ts";
import { enodeUrl } from "./identity.ts";

/**
 * Transactions that wait in a node's pool. A lane may have all of them in flight: our signers are the only
 * senders, and the default share of one sender (a thousandth of the pool) would cut a lane to four.
 */
const poolTransactionsMax = 8_192;

/** `hyperledger/besu`, private-network options of 26.x. */
export const besu: ClientProfile = {
  title: "Besu",
  image: `hyperledger/besu:\${BESU_VERSION:-26.8.0}`,
  imageDataDir: "/opt/besu/data",
  environment: {},
  keyFile: ({ secretKey }) => ({ path: "key", text: `0x${secretKey}\n`, secret: true }),
  peerFiles: ({ nodes }) => {
    const urls = nodes.map(enodeUrl);
    return [
      { path: "static-nodes.json", text: `${JSON.stringify(urls, null, 2)}\n` },
      { path: "permissions_config.toml", text: `nodes-allowlist=${JSON.stringify(urls, null, 2)}\n` },
    ];
  },
  start: (network, node, { dataDir, genesisFile, rpcHost, rpcPort, rpcHostnames }) => [
    "besu",
    `--data-path=${dataDir}`,
    `--genesis-file=${genesisFile}`,
    `--identity=${node.name}`,
    "--sync-mode=FULL",
    // Keeps every block's state, so that a register can be proved against any past block.
    "--data-storage-format=FOREST",
    "--min-gas-price=0",
    `--target-gas-limit=${network.genesis.gasLimit}`,
    "--tx-pool=SEQUENCED",
    "--tx-pool-no-local-priority=true",
    "--tx-pool-limit-by-account-percentage=1",
    `--tx-pool-max-size=${poolTransactionsMax}`,
    "--discovery-enabled=false",
    `--p2p-host=${node.host}`,
    `--p2p-port=${node.port}`,
    "--nat-method=NONE",
    "--remote-connections-limit-enabled=false",
    "--permissions-nodes-config-file-enabled=true",
    "--rpc-http-enabled=true",
    `--rpc-http-host=${rpcHost}`,
    `--rpc-http-port=${rpcPort}`,
    `--rpc-http-api=ETH,NET,WEB3,TXPOOL${node.validator ? ",QBFT,PERM,ADMIN" : ""}`,
    `--host-allowlist=${["localhost", "127.0.0.1", ...rpcHostnames].join(",")}`,
  ],
  rpc: {
    vote: "qbft_proposeValidatorVote",
    discard: "qbft_discardValidatorVote",
    validators: "qbft_getValidatorsByBlockNumber",
  },
  // Not perm_addNodesToAllowlist: it refuses to write a file that names a node which it does not know yet.
  admit: (enode) =>
    `its permissions_config.toml names "${enode}"; have it read on each node, and after a removal too:
     {"jsonrpc":"2.0","id":1,"method":"perm_reloadPermissionsFromFile","params":[]}`,
};
