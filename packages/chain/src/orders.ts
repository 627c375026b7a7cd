import type { Word } from "@genbo/domain/words";
import { TypedDataEncoder, verifyTypedData } from "ethers";
import { contractInterface } from "./abi.ts";

/** What a self-custody wallet may order (contracts/interfaces/IOrders.sol). */
export const orderActions = { TRANSFER: 1, REQUEST: 2, ACCEPT: 3, CANCEL: 4, HOLD: 5, REVOKE: 6 } as const;
export type OrderAction = keyof typeof orderActions;

/** An order as its wallet signs it; `units` and `nonce` are decimal. */
export interface Order {
  action: number;
  account: string;
  to: string;
  units: string;
  expiryMinutes: number;
  controller: string;
  ref: Word;
  data: Word;
  nonce: string;
  /** Unix seconds. */
  deadline: number;
}

/** The EIP-712 type that a wallet shows and signs. */
const orderTypes = {
  Order: [
    { name: "action", type: "uint8" },
    { name: "account", type: "address" },
    { name: "to", type: "address" },
    { name: "units", type: "uint96" },
    { name: "expiryMinutes", type: "uint32" },
    { name: "controller", type: "address" },
    { name: "ref", type: "bytes32" },
    { name: "data", type: "bytes32" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint64" },
  ],
};

const domainOf = (chainId: number, token: string) => ({
  name: "Genbo",
  version: "1",
  chainId,
  verifyingContract: token,
});

/** What a wallet is asked to sign, for `eth_signTypedData_v4`. */
export const orderToSign = (chainId: number, token: string, order: Order) =>
  TypedDataEncoder.getPayload(domainOf(chainId, token), orderTypes, order);

/** The digest that a wallet signs, and that a contract wallet is asked about. */
export const digestOfOrder = (chainId: number, token: string, order: Order): string =>
  TypedDataEncoder.hash(domainOf(chainId, token), orderTypes, order);

/** Whose key signed an order, in lower case; undefined for what no key made, such as a contract wallet's word. */
export function signerOfOrder(
  chainId: number,
  token: string,
  order: Order,
  signature: string,
): string | undefined {
  try {
    return verifyTypedData(domainOf(chainId, token), orderTypes, order, signature).toLowerCase();
  } catch {
    return undefined;
  }
}

/** All are `relay` of the token; named apart by what becomes of them. A revocation makes no entry. */
export const orderCalls = ["relay", "relayRequest", "relayRevocation"] as const;
export type OrderCall = (typeof orderCalls)[number];
export const isOrderCall = (call: string): call is OrderCall =>
  (orderCalls as readonly string[]).includes(call);

/** What a command of a signed order has: its accounts stand outside too, where a lane looks for those of any command. */
export const orderArgs = (order: Order, signature: string) => ({
  order,
  signature,
  account: order.account,
  to: order.to,
});

/** @throws RangeError, TypeError when the arguments are no signed order */
export const encodeOrderCall = ({ order, signature }: Readonly<Record<string, unknown>>): string =>
  contractInterface("SecurityToken").encodeFunctionData("relay", [order, signature]);
