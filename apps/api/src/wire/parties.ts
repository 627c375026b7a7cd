import type { apiKey, party } from "@genbo/api-schema/parties";
import type { Role, Scope } from "@genbo/domain/permissions";
import type { z } from "zod";

interface PartyRow {
  id: string;
  kind: Role;
  name: string;
  signer: string | null;
  custodianId: number | null;
  createdAt: Date;
}

export const partyWire = (row: PartyRow): z.input<typeof party> => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  signer: row.signer,
  custodianId: row.custodianId,
  createdAt: row.createdAt.toISOString(),
});

interface KeyRow {
  id: string;
  partyId: string;
  role: Role;
  subject: string;
  madeBy: string | null;
  waits: boolean;
  confirmedAt: Date | null;
  prefix: string;
  scopes: readonly Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export const keyWire = (row: KeyRow): z.input<typeof apiKey> => ({
  id: row.id,
  partyId: row.partyId,
  role: row.role,
  subject: row.subject,
  madeBy: row.madeBy,
  waits: row.waits && row.confirmedAt === null,
  confirmedAt: timeOf(row.confirmedAt),
  prefix: row.prefix,
  scopes: [...row.scopes],
  createdAt: row.createdAt.toISOString(),
  expiresAt: timeOf(row.expiresAt),
  lastUsedAt: timeOf(row.lastUsedAt),
  revokedAt: timeOf(row.revokedAt),
});

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;
