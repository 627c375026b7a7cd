import type { particulars } from "@genbo/api-schema/investors";
import type { ParticularsVersion } from "@genbo/database/vault/vault";
import type { z } from "zod";

export interface ParticularsWire {
  version: number;
  effectiveOn: string;
  evidenceRef: string;
  knownAt: string;
  value: z.input<typeof particulars> | null;
}

/** A version of a person's particulars; sealed from a body that its schema had checked. */
export const particularsWire = (row: ParticularsVersion): ParticularsWire => ({
  version: row.version,
  effectiveOn: row.effectiveOn,
  evidenceRef: row.evidenceRef,
  knownAt: row.knownAt.toISOString(),
  value: row.value as ParticularsWire["value"],
});
