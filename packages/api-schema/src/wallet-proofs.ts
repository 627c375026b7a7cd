import { proofStates } from "@genbo/domain/states";
import { z } from "zod";
import { named } from "./named.ts";
import { signature } from "./orders.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import { address, addressText, clause, hash, id, instantText } from "./primitives.ts";

/** asked → proved (its key has signed) → approved, and then the wallet's own state; or refused. */
const state = z.enum(proofStates);

export const newWalletProof = named(
  "NewWalletProof",
  z.strictObject({
    investorId: id("inv").optional().describe("A broker names its customer; an investor asks for itself"),
    address: address.describe("The wallet whose key the investor keeps"),
  }),
);
const fields = z.object({
  id: id("wpf"),
  investorId: id("inv"),
  address: addressText,
  state,
  challenge: hash.describe("What the wallet signs, once"),
  deadline: instantText.describe("Until when it may be signed"),
  maker: z.string(),
  checker: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: instantText,
  provedAt: instantText.nullable(),
  decidedAt: instantText.nullable(),
});
export const walletProof = named("WalletProof", fields);
export const walletProofAsked = named(
  "WalletProofAsked",
  fields.extend({
    toSign: z
      .record(z.string(), z.unknown())
      .describe(
        "EIP-712 payload for eth_signTypedData_v4: domain Genbo, version 1, this chain, its registry",
      ),
  }),
);
export const walletProofAnswer = named("WalletProofAnswer", readOf(fields));
export const walletProofPage = named("WalletProofPage", pageOf(walletProof));
export const walletProofQuery = pageAfter(id("wpf")).extend({ state: state.optional() });
export const walletSigned = named("WalletSigned", z.strictObject({ signature }));
export const walletProofApproval = named("WalletProofApproval", z.strictObject({}));
export const walletProofRefusal = named("WalletProofRefusal", z.strictObject({ reason: clause(1_000) }));
export const walletProofStep = named("WalletProofStep", z.object({ id: id("wpf"), state }));
