import { randomBytes } from "node:crypto";
import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { Wallet } from "ethers";
import { type Order, orderToSign } from "./orders.ts";

/** A wallet whose key its holder keeps, and which signs orders as `eth_signTypedData_v4` does: of the demo and the tests. */
export interface OrderWallet {
  address: string;
  secret: string;
  /** A whole order of this wallet, of which only what matters is named. */
  order(fields: Partial<Order>): Order;
  /** Signs an EIP-712 payload as a wallet is handed it. */
  signPayload(payload: Record<string, unknown>): Promise<string>;
  sign(chainId: number, token: string, order: Order): Promise<string>;
}

export function orderWallet(secret = `0x${randomBytes(32).toString("hex")}`): OrderWallet {
  const wallet = new Wallet(secret);
  const address = wallet.address.toLowerCase();
  let nonce = 0;
  const signPayload: OrderWallet["signPayload"] = (payload) => {
    const { domain, types, message } = payload as { domain: object; types: object; message: object };
    const { EIP712Domain: _, ...own } = types as Record<string, never>;
    return wallet.signTypedData(domain, own, message as Record<string, unknown>);
  };
  return {
    address,
    secret,
    order: (fields) => {
      nonce += 1;
      return {
        action: 1,
        account: address,
        to: zeroAddress,
        units: "0",
        expiryMinutes: 0,
        controller: zeroAddress,
        ref: zeroWord,
        data: zeroWord,
        nonce: String(nonce),
        deadline: 4_102_444_800,
        ...fields,
      };
    },
    signPayload,
    sign: (chainId, token, order) => signPayload(orderToSign(chainId, token, order)),
  };
}
