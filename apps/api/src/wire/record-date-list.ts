import type { recordDateRow } from "@genbo/api-schema/register";
import type { CoOwner } from "@genbo/domain/representation";
import type { z } from "zod";
import type { ListedAccount, ListedPerson, ListRow } from "../register/record-date-list.ts";
import { lotsWire, registerRowWire } from "./register.ts";

export const recordDateRowWire = (row: ListRow): z.input<typeof recordDateRow> => ({
  personId: row.personId,
  units: String(row.units),
  encumbered: String(row.encumbered),
  lots: lotsWire(row.lots),
  taxCategory: row.taxCategory as z.input<typeof recordDateRow>["taxCategory"],
  holder: row.holder && { ...row.holder, coOwnersRepresentative: representativeOf(row.holder) },
  accounts: row.accounts.map(({ holding, pledges, attached }) => {
    const { personId: _, ...account } = registerRowWire(holding);
    return { ...account, pledges: pledges.map(listedPledgeWire), attached: String(attached) };
  }),
});

/** Who of co-owners exercises the rights of all (Trust Act 193, Companies Act 686). */
export function representativeOf({ coOwners }: ListedPerson): Pick<CoOwner, "name" | "address"> | null {
  const member = coOwners?.members[coOwners.representative ?? -1];
  return member === undefined ? null : { name: member.name, address: member.address };
}

const listedPledgeWire = ({ hold, pledgee }: ListedAccount["pledges"][number]) => ({
  holdId: hold.id,
  pledgee: hold.target!,
  pledgeePersonId: hold.targetPersonId,
  name: pledgee?.name ?? null,
  address: pledgee?.address ?? null,
  units: String(hold.units),
  waiting: String(hold.claimed - hold.units),
  rank: hold.rank ?? 1,
  partOf: hold.partOf,
});
