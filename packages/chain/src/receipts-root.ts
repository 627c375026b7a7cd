import { bytesOf, hexOf } from "./hex.ts";
import { keccak } from "./keccak.ts";
import { encodeRlp, type RlpItem, rlpInteger } from "./rlp.ts";

/** What a block's header binds of a receipt, as JSON-RPC gives it. */
export interface BoundReceipt {
  type?: string;
  status: string;
  cumulativeGasUsed: string;
  logsBloom: string;
  logs: readonly { address: string; topics: readonly string[]; data: string }[];
}

/**
 * The root that a header has for these receipts, which are in the order of their transactions: of a trie over the RLP
 * of each one's place (Ethereum Yellow Paper, 4.3.1 and appendix D; EIP-2718 for typed ones).
 */
export function receiptsRootOf(receipts: readonly BoundReceipt[]): string {
  const leaves = receipts.map((receipt, place) => ({
    path: encodeRlp(rlpInteger(place)).toString("hex"),
    value: encodeReceipt(receipt),
  }));
  return hexOf(keccak(encodeRlp(leaves.length === 0 ? nothing : nodeOf(leaves, 0))));
}

const nothing = Buffer.alloc(0);

function encodeReceipt({ type = "0x0", status, cumulativeGasUsed, logsBloom, logs }: BoundReceipt): Buffer {
  const gas = rlpInteger(BigInt(cumulativeGasUsed));
  const encoded = encodeRlp([rlpInteger(BigInt(status)), gas, bytesOf(logsBloom), logs.map(itemOf)]);
  return type === "0x0" ? encoded : Buffer.concat([rlpInteger(BigInt(type)), encoded]);
}

const itemOf = ({ address, topics, data }: BoundReceipt["logs"][number]): RlpItem => [
  bytesOf(address),
  topics.map(bytesOf),
  bytesOf(data),
];

interface Leaf {
  /** Its way through the trie, a hex digit a step. No place's RLP begins with another one's, so that none ends at a branch. */
  path: string;
  value: Buffer;
}

/** The node above these leaves, which share the first `depth` steps. */
function nodeOf(leaves: readonly Leaf[], depth: number): RlpItem {
  const first = leaves[0]!;
  if (leaves.length === 1) return [steps(first.path.slice(depth), 2), first.value];
  let fork = depth;
  while (leaves.every(({ path }) => path[fork] === first.path[fork])) fork += 1;
  if (fork > depth) return [steps(first.path.slice(depth, fork), 0), referenceTo(nodeOf(leaves, fork))];
  const branches = Array.from("0123456789abcdef", (digit) => {
    const below = leaves.filter(({ path }) => path[depth] === digit);
    return below.length === 0 ? nothing : referenceTo(nodeOf(below, depth + 1));
  });
  return [...branches, nothing];
}

/** Steps as bytes, with what they lead to (2 a leaf, 0 a node) and whether they are odd in front. */
const steps = (path: string, kind: 0 | 2): Buffer =>
  Buffer.from(path.length % 2 === 0 ? `${kind}0${path}` : `${kind + 1}${path}`, "hex");

/** A node of fewer than 32 bytes stands in its parent itself. */
function referenceTo(node: RlpItem): RlpItem {
  const encoded = encodeRlp(node);
  return encoded.length < 32 ? node : keccak(encoded);
}
