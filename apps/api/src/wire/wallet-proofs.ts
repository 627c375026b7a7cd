import type { walletProof } from "@genbo/api-schema/wallet-proofs";
import type { WalletProofRow } from "@genbo/database/parties/wallet-proofs";
import type { z } from "zod";

type Shown = Omit<WalletProofRow, "signature" | "partyId" | "prover">;

export const proofWire = (row: Shown): z.input<typeof walletProof> => ({
  id: row.id,
  investorId: row.investorId,
  address: row.address,
  state: row.state,
  challenge: row.challenge,
  deadline: row.deadline.toISOString(),
  maker: row.maker,
  checker: row.checker,
  reason: row.reason,
  createdAt: row.createdAt.toISOString(),
  provedAt: row.provedAt?.toISOString() ?? null,
  decidedAt: row.decidedAt?.toISOString() ?? null,
});
