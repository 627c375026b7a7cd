import { createHash } from "node:crypto";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { Part } from "@genbo/database/commands/statement";
import type { InvestorRow } from "@genbo/database/parties/investors";
import type { Principal } from "@genbo/database/parties/keys";
import {
  type NewWallet,
  type WalletRow,
  walletsByAddress,
  walletsPart,
} from "@genbo/database/parties/wallets";
import type { Queryable } from "@genbo/database/sql/connection";
import { latestCommitments } from "@genbo/database/vault/vault";
import { refusal } from "@genbo/domain/refusals";
import { recordCommand } from "./records.ts";
import type { RowConflict } from "./registration.ts";

export interface AccountRequest {
  row: number;
  investor: InvestorRow;
  /** Left out: the customer's keyless account. */
  address: string | undefined;
}

export interface OpenedAccounts {
  items: { row: number; investor: InvestorRow; wallet: WalletRow }[];
  unchanged: number;
  conflicts: RowConflict[];
  writes: Part[];
  /** One for each account that is new, or that the chain refused before. */
  commands: NewCommand[];
}

/**
 * Decides about accounts of a broker's customers. An account that is registered for the same customer changes nothing;
 * one of another person is a conflict, which does not say whose it is.
 */
export async function openAccounts(
  db: Queryable,
  broker: Pick<Principal, "partyId" | "signer" | "custodianId">,
  at: Date,
  requests: readonly AccountRequest[],
): Promise<OpenedAccounts> {
  const wanted = requests.map((request) => ({
    ...request,
    address: request.address ?? keylessAddress(request.investor),
  }));
  const standing = await walletsByAddress(db, [...new Set(wanted.map(({ address }) => address))]);
  const commitments = await latestCommitments(db, [
    ...new Set(wanted.map(({ investor }) => investor.personId)),
  ]);
  const opened: OpenedAccounts = { items: [], unchanged: 0, conflicts: [], writes: [], commands: [] };
  const added: NewWallet[] = [];
  for (const { row, investor, address } of wanted) {
    const known = standing.get(address);
    if (known !== undefined && known.investorId !== investor.id) {
      opened.conflicts.push(taken(row));
      continue;
    }
    const isOpen = known !== undefined && known.state !== "refused";
    if (!isOpen && investor.validUntil <= at) {
      opened.conflicts.push(lapsed(row));
      continue;
    }
    const wallet: WalletRow = known ?? {
      address,
      investorId: investor.id,
      brokerId: broker.partyId,
      custody: "CUSTODIED",
      state: "pending",
      createdAt: at,
    };
    if (isOpen) opened.unchanged += 1;
    else {
      if (known === undefined) added.push({ ...wallet, at });
      const commitment = commitments.get(investor.personId)!;
      const record = { ...investor, address, custodianId: broker.custodianId!, commitment };
      opened.commands.push(recordCommand(record, broker.signer!));
      // A second row for the same account in this file has nothing left to do.
      standing.set(address, { ...wallet, state: "pending" });
    }
    opened.items.push({ row, investor, wallet });
  }
  if (added.length > 0) opened.writes = [walletsPart(added)];
  return opened;
}

/** An address for which nobody has a key, the same at each try: its broker acts for it by its record. */
const keylessAddress = ({ id }: InvestorRow): string =>
  `0x${createHash("sha256").update(`account of ${id}`).digest("hex").slice(-40)}`;

const taken = (row: number): RowConflict => ({
  row,
  code: "ALREADY_EXISTS",
  pointer: `/rows/${row}/address`,
  detail: "The account is registered already, and not for this customer.",
  fix: "Register another address for this customer.",
});

const lapsed = (row: number): RowConflict => ({
  row,
  code: "VALIDITY_PAST",
  pointer: `/rows/${row}/externalId`,
  detail: "The customer's identity check has lapsed.",
  fix: refusal("VALIDITY_PAST").fix,
});
