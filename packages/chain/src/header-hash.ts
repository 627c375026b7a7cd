import { decodeRlp, encodeRlp as encodeRlpText } from "ethers";
import { bytesOf, hexOf } from "./hex.ts";
import { keccak } from "./keccak.ts";
import { encodeRlp, rlpInteger } from "./rlp.ts";

/** A block's header as JSON-RPC gives it. */
export type WireHeader = Record<(typeof texts)[number] | (typeof quantities)[number], string> &
  Partial<Record<(typeof later)[number], string>>;

const texts = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "extraData",
  "mixHash",
  "nonce",
] as const;
const quantities = ["difficulty", "number", "gasLimit", "gasUsed", "timestamp"] as const;
/** Fields that later forks put behind the others: London, Shanghai, Cancun (three), Prague. */
const later = [
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
] as const;

const isQuantity = new Set<string>([...quantities, "baseFeePerGas", "blobGasUsed", "excessBlobGas"]);
const order = [...texts.slice(0, 7), ...quantities, ...texts.slice(7), ...later];

/** What marks a header of Istanbul's family, QBFT among them: the end of "Istanbul practical byzantine fault tolerance". */
const istanbul = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";

/**
 * The hash of a header, which binds its time, parent, transactions and receipts. QBFT signs a hash that is without the
 * signatures over it and with round 0 (EIP-650, and GoQuorum's and Besu's source), so that all validators agree on it.
 * @throws Error when `extraData` of a QBFT block is not what QBFT writes
 */
export function hashOfHeader(header: WireHeader): string {
  const fields = order.flatMap((name) => {
    const value = header[name];
    if (value === undefined) return [];
    if (isQuantity.has(name)) return [rlpInteger(BigInt(value))];
    return [bytesOf(name === "extraData" && header.mixHash === istanbul ? withoutSeals(value) : value)];
  });
  return hexOf(keccak(encodeRlp(fields)));
}

/** [vanity, validators, vote, round, seals] with round 0 and no seals. */
function withoutSeals(extraData: string): string {
  const decoded = decodeRlp(extraData);
  if (!Array.isArray(decoded)) throw new Error("Not a list of RLP.");
  return encodeRlpText([...decoded.slice(0, 3), "0x", []]);
}
