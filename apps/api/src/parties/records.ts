import type { NewCommand } from "@genbo/database/commands/operations-new";
import { type InvestorAccount, investorAccounts } from "@genbo/database/parties/investor-accounts";
import type { InvestorRow } from "@genbo/database/parties/investors";
import type { Queryable } from "@genbo/database/sql/connection";
import { latestCommitments } from "@genbo/database/vault/vault";
import { refOfWallet } from "@genbo/domain/ids";
import { encodeRecord } from "@genbo/domain/registry-record";

/** What the registry shall say of an account: its person and the commitment of the person's particulars. */
export interface AccountRecord {
  address: string;
  personId: string;
  classBits: number;
  flags: number;
  validUntil: Date;
  country: number;
  custodianId: number;
  commitment: string;
}

/**
 * The record of an account as the person's row has it, which is locked: all that was decided of the person is in it,
 * entered or not. The registry lets a lapsed record be rewritten as it stands, and none be made lapsed.
 */
export const recordOf = (
  investor: InvestorRow,
  { address, custodianId, validUntil }: InvestorAccount,
  commitment: string,
  at: Date,
): AccountRecord => ({
  ...investor,
  address,
  custodianId,
  commitment,
  validUntil: investor.validUntil > at ? investor.validUntil : (validUntil ?? investor.validUntil),
});

/** The command that writes the record, by the signer of the broker that keeps the account. */
export const recordCommand = (account: AccountRecord, signer: string): NewCommand => ({
  signer,
  call: "setRecords",
  target: null,
  ref: refOfWallet(account.address),
  args: {
    wallet: account.address,
    record: encodeRecord({
      personId: account.personId,
      classBits: account.classBits,
      flags: account.flags,
      validUntil: Math.floor(account.validUntil.getTime() / 1000),
      country: account.country,
      custodian: account.custodianId,
    }),
    particulars: account.commitment,
  },
});

/** What becomes of a person's records. */
interface RecordChange {
  flags: { raise?: number; lower?: number } | undefined;
  /** Of a new version of the particulars. */
  commitment: string | undefined;
  at: Date;
}

/**
 * The records of a person's accounts with its flags and particulars as they shall stand. Accounts that have the flags
 * already, and no new commitment to take, stay as they are.
 */
export async function recordsAfter(
  db: Queryable,
  investor: InvestorRow,
  { flags: { raise = 0, lower = 0 } = {}, commitment, at }: RecordChange,
): Promise<AccountRecord[]> {
  const flags = (investor.flags | raise) & ~lower;
  const isNew = commitment !== undefined || flags !== investor.flags;
  const standing = (await latestCommitments(db, [investor.personId])).get(investor.personId)!;
  return (await investorAccounts(db, investor.id))
    .filter((account) => isNew || flags !== (account.flags ?? flags))
    .map((account) => recordOf({ ...investor, flags }, account, commitment ?? standing, at));
}
