import type { WireRequest } from "@genbo/api-schema/wire";
import type { DemoPerson } from "./people.ts";

export type InvestorRow = NonNullable<WireRequest<"registerInvestors">["body"]>["rows"][number];

/** A customer to register, and until when its identity check holds. */
export interface Customer {
  person: DemoPerson;
  classes: InvestorRow["classes"];
  validUntil: string;
}

const isoCountries: Readonly<Record<string, number>> = { JP: 392, SG: 702 };

/** A customer as the API takes it in JSON. */
export function investorRow({ person, classes, validUntil }: Customer): InvestorRow {
  return {
    externalId: person.id,
    classes,
    country: isoCountries[person.address.country]!,
    taxCategory: person.tax,
    validUntil,
    particulars: {
      kind: person.kind,
      name: { ...person.name },
      address: { ...person.address },
      bornOn: person.bornOn,
    },
  };
}
