import { holdKinds } from "../entry-kinds.ts";
import { refOf } from "../ids.ts";
import type { RefusalCode } from "../refusals.ts";
import { encodeMark } from "../trust-mark.ts";
import { markUnits } from "./calls.ts";
import type { CaseRules, PlannedCall } from "./rules.ts";
import { accountIn, holdsOn, queueFaults, type Situation, servedFaults, waitingOn } from "./situation.ts";

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
  rewrites: true,
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
    // Its case names the lost account.
    faults.push(...servedFaults(situation, lost, from.units));
    return [...faults, ...queueFaults(situation, replacement, waitingOn(situation, lost).length)];
  },
  plan: ({ id, ref, facts: { lost, replacement } }, situation) => {
    const from = accountIn(situation, lost);
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
    return {
      calls: [recover, ...remarked(situation, id, lost, replacement)],
      // Whoever was frozen stays so: an account that has not the person's flags gets them first.
      flags: { personId: from.record!.personId },
    };
  },
};

/** Marks stand on an account: those of the lost one are made anew on the other, together with its own. */
const remarked = (situation: Situation, id: string, lost: string, replacement: string): PlannedCall[] =>
  situation.marks
    .filter(({ account }) => account === lost)
    .map(({ basis, units, capacity }, row) => {
      const own = situation.marks.find((mark) => mark.account === replacement && mark.basis === basis);
      const all = units + (own?.units ?? 0n);
      const data = encodeMark(capacity);
      return markUnits(situation, { account: replacement, units: all, basis, data, ref: refOf(id, row + 1) });
    });
