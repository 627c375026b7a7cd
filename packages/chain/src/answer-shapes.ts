import { isQuantity } from "./hex.ts";

type Shape = (result: unknown) => boolean;

const isText: Shape = (value) => typeof value === "string";
const isWord: Shape = (value) => typeof value === "string" && /^0x[0-9a-f]{64}$/i.test(value);
const isData: Shape = (value) => typeof value === "string" && /^0x([0-9a-f]{2})*$/i.test(value);
const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
/** Other fields may be there as well. */
function objectOf(fields: Readonly<Record<string, Shape>>): Shape {
  const shapes = Object.entries(fields);
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    shapes.every(([name, shape]) => shape(value[name as keyof typeof value]));
}

const block = objectOf({
  number: isQuantity,
  hash: isWord,
  parentHash: isWord,
  timestamp: isQuantity,
  transactions: Array.isArray,
});
/** What logs say is judged where it is read: there are thousands in a lot. */
const log = objectOf({ address: isText, topics: listOf(isText), data: isText, logIndex: isQuantity });
const receipt = objectOf({
  transactionHash: isWord,
  transactionIndex: isQuantity,
  blockHash: isWord,
  from: isText,
  status: isQuantity,
  cumulativeGasUsed: isQuantity,
  logsBloom: isData,
  logs: listOf(log),
});

/** What the methods that are asked of nodes all the time answer. */
const shapes: Readonly<Record<string, Shape>> = {
  eth_blockNumber: isQuantity,
  eth_call: isData,
  eth_chainId: isQuantity,
  eth_getBlockByNumber: orNull(block),
  eth_getBlockReceipts: orNull(listOf(orNull(receipt))),
  eth_getCode: isData,
  eth_getLogs: listOf(log),
  eth_getTransactionByHash: orNull(
    objectOf({ from: isText, to: orNull(isText), input: isText, gas: isText }),
  ),
  eth_getTransactionCount: isQuantity,
  eth_getTransactionReceipt: orNull(receipt),
  eth_sendRawTransaction: isText,
};

/** Whether a result is one that this method can have; of a method that is not known here any is. */
export const hasShape = (method: string, result: unknown): boolean => shapes[method]?.(result) ?? true;
