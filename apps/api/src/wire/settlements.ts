import type { settlement } from "@genbo/api-schema/settlements";
import type { SettlementRow } from "@genbo/database/issues/settlements";
import type { z } from "zod";
import { type LegRow, wantsOfRow } from "../orders/settlements.ts";
import { dayWire } from "./day.ts";

type SettlementWire = z.input<typeof settlement>;

/** @param now what it waits for depends on the day */
export const settlementWire =
  (now: Date) =>
  (row: SettlementRow): SettlementWire => ({
    id: row.id,
    ref: row.ref,
    instructionId: row.instructionId,
    state: row.state,
    waitsFor: wantsOfRow(row, now),
    offeredBy: row.partyId,
    trusteeId: row.trusteeId,
    agentId: row.agentId,
    tradeDate: dayWire(row.tradeDate),
    settlementDate: dayWire(row.settlementDate),
    deadline: row.deadline.toISOString(),
    legs: row.legs.map(legWire),
    sides: row.sides.map(({ partyId, acceptor, acceptedAt }) => ({
      partyId,
      acceptor,
      acceptedAt: acceptedAt?.toISOString() ?? null,
    })),
    maker: row.maker,
    checker: row.checker,
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
  });

const legWire = (leg: LegRow): SettlementWire["legs"][number] => ({
  leg: leg.leg,
  kind: leg.kind,
  state: leg.state,
  issueId: leg.issueId,
  asset: leg.kind === "BANK" ? null : leg.asset,
  from: leg.fromAccount,
  to: leg.toAccount,
  fromPartyId: leg.fromParty,
  toPartyId: leg.toParty,
  units: leg.kind === "UNITS" ? String(leg.amount) : null,
  yen: leg.kind === "UNITS" ? null : String(leg.amount),
  lotAcquiredOn: leg.lotAcquiredOn && dayWire(leg.lotAcquiredOn),
  holdId: leg.holdId,
  evidence: leg.evidence,
});
