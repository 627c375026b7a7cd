import {
  digestOfProof,
  isMalleable,
  type ProofPlace,
  signerOfProof,
  type WalletProof,
} from "@genbo/chain/wallet-proof";
import type { ApiContext } from "../context.ts";
import { invalidField, ProblemError } from "../http/problem.ts";

/** @throws ProblemError INVALID_FIELD unless the wallet's key, or its contract (ERC-1271), stands for the signature */
export async function refuseSignature(
  { chain }: Pick<ApiContext, "chain">,
  place: ProofPlace,
  proof: WalletProof,
  signature: string,
): Promise<void> {
  if (signerOfProof(place, proof, signature) === proof.wallet) return;
  const accepts = await chain
    .acceptsSignature(proof.wallet, digestOfProof(place, proof), signature)
    .catch(() => {
      throw new ProblemError(
        "NOT_READY",
        "No node answers whether the wallet is a contract that signed this.",
      );
    });
  if (accepts) return;
  const why = isMalleable(signature)
    ? "is malleable: its s lies in the upper half of the curve's order"
    : `was not made by the key of ${proof.wallet} over this challenge on chain ${place.chainId}`;
  throw invalidField("/signature", why);
}
