import type { custodyChange } from "@genbo/api-schema/custody";
import type { CustodyChangeRow } from "@genbo/database/legal/custody-changes";
import type { z } from "zod";

type Wire = z.input<typeof custodyChange>;

export function custodyWire(row: CustodyChangeRow): Wire {
  const { fromExternalId: _, toExternalId: __, createdAt, consentedAt, decidedAt, ...fields } = row;
  return {
    ...(fields as unknown as Wire),
    createdAt: createdAt.toISOString(),
    consentedAt: consentedAt?.toISOString() ?? null,
    decidedAt: decidedAt?.toISOString() ?? null,
  };
}
