import { type OrderWallet, orderWallet } from "@genbo/chain/order-wallet";
import { asks, type Case, unused } from "./trades.ts";
import type { Holder, World } from "./world.ts";

export interface OwnWallet {
  /** Of the proof. */
  id: string;
  investor: Holder;
  wallet: OrderWallet;
  toSign: Record<string, unknown>;
}

/** A customer of `broker` who has been given a challenge for a wallet of its own. */
export async function challenged(world: World): Promise<OwnWallet> {
  const investor = await world.open(world.broker, unused());
  const wallet = orderWallet();
  const body = { investorId: investor.investorId, address: wallet.address };
  const answer = await world.ask(world.broker.secret, "askWalletProof", { body });
  return { id: answer.body.id, investor, wallet, toSign: answer.body.toSign };
}

export async function proved(world: World): Promise<OwnWallet> {
  const own = await challenged(world);
  const signature = await own.wallet.signPayload(own.toSign);
  await world.ask(world.broker.secret, "proveWallet", { params: { id: own.id }, body: { signature } });
  return own;
}

/** One that the registry has. */
export async function ownWallet(world: World): Promise<OwnWallet> {
  const own = await proved(world);
  const question = { params: { id: own.id }, body: {} };
  const { body } = await world.ask(world.trustee.secret, "approveWalletProof", question);
  const { rows } = await world.owner.query("select args from command where operation_id = $1", [
    body.operationId,
  ]);
  await world.ledger.record(rows.map(({ args }) => args));
  return own;
}

export const ownWalletSuccesses = {
  askWalletProof: {
    201: async (world) => {
      const { investorId } = await world.open(world.broker, unused());
      return asks(world.broker.secret, { body: { investorId, address: orderWallet().address } });
    },
  },
  proveWallet: {
    200: async (world) => {
      const { id, wallet, toSign } = await challenged(world);
      const body = { signature: await wallet.signPayload(toSign) };
      return asks(world.broker.secret, { params: { id }, body });
    },
  },
  listWalletProofs: { 200: async (world) => asks(world.auditor.secret, { query: { state: "asked" } }) },
  getWalletProof: {
    200: async (world) => asks(world.trustee.secret, { params: { id: (await challenged(world)).id } }),
  },
  approveWalletProof: {
    202: async (world) => asks(world.trustee.secret, { params: { id: (await proved(world)).id }, body: {} }),
  },
  refuseWalletProof: {
    200: async (world) =>
      asks(world.trustee.secret, {
        params: { id: (await challenged(world)).id },
        body: { reason: "本人の意思が確認できない" },
      }),
  },
  renewOwnWallet: {
    202: async (world) =>
      asks(world.trustee.secret, { params: { address: (await ownWallet(world)).wallet.address }, body: {} }),
  },
} satisfies Record<string, Record<number, Case>>;
