import type { investor, wallet } from "@genbo/api-schema/investors";
import { classesOf, recordFlags } from "@genbo/domain/investor-class";
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

export const investorWire = (row: InvestorRow): InvestorWire => ({
  id: row.id,
  brokerId: row.brokerId,
  externalId: row.externalId,
  personId: row.personId,
  classes: classesOf(row.classBits),
  country: row.country,
  taxCategory: row.taxCategory as InvestorWire["taxCategory"],
  flags: flagNames.filter((name) => (row.flags & recordFlags[name]) !== 0),
  validUntil: row.validUntil.toISOString(),
  createdAt: row.createdAt.toISOString(),
});

interface WalletRow {
  address: string;
  investorId: string;
  custody: string;
  state: string;
  createdAt: Date;
}

export const walletWire = (row: WalletRow): WalletWire => ({
  address: row.address,
  investorId: row.investorId,
  custody: row.custody as WalletWire["custody"],
  state: row.state as WalletWire["state"],
  createdAt: row.createdAt.toISOString(),
});
