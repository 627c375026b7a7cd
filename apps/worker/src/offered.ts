import type { OpenTransaction } from "@genbo/database/outbox/chain-tx";
import type { Offer } from "./broadcast.ts";
import { resendAfterMs } from "./limits.ts";

/** Remembers when this process last offered each transaction to a node. */
export interface Offered {
  /** The node may have lost what it had. */
  forget(): void;
  note(transaction: OpenTransaction, offer: Offer): void;
  isDue(id: bigint): boolean;
  /** It is unclear who used a nonce of this lane. What others did with it may be what its rows still ask for. */
  isUnclear(signer: string): boolean;
  /** Drops what was noted before a listing, and is not in it because it is open no longer. */
  keep(open: ReadonlySet<bigint>, listedMs: number): void;
}

export function createOffered(): Offered {
  const atMs = new Map<bigint, number>();
  const unclear = new Map<string, { id: bigint; ms: number }>();
  return {
    forget: () => atMs.clear(),
    note: ({ id, signer }, offer) => {
      const ms = performance.now();
      if (offer === "unclear") return void unclear.set(signer, { id, ms });
      atMs.set(id, ms);
      if (unclear.get(signer)?.id === id) unclear.delete(signer);
    },
    isDue: (id) => performance.now() - (atMs.get(id) ?? -Infinity) >= resendAfterMs,
    isUnclear: (signer) => unclear.has(signer),
    keep: (open, listedMs) => {
      for (const [id, ms] of atMs) if (ms < listedMs && !open.has(id)) atMs.delete(id);
      for (const [signer, { id, ms }] of unclear) if (ms < listedMs && !open.has(id)) unclear.delete(signer);
    },
  };
}
