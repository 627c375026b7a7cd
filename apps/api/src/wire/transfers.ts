import type { transfer } from "@genbo/api-schema/transfers";
import type { TransferRow } from "@genbo/database/issues/transfers";
import type { Principal } from "@genbo/database/parties/keys";
import type { z } from "zod";
import { dayWire } from "./day.ts";

type TransferWire = z.input<typeof transfer>;

/** Why a case has ended a request. */
export const caseReason = (kind: string, id: string): string => `${kind}: case ${id}`;
const isCaseReason = (reason: string): boolean => /^[A-Z_]+: case cas_/.test(reason);

/** @param principal who reads it: what befell the seller is not told to the buyer's broker */
export const transferWire =
  (principal: Principal) =>
  (row: TransferRow): TransferWire => ({
    id: row.id,
    issueId: row.issueId,
    ref: row.ref,
    state: row.state,
    from: row.fromAccount,
    to: row.toAccount,
    units: String(row.units),
    tradeDate: dayWire(row.tradeDate),
    acquiredOn: dayWire(row.acquiredOn),
    settlementDate: dayWire(row.settlementDate),
    lotAcquiredOn: row.lotAcquiredOn && dayWire(row.lotAcquiredOn),
    sellerBrokerId: row.sellerBroker,
    buyerBrokerId: row.buyerBroker,
    maker: row.maker,
    acceptor: row.acceptor,
    checker: row.checker,
    reason: isTold(row, principal) ? row.reason : null,
    createdAt: row.createdAt.toISOString(),
  });

const isTold = ({ reason, sellerBroker }: TransferRow, { role, partyId }: Principal): boolean =>
  role !== "broker" || partyId === sellerBroker || reason === null || !isCaseReason(reason);
