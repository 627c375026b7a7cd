import { quantity } from "../hex.ts";
import { qbftExtraData } from "./extra-data.ts";

export type ChainClient = "besu" | "goquorum";

export interface GenesisOptions {
  chainId: number;
  /** Addresses, kept in the order given. */
  validators: readonly string[];
  blockPeriodSeconds: number;
  /** How long round 0 waits for a block; each further round waits twice as long. */
  requestTimeoutSeconds: number;
  /** Blocks after which votes that have not found a majority are dropped. */
  epochLength: number;
  gasLimit: number;
  /** Seconds since 1970; must lie before the first block. */
  timestamp: number;
}

/** "ctical byzantine fault tolerance": by this a header is known to be Istanbul's. */
const istanbulMixHash = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";
const zeroHash = `0x${"0".repeat(64)}`;
const zeroAddress = `0x${"0".repeat(40)}`;

/**
 * GoQuorum doubles the wait of each further round up to this, so that blocks come back so long after a lost quorum has
 * returned, and not after as long as it was away. Besu knows no such limit.
 */
const roundTimeoutMaxSeconds = 10;

/** Transactions of up to 128 KB, the most that GoQuorum allows; 32 KB is what its mempool would take without. */
const transactionKilobytesMax = 128;
/** The genesis of a chain where gas is free and Berlin holds from block 0. The same hash from either client. */
export function genesisOf(client: ChainClient, options: GenesisOptions): Record<string, unknown> {
  return {
    config: client === "besu" ? besuConfig(options) : goquorumConfig(options),
    nonce: "0x0",
    timestamp: quantity(options.timestamp),
    extraData: qbftExtraData(options.validators),
    gasLimit: quantity(options.gasLimit),
    difficulty: "0x1",
    mixHash: istanbulMixHash,
    coinbase: zeroAddress,
    alloc: {},
    number: "0x0",
    gasUsed: "0x0",
    parentHash: zeroHash,
  };
}

function besuConfig(options: GenesisOptions): Record<string, unknown> {
  return { chainId: options.chainId, berlinBlock: 0, qbft: qbftSection(options) };
}

function goquorumConfig(options: GenesisOptions): Record<string, unknown> {
  return {
    chainId: options.chainId,
    homesteadBlock: 0,
    eip150Block: 0,
    eip150Hash: zeroHash,
    eip155Block: 0,
    eip158Block: 0,
    byzantiumBlock: 0,
    constantinopleBlock: 0,
    petersburgBlock: 0,
    istanbulBlock: 0,
    berlinBlock: 0,
    qbft: {
      ...qbftSection(options),
      policy: 0,
      ceil2Nby3Block: 0,
      maxRequestTimeoutSeconds: Math.max(roundTimeoutMaxSeconds, 2 * options.requestTimeoutSeconds),
    },
    txnSizeLimit: transactionKilobytesMax,
    // 0: EIP-170's 24 KB, as elsewhere. GoQuorum starts with no other number here.
    maxCodeSize: 0,
    // Refuses any gas price but zero.
    isQuorum: true,
  };
}

const qbftSection = (options: GenesisOptions) => ({
  epochlength: options.epochLength,
  blockperiodseconds: options.blockPeriodSeconds,
  requesttimeoutseconds: options.requestTimeoutSeconds,
});
