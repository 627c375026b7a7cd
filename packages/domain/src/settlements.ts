import { type Day, jstDay } from "./jst.ts";

/** What a leg of a settlement moves: units of an issue, cash on chain, or money through a bank that an agent attests. */
export const legKinds = ["UNITS", "CASH", "BANK"] as const;
export type LegKind = (typeof legKinds)[number];

/**
 * Units: pending → held → approved (where the issue wants it) → delivered. Money: pending → paid → delivered. What does
 * not settle by the deadline is returned to its giver; refused: the chain never took the units in.
 */
export const legStates = ["pending", "held", "approved", "paid", "delivered", "returned", "refused"] as const;
export type LegState = (typeof legStates)[number];

/** Settled: every leg moved. Returned: none did, and what was brought in has gone back. */
export const settlementStates = ["open", "settled", "returned"] as const;
export type SettlementState = (typeof settlementStates)[number];

export interface SettlementFacts {
  state: string;
  settlementDate: Day;
  legs: readonly { kind: string; state: string; needsApproval: boolean }[];
  sides: readonly { acceptedAt: Date | null }[];
}

export const wants = ["HOLD", "ACCEPTANCE", "APPROVAL", "PAYMENT", "SETTLEMENT_DATE"] as const;
export type Want = (typeof wants)[number];

/** What an open settlement still waits for; nothing once every leg may move. */
export function wantsOf({ state, settlementDate, legs, sides }: SettlementFacts, now: Date): Want[] {
  if (state !== "open") return [];
  const units = legs.filter(({ kind }) => kind === "UNITS");
  const open: Record<Want, boolean> = {
    HOLD: units.some((leg) => leg.state !== "held" && leg.state !== "approved"),
    ACCEPTANCE: sides.some(({ acceptedAt }) => acceptedAt === null),
    APPROVAL: units.some((leg) => leg.needsApproval && leg.state !== "approved"),
    PAYMENT: legs.some((leg) => leg.kind !== "UNITS" && leg.state !== "paid"),
    // Nobody acquires before the day that the parties agreed on.
    SETTLEMENT_DATE: jstDay(now) < settlementDate,
  };
  return wants.filter((want) => open[want]);
}
