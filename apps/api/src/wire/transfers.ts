import type { transfer } from "@genbo/api-schema/transfers";
import type { TransferRow } from "@genbo/database/issues/transfers";
import type { z } from "zod";

type TransferWire = z.input<typeof transfer>;

export const transferWire = (row: TransferRow): TransferWire => ({
  id: row.id,
  issueId: row.issueId,
  ref: row.ref,
  state: row.state as TransferWire["state"],
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
  reason: row.reason,
  createdAt: row.createdAt.toISOString(),
});

/** Prisma reads a date column as midnight UTC of that day. */
const dayWire = (date: Date): string => date.toISOString().slice(0, 10);
