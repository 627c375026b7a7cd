import { holdKinds } from "../entry-kinds.ts";
import type { RefusalCode } from "../refusals.ts";
import { setFlags } from "./calls.ts";
import type { CaseRules } from "./rules.ts";
import { accountIn, holdsOn } from "./situation.ts";

export interface RecoveryFacts {
  lost: string;
  replacement: string;
}

const tradeHolds: readonly number[] = [holdKinds.REQUEST, holdKinds.DVP];

/**
 * A lost wallet's units go to another wallet of the same person, with their holds and acquisition dates: the holder
 * in the register stays the same (TA 186(iii)), so no title moves.
 */
export const recovery: CaseRules<RecoveryFacts> = {
  basis: "WALLET_RECOVERY",
  accounts: ({ lost, replacement }) => [lost, replacement],
  documents: () => [["LOSS_REPORT"]],
  faults: ({ lost, replacement }, situation) => {
    const [from, to] = [accountIn(situation, lost), accountIn(situation, replacement)];
    const faults: RefusalCode[] = [];
    if (from.record === null) faults.push("SENDER_NOT_REGISTERED");
    if (to.record === null) faults.push("RECEIVER_NOT_REGISTERED");
    if (lost === replacement) faults.push("SAME_ACCOUNT");
    else if (from.record?.personId !== to.record?.personId) faults.push("NOT_SAME_PERSON");
    if (from.units === 0n) faults.push("INSUFFICIENT_UNITS");
    // A request names its accounts: it is made anew from the new wallet.
    if (holdsOn(situation, lost).some(({ kind }) => tradeHolds.includes(kind))) faults.push("HOLDS_STAND");
    return faults;
  },
  plan: ({ ref, facts: { lost, replacement } }, situation) => {
    const [from, to] = [accountIn(situation, lost), accountIn(situation, replacement)];
    const flags = from.record!.flags | to.record!.flags;
    const holdIds = holdsOn(situation, lost)
      .filter(({ kind }) => kind !== holdKinds.FREEZE)
      .map(({ id }) => id);
    const recover = {
      signer: situation.trustee,
      call: "recover",
      onToken: true,
      // Without free units there is no entry of the case's own: its holds' entries tell of it.
      ref: from.free > 0n ? ref : holdIds[0]!,
      args: { lost, replacement, ref, holdIds },
    };
    const marks = flags === to.record!.flags ? [] : [setFlags(situation, to, flags)];
    return { calls: [...marks, recover] };
  },
};
