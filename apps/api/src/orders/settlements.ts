import { requestDaysDefault } from "@genbo/api-schema/limits";
import type { Instruction } from "@genbo/chain/settlements";
import { legKinds } from "@genbo/chain/settlements";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { SettlementRow } from "@genbo/database/issues/settlements";
import { holdKinds } from "@genbo/domain/entry-kinds";
import { dayOf, dayOrNone, endOfDay } from "@genbo/domain/jst";
import { decodePolicy } from "@genbo/domain/policy-word";
import { type LegKind, type SettlementFacts, type Want, wantsOf } from "@genbo/domain/settlements";
import { encodeMove, zeroWord } from "@genbo/domain/words";
import { dayWire } from "../wire/day.ts";

export type LegRow = SettlementRow["legs"][number];

/** On chain the buyer's side says nothing to a hold: where it must be heard, the trustee says that it was. */
export function needsApproval({ issue }: LegRow): boolean {
  if (issue === null) return false;
  const { acceptanceRequired, approvalRequired } = decodePolicy(issue.issueState?.policy ?? issue.policy);
  return acceptanceRequired || approvalRequired;
}

/** Units that are held for it. */
export const unitsIn = ({ legs }: Pick<SettlementRow, "legs">): LegRow[] =>
  legs.filter(({ kind, state }) => kind === "UNITS" && (state === "held" || state === "approved"));

export const wantsOfRow = (row: SettlementRow, now: Date): Want[] => wantsOf(factsOf(row), now);

const factsOf = ({ state, settlementDate, legs, sides }: SettlementRow): SettlementFacts => ({
  state,
  settlementDate: dayOf(dayWire(settlementDate)),
  legs: legs.map((leg) => ({ ...leg, needsApproval: needsApproval(leg) })),
  sides,
});

/** The last moment to settle: whole seconds, as the chain counts. */
export const deadlineOf = (asked: Date | undefined, settlementDate: string): Date =>
  asked === undefined ? endOfDay(dayOf(settlementDate)) : new Date(Math.floor(asked.getTime() / 1000) * 1000);

/** So long after the settlement date units and money may wait. */
export const latestDeadline = (settlementDate: string): Date =>
  endOfDay(dayOf(settlementDate) + requestDaysDefault);

interface Terms {
  ref: string;
  deadline: Date;
  legs: readonly {
    kind: string;
    asset: string;
    fromAccount: string;
    toAccount: string;
    amount: bigint;
  }[];
}

/** The terms as the Settlement contract takes them. */
export const instructionOf = ({ ref, deadline, legs }: Terms): Instruction => ({
  ref,
  deadline: deadline.getTime() / 1000,
  legs: legs.map(({ kind, asset, fromAccount, toAccount, amount }) => ({
    kind: legKinds[kind as LegKind],
    asset,
    from: fromAccount,
    to: toAccount,
    amount: String(amount),
  })),
});

const minuteMs = 60_000;

interface HeldLeg {
  asset: string;
  fromAccount: string;
  toAccount: string;
  amount: bigint;
  holdId: string | null;
  lotAcquiredOn: string | null;
}

/**
 * Gives the units of a leg into the hands of the Settlement contract. The hold ends after the deadline, so that the
 * units come free even if nobody could ask that contract any more. Acquired is on the day of delivery.
 */
export function holdCommand(
  { asset, fromAccount, toAccount, amount, holdId, lotAcquiredOn }: HeldLeg,
  of: { signer: string; settlement: string; deadline: Date; tradeDate: string; settlementDate: string },
): NewCommand {
  const data = encodeMove({
    tradeDate: dayOf(of.tradeDate),
    settlementDate: dayOf(of.settlementDate),
    lotAcquiredOn: dayOrNone(lotAcquiredOn),
  });
  return {
    signer: of.signer,
    call: "createDvpHolds",
    target: asset,
    ref: holdId!,
    args: {
      account: fromAccount,
      to: toAccount,
      controller: of.settlement,
      units: String(amount),
      kind: holdKinds.DVP,
      expiryMinutes: Math.floor(of.deadline.getTime() / minuteMs) + 1,
      data,
      behind: zeroWord,
    },
  };
}

/** The call that moves every leg. It enters the register of its first units, whose hold names it. */
export function settleCommand(row: SettlementRow, signer: string): NewCommand {
  const units = row.legs.find(({ kind }) => kind === "UNITS")!;
  const args = { instruction: instructionOf(row) };
  return { signer, call: "settle", target: units.asset, ref: units.holdId ?? zeroWord, args };
}
