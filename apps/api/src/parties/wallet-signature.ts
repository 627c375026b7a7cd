import {
  digestOfProof,
  isMalleable,
  type ProofPlace,
  signerOfProof,
  type WalletProof,
} from "@genbo/chain/wallet-proof";
import type { ApiContext } from "../context.ts";
import { invalidField, ProblemError } from "../http/problem.ts";

/**
 * Whether a contract wallet stands for a signature (ERC-1271).
 * @throws ProblemError NOT_READY without a node: then nothing is decided (docs/adr/0037)
 */
export const walletStandsFor = (
  { chain }: Pick<ApiContext, "chain">,
  wallet: string,
  digest: string,
  signature: string,
): Promise<boolean> =>
  chain.acceptsSignature(wallet, digest, signature).catch(() => {
    throw new ProblemError("NOT_READY", "No node answers whether the wallet is a contract that signed this.");
  });

/** @throws ProblemError INVALID_FIELD unless the wallet's key, or its contract (ERC-1271), stands for the signature */
export async function refuseSignature(
  ctx: Pick<ApiContext, "chain">,
  place: ProofPlace,
  proof: WalletProof,
  signature: string,
): Promise<void> {
  if (signerOfProof(place, proof, signature) === proof.wallet) return;
  if (await walletStandsFor(ctx, proof.wallet, digestOfProof(place, proof), signature)) return;
  const why = isMalleable(signature)
    ? "is malleable: its s lies in the upper half of the curve's order"
    : `was not made by the key of ${proof.wallet} over this challenge on chain ${place.chainId}`;
  throw invalidField("/signature", why);
}
