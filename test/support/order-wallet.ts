import { randomBytes } from "node:crypto";
import { type Order, orderToSign } from "@genbo/chain/orders";
import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { Wallet } from "ethers";

/** A wallet whose key its holder keeps, and which signs orders as `eth_signTypedData_v4` does. */
export interface OrderWallet {
  address: string;
  /** A whole order of this wallet, of which only what matters is named. */
  order(fields: Partial<Order>): Order;
  /** Signs an EIP-712 payload as a wallet is handed it. */
  signPayload(payload: Record<string, unknown>): Promise<string>;
  sign(chainId: number, token: string, order: Order): Promise<string>;
}

export function orderWallet(): OrderWallet {
  const wallet = new Wallet(`0x${randomBytes(32).toString("hex")}`);
  const address = wallet.address.toLowerCase();
  let nonce = 0;
  const signPayload: OrderWallet["signPayload"] = (payload) => {
    const { domain, types, message } = payload as { domain: object; types: object; message: object };
    const { EIP712Domain: _, ...own } = types as Record<string, never>;
    return wallet.signTypedData(domain, own, message as Record<string, unknown>);
  };
  return {
    address,
    order: (fields) => {
      nonce += 1;
      return {
        ...{ action: 1, account: address, to: zeroAddress, units: "0", expiryMinutes: 0 },
        ...{ controller: zeroAddress, ref: zeroWord, data: zeroWord },
        ...{ nonce: String(nonce), deadline: 4_102_444_800 },
        ...fields,
      };
    },
    signPayload,
    sign: (chainId, token, order) => signPayload(orderToSign(chainId, token, order)),
  };
}
