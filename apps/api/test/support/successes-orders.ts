import { type OrderWallet, orderWallet } from "@genbo/chain/order-wallet";
import { type OrderAction, orderActions } from "@genbo/chain/orders";
import { refOf } from "@genbo/domain/ids";
import { encodeRecord } from "@genbo/domain/registry-record";
import { zeroWord } from "@genbo/domain/words";
import { asks, type Case, unused } from "./trades.ts";
import type { Holder, World } from "./world.ts";

/** The chain id of the tests' deployment. */
const chainId = 2021;
const directPolicy = { acceptanceRequired: false, approvalRequired: false };

export interface SelfCustody {
  issueId: string;
  token: string;
  wallet: OrderWallet;
  buyer: Holder;
}

/** A wallet without a custodian that has 100 units; the buyer is a customer of `other`. */
export async function selfCustody(world: World, policy: object = directPolicy): Promise<SelfCustody> {
  const issueId = await world.activeIssue({ policy } as never);
  const { rows } = await world.owner.query<{ token: string }>("select token from issue where id = $1", [
    issueId,
  ]);
  const wallet = orderWallet();
  const personId = `0x${refOf(unused()).slice(2, 26)}`;
  const who = { personId, classBits: 8, flags: 0, validUntil: 4_102_444_800, country: 392, custodian: 0 };
  await world.ledger.record([{ wallet: wallet.address, record: encodeRecord(who), particulars: zeroWord }]);
  await world.ledger.issue(issueId, wallet.address, 100n);
  return { issueId, token: rows[0]!.token, wallet, buyer: await world.open(world.other, unused()) };
}

/** The body of an order that the wallet has signed. */
export async function signed(
  { issueId, token, wallet }: SelfCustody,
  action: OrderAction,
  fields: Parameters<OrderWallet["order"]>[0],
) {
  const order = wallet.order({ ref: refOf(unused()), ...fields, action: orderActions[action] });
  const signature = await wallet.sign(chainId, token, order);
  return { issueId, order: { ...order, action }, signature };
}

export const orderSuccesses = {
  relayOrder: {
    202: async (world: World) => {
      const of = await selfCustody(world);
      return asks(world.broker.secret, {
        body: await signed(of, "TRANSFER", { to: of.buyer.account, units: "2" }),
      });
    },
  },
} satisfies Record<string, Record<number, Case>>;
