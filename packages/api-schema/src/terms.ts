import { type ProfileName, type StatutoryItem, termsItems } from "@genbo/domain/profiles";
import { z } from "zod";
import { named } from "./named.ts";
import { clause, line } from "./primitives.ts";

/** No issue known has more than three trustees. */
const partiesMax = 10;

const party = z.strictObject({ name: line(), address: line() });
const shapes = {
  text: clause(),
  party,
  parties: z.array(party).min(1).max(partiesMax),
} as const satisfies Record<StatutoryItem["shape"], z.ZodType>;

function itemSchema(item: StatutoryItem): z.ZodType {
  const shape = shapes[item.shape];
  return (item.always ? shape : shape.nullable()).describe(
    `Item ${item.number}. ${item.ja} (${item.article})`,
  );
}

/**
 * The statutory items that a draft must state, made from the register's profile. Null says "there is none". The other
 * items are the register's own: holders in the vault, dates of acquisition in the lots.
 */
const termsOf = (profile: ProfileName) =>
  z.strictObject(Object.fromEntries(termsItems(profile).map((item) => [item.key, itemSchema(item)])));

export const trustTerms = named("TrustTerms", termsOf("TRUST_BENEFICIAL"), "受益権原簿, Trust Act 186");
export const bondTerms = named("BondTerms", termsOf("BOND"), "社債原簿, Companies Act 681");
