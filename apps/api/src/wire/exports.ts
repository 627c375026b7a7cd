import type { bookExport } from "@genbo/api-schema/exports";
import type { RegisterExport } from "@genbo/database/register/exports";
import type { z } from "zod";
import { asOfPosition } from "../register/moments.ts";

export function exportWire(order: RegisterExport): z.input<typeof bookExport> {
  const { position, rendered, recordDate, format } = order;
  return {
    id: order.id,
    issueId: order.issueId,
    kind: order.kind,
    format,
    recordDateId: recordDate?.id ?? null,
    version: recordDate?.version ?? null,
    names: order.names,
    purpose: order.purpose,
    maker: order.maker,
    asOf: asOfPosition(position),
    knownAt: order.known,
    state: order.state,
    content: rendered && {
      rows: rendered.rows,
      bytes: rendered.bytes,
      sha256: rendered.sha256,
      unmapped: format === "CSV_CP932" ? rendered.unmapped : null,
    },
    createdAt: order.at.toISOString(),
    readyAt: order.readyAt?.toISOString() ?? null,
  };
}
