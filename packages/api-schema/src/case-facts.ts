import { attachmentForms } from "@genbo/domain/cases/kinds";
import { recordFlags } from "@genbo/domain/investor-class";
import { z } from "zod";
import { heirsMax } from "./limits.ts";
import { named } from "./named.ts";
import { address, day, hash, instant, line, units } from "./primitives.ts";

const flags = Object.keys(recordFlags) as (keyof typeof recordFlags)[];

const release = named("ReleaseFacts", z.strictObject({ holdId: hash }));
const soleRequest = named(
  "SoleRequestFacts",
  z.strictObject({
    from: address,
    to: address,
    units,
    finalOn: day.describe("The day on which the title became final"),
  }),
);
const freeze = named(
  "FreezeFacts",
  z.strictObject({
    account: address.describe("Any account of the person; all are marked"),
    flag: z.enum(flags),
  }),
);

/** What each kind of case states. Names of persons stand in its documents and in the vault, never here. */
export const caseFacts = {
  PLEDGE: named(
    "PledgeFacts",
    z.strictObject({ account: address, units, pledgee: address.describe("An account of the pledgee") }),
  ),
  PLEDGE_RELEASE: release,
  ATTACHMENT: named(
    "AttachmentFacts",
    z.strictObject({
      account: address,
      units: units.describe("What the order says; it is recorded for what there is"),
      form: z.enum(attachmentForms),
      authority: line().describe("Court or tax office"),
      caseNumber: line(),
      servedAt: instant.describe("When it was served on the trustee"),
    }),
  ),
  ATTACHMENT_RELEASE: release,
  SALE_ORDER: named(
    "SaleOrderFacts",
    z.strictObject({
      holdId: hash.describe("The attachment"),
      buyer: address,
      units,
      form: z.enum(["SALE_ORDER", "TRANSFER_ORDER"]),
      finalOn: day,
    }),
  ),
  SUCCESSION: named(
    "SuccessionFacts",
    z.strictObject({
      account: address,
      diedOn: day,
      heirs: z
        .array(z.strictObject({ account: address, units }))
        .min(1)
        .max(heirsMax),
      keepDates: z.boolean().default(true).describe("The heirs' lots keep the deceased's acquisition dates"),
    }),
  ),
  RECOVERY: named("RecoveryFacts", z.strictObject({ lost: address, replacement: address })),
  LOCKUP: named(
    "LockupFacts",
    z.strictObject({ account: address, units, until: day.describe("Its last day, which ends at 24:00 JST") }),
  ),
  LOCKUP_RELEASE: release,
  JUDGMENT: soleRequest,
  EQUIVALENT_INSTRUMENT: soleRequest,
  FREEZE: freeze,
  UNFREEZE: freeze,
} as const;
