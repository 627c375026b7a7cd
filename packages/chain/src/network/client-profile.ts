import type { NodeKey } from "./identity.ts";
import type { Network, NetworkNode } from "./network.ts";

export interface NetworkFile {
  /** Relative to the folder it belongs to. */
  path: string;
  text: string;
  /** Written with mode 0600. */
  secret?: boolean;
}

/** Where one node runs: paths as the node itself sees them. */
export interface NodePlace {
  dataDir: string;
  genesisFile: string;
  rpcHost: string;
  rpcPort: number;
  /** Names by which the RPC port may be asked for, besides the address. */
  rpcHostnames: readonly string[];
}

/** What differs between the chain clients: their files, flags and the names of the RPC methods for votes. */
export interface ClientProfile {
  title: string;
  image: string;
  /** Where the image keeps a node's data. */
  imageDataDir: string;
  /** Program and arguments that must have run once on an empty data folder. */
  prepare?(place: NodePlace): string[];
  /** Program and arguments that start a node. */
  start(network: Network, node: NetworkNode, place: NodePlace): string[];
  environment: Readonly<Record<string, string>>;
  /** The node's own key, for its data folder. */
  keyFile(key: NodeKey): NetworkFile;
  /** Which peers to call and which to let in, for each node's data folder. */
  peerFiles(network: Network): NetworkFile[];
  rpc: { vote: string; discard: string; validators: string };
  /** What an operator does so that a running node lets a new one in. */
  admit(enode: string): string;
}
