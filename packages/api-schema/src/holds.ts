import { holdKinds } from "@genbo/domain/entry-kinds";
import { z } from "zod";
import { named } from "./named.ts";
import { asOfQuery, corrections, knownAtAnswer, pageAfter, pageOf } from "./page.ts";
import { addressText, hash, height, id, instantText, personId, unitsText } from "./primitives.ts";

export const partOf = hash
  .nullable()
  .describe(
    "Of a part that one of several successors has: the undivided hold. All parts with the same one are of one pledge or " +
      "attachment; each part of a pledge secures the whole claim (Civil Code 296, 350) and ends alone",
  );

const kinds = Object.keys(holdKinds) as (keyof typeof holdKinds)[];

const hold = named(
  "Hold",
  z.object({
    id: hash,
    kind: z.enum(kinds),
    account: addressText,
    personId: personId.nullable(),
    target: addressText
      .nullable()
      .describe("Who receives the units if it executes; of a pledge, the pledgee"),
    targetPersonId: personId.nullable(),
    controller: addressText.nullable().describe("Signer of who alone ends it; null for a transfer request"),
    units: unitsText.describe("What it encumbers"),
    waiting: unitsText.describe(
      "What an attachment, or a pledge behind another, waits for under earlier holds",
    ),
    behind: hash
      .nullable()
      .describe("Of a pledge behind others: the first pledge on the same units, which may have ended"),
    partOf,
    rank: height.nullable().describe("Of a pledge: its rank among those on the same units, from 1"),
    claim: z.string().nullable().describe("What a pledge secures, where its parties wanted it shown"),
    expiresAt: instantText.nullable(),
    accepted: z.boolean(),
    caseId: id("cas").nullable(),
    fromSeq: height.describe("The entry that made it"),
  }),
);
export const holdPage = named(
  "HoldPage",
  pageOf(hold).extend({ knownAt: knownAtAnswer, corrections }),
  "Holds of accounts that a later entry corrects have the units that these had, as is known at knownAt",
);
export const holdQuery = pageAfter(hash).extend(asOfQuery);
