import type { apiKey, party } from "@genbo/api-schema/parties";
import type { Role, Scope } from "@genbo/domain/permissions";
import type { z } from "zod";

interface PartyRow {
  id: string;
  kind: string;
  name: string;
  signer: string | null;
  custodianId: number | null;
  createdAt: Date;
}

export const partyWire = (row: PartyRow): z.input<typeof party> => ({
  id: row.id,
  kind: row.kind as Role,
  name: row.name,
  signer: row.signer,
  custodianId: row.custodianId,
  createdAt: row.createdAt.toISOString(),
});

interface KeyRow {
  id: string;
  partyId: string;
  role: string;
  subject: string;
  madeBy: string | null;
  waits: boolean;
  confirmedAt: Date | null;
  prefix: string;
  scopes: readonly string[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export const keyWire = (row: KeyRow): z.input<typeof apiKey> => ({
  id: row.id,
  partyId: row.partyId,
  role: row.role as Role,
  subject: row.subject,
  madeBy: row.madeBy,
  waits: row.waits && row.confirmedAt === null,
  confirmedAt: timeOf(row.confirmedAt),
  prefix: row.prefix,
  scopes: [...row.scopes] as Scope[],
  createdAt: row.createdAt.toISOString(),
  expiresAt: timeOf(row.expiresAt),
  lastUsedAt: timeOf(row.lastUsedAt),
  revokedAt: timeOf(row.revokedAt),
});

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;
