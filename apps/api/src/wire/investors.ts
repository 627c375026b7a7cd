import type { investor, wallet } from "@genbo/api-schema/investors";
import type { Principal } from "@genbo/database/parties/keys";
import type { WalletRow } from "@genbo/database/parties/wallets";
import { classesOf, recordFlags } from "@genbo/domain/investor-class";
import type { Role } from "@genbo/domain/permissions";
import type { z } from "zod";

type InvestorWire = z.input<typeof investor>;
type WalletWire = z.input<typeof wallet>;

interface InvestorRow {
  id: string;
  brokerId: string;
  externalId: string;
  personId: string;
  classBits: number;
  country: number;
  taxCategory: string;
  flags: number;
  validUntil: Date;
  createdAt: Date;
}

const flagNames = Object.keys(recordFlags) as (keyof typeof recordFlags)[];

/**
 * A broker learns that its customer's accounts are frozen, since what it asks for is refused; not that it is on
 * suspicion (AML Act 8(4)).
 */
const shownTo = (role: Role, flags: number): number =>
  role === "broker" && flags & recordFlags.SANCTIONED
    ? (flags & ~recordFlags.SANCTIONED) | recordFlags.FROZEN
    : flags;

export const investorWire = (row: InvestorRow, { role }: Pick<Principal, "role">): InvestorWire => ({
  id: row.id,
  brokerId: row.brokerId,
  externalId: row.externalId,
  personId: row.personId,
  classes: classesOf(row.classBits),
  country: row.country,
  taxCategory: row.taxCategory as InvestorWire["taxCategory"],
  flags: flagNames.filter((name) => (shownTo(role, row.flags) & recordFlags[name]) !== 0),
  validUntil: row.validUntil.toISOString(),
  createdAt: row.createdAt.toISOString(),
});

export const walletWire = (row: Omit<WalletRow, "brokerId">): WalletWire => ({
  address: row.address,
  investorId: row.investorId,
  custody: row.custody,
  state: row.state,
  createdAt: row.createdAt.toISOString(),
});
