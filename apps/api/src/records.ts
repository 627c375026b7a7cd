import type { NewCommand } from "@genbo/database/operations-new";
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
