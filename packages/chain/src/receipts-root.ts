import { hexOf } from "./hex.ts";
import { keccak } from "./keccak.ts";
import { rlpList, rlpQuantity, rlpText } from "./rlp-hex.ts";

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
    path: rlpQuantity(`0x${place.toString(16)}`),
    value: encodeReceipt(receipt),
  }));
  return `0x${hashOf(leaves.length === 0 ? rlpText("") : nodeOf(leaves, 0))}`;
}

function encodeReceipt({ type = "0x0", status, cumulativeGasUsed, logsBloom, logs }: BoundReceipt): string {
  const fields = [rlpQuantity(status), rlpQuantity(cumulativeGasUsed), rlpText(logsBloom.slice(2))];
  const encoded = rlpList(`${fields.join("")}${rlpList(logs.map(encodeLog).join(""))}`);
  return type === "0x0" ? encoded : `${type.slice(2).padStart(2, "0")}${encoded}`;
}

const encodeLog = ({ address, topics, data }: BoundReceipt["logs"][number]): string =>
  rlpList(
    rlpText(address.slice(2)) +
      rlpList(topics.map((topic) => rlpText(topic.slice(2))).join("")) +
      rlpText(data.slice(2)),
  );

interface Leaf {
  /** Its way through the trie, a hex digit a step. No place's RLP begins with another one's, so that none ends at a branch. */
  path: string;
  value: string;
}

/** The node above these leaves, which share the first `depth` steps. */
function nodeOf(leaves: readonly Leaf[], depth: number): string {
  const [first] = leaves as [Leaf, ...Leaf[]];
  if (leaves.length === 1) return rlpList(rlpText(steps(first.path.slice(depth), 2)) + rlpText(first.value));
  let fork = depth;
  while (leaves.every(({ path }) => path[fork] === first.path[fork])) fork += 1;
  if (fork > depth)
    return rlpList(rlpText(steps(first.path.slice(depth, fork), 0)) + referenceTo(nodeOf(leaves, fork)));
  const branches = Array.from("0123456789abcdef", (digit) => {
    const below = leaves.filter(({ path }) => path[depth] === digit);
    return below.length === 0 ? rlpText("") : referenceTo(nodeOf(below, depth + 1));
  });
  return rlpList(branches.join("") + rlpText(""));
}

/** Steps as bytes, with what they lead to (2 a leaf, 0 a node) and whether they are odd in front. */
const steps = (path: string, kind: 0 | 2): string =>
  path.length % 2 === 0 ? `${kind}0${path}` : `${kind + 1}${path}`;

/** A node of fewer than 32 bytes stands in its parent itself. */
const referenceTo = (node: string): string => (node.length < 64 ? node : rlpText(hashOf(node)));

const hashOf = (hex: string): string => hexOf(keccak(Buffer.from(hex, "hex"))).slice(2);
