import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { KeptAccount } from "@genbo/database/legal/custody-changes";
import { refOfWallet } from "@genbo/domain/ids";
import { encodeRecord } from "@genbo/domain/registry-record";

/** The command that writes the record, by the signer of the broker that keeps the account. */
export const recordCommand = (account: KeptAccount, signer: string): NewCommand => ({
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
