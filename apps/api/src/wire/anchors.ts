import type { anchoredRoot } from "@genbo/api-schema/anchors";
import type { AnchoredRoot } from "@genbo/database/register/anchors";
import { anchorKindOf } from "@genbo/domain/anchors";
import type { z } from "zod";

export const anchoredRootWire = (row: AnchoredRoot): z.input<typeof anchoredRoot> => ({
  ...row,
  kind: anchorKindOf(row.kind)!,
  seq: Number(row.seq),
  anchor: row.anchor && {
    ...row.anchor,
    block: Number(row.anchor.block),
    time: row.anchor.time.toISOString(),
  },
});

export const anchorCursor = ({ day, kind, version }: AnchoredRoot): string => `${day}.${kind}.${version}`;

/** @param cursor of the form that the route's schema asks for */
export function anchorAfter(cursor: string): Pick<AnchoredRoot, "day" | "kind" | "version"> {
  const [day = "", kind, version] = cursor.split(".");
  return { day, kind: Number(kind), version: Number(version) };
}
