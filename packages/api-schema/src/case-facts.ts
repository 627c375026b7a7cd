import { attachmentForms, releaseGrounds } from "@genbo/domain/cases/kinds";
import { recordFlags } from "@genbo/domain/investor-class";
import { trusteeCapacities } from "@genbo/domain/trust-mark";
import { z } from "zod";
import { coOwnersFields, particulars, representatives } from "./investors.ts";
import { heirsMax } from "./limits.ts";
import { named } from "./named.ts";
import { address, clause, day, hash, instant, line, units, unitsOrNone } from "./primitives.ts";

const flags = Object.keys(recordFlags) as (keyof typeof recordFlags)[];

const release = named("ReleaseFacts", z.strictObject({ holdId: hash }));
const soleRequest = named(
  "SoleRequestFacts",
  z.strictObject({
    from: address,
    to: address,
    units,
    finalOn: day.describe("The day on which the title became final"),
    effectiveOn: day
      .optional()
      .describe(
        "Since the beginning of which past day the units were the acquirer's, where the title says so. Good against " +
          "third parties from the entry on all the same",
      ),
  }),
);
const claim = clause(1_000).optional().describe("What the pledge secures; no name of a person");
const freeze = named(
  "FreezeFacts",
  z.strictObject({
    account: address.describe("Any account of the person; all are marked"),
    flag: z.enum(flags),
  }),
);

const entryNumber = z
  .int()
  .min(1)
  .max(2 ** 32 - 1)
  .describe("The number of the entry that is wrong");

const ofPerson = {
  account: address.describe("Any account of the person; all take the new particulars"),
  effectiveOn: day,
};

/**
 * What each kind of case states. Names of persons stand in its documents and in the vault; facts that must have some are
 * sealed under the person's key (`personal` of the kind's rules).
 */
export const caseFacts = {
  PLEDGE: named(
    "PledgeFacts",
    z.strictObject({
      account: address,
      units,
      pledgee: address.describe("An account of the pledgee"),
      behind: hash
        .optional()
        .describe("A pledge on the account, on whose units it ranks next; left out, it is of free units"),
      claim,
    }),
  ),
  PLEDGE_CHANGE: named(
    "PledgeChangeFacts",
    z.strictObject({
      holdId: hash.describe("The pledge"),
      pledgee: address.optional().describe("An account of the new pledgee, who took over the claim"),
      claim,
    }),
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
  ATTACHMENT_RELEASE: named(
    "AttachmentReleaseFacts",
    z.strictObject({ holdId: hash.describe("The attachment"), ground: z.enum(releaseGrounds) }),
  ),
  SALE_ORDER: named(
    "SaleOrderFacts",
    z.strictObject({
      holdId: hash.describe("The attachment"),
      buyer: address,
      units,
      form: z.enum(["SALE_ORDER", "TRANSFER_ORDER"]),
      finalOn: day.describe("The day on which the order became final"),
      acquiredOn: day.describe(
        "Of a sale the day on which the buyer had paid, of a transfer order that of its service on the trustee",
      ),
    }),
  ),
  AUCTION: named(
    "AuctionFacts",
    z.strictObject({
      holdId: hash.describe("The pledge or attachment that the auction realises"),
      buyer: address,
      units,
      soldOn: day.describe("The day on which the buyer had paid"),
    }),
  ),
  SUCCESSION: named(
    "SuccessionFacts",
    z.strictObject({
      account: address,
      diedOn: day,
      heirs: z
        .array(
          z.strictObject({
            account: address,
            units,
            holds: z
              .array(z.strictObject({ holdId: hash, units }))
              .max(heirsMax)
              .optional()
              .describe(
                "How many units of which holds are among them, where the division says it: all units of each hold that any heir names. Others are divided like the units",
              ),
          }),
        )
        .min(1)
        .max(heirsMax),
    }),
  ),
  CORPORATE_SUCCESSION: named(
    "CorporateSuccessionFacts",
    z.strictObject({
      from: address,
      to: address,
      units: units.describe("Of a merger all, of a company split what its plan says"),
      form: z.enum(["MERGER", "COMPANY_SPLIT"]),
      effectiveOn: day,
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
  JUDGMENT_RELEASE: named(
    "JudgmentReleaseFacts",
    z.strictObject({
      holdId: hash.describe("The pledge or lock-up whose end the court orders"),
      finalOn: day,
    }),
  ),
  TRUSTEE_ACQUISITION: named(
    "TrusteeAcquisitionFacts",
    z.strictObject({
      from: address,
      to: address.describe("An account of the trustee, or of a bond's issuer"),
      units,
      capacity: z
        .enum(trusteeCapacities as [(typeof trusteeCapacities)[number]])
        .describe("To which property they belong from now on; a bond's issuer has PROPRIETARY ones only"),
      acquiredOn: day,
    }),
  ),
  TRUSTEE_DISPOSAL: named(
    "TrusteeDisposalFacts",
    z.strictObject({
      from: address.describe("An account of the trustee, or of a bond's issuer"),
      to: address,
      units,
      disposedOn: day,
    }),
  ),
  TRUST_PROPERTY_MARK: named(
    "TrustPropertyMarkFacts",
    z.strictObject({
      account: address.describe("The other trust's trustee is its holder"),
      units: units.describe("How many of its units belong to the other trust from now on"),
      trust: line().describe("The other trust as it is called; no name of a person"),
    }),
  ),
  TRUST_PROPERTY_ERASURE: named("TrustPropertyErasureFacts", z.strictObject({ account: address })),
  REPRESENTATION: named(
    "RepresentationFacts",
    z.strictObject({
      ...ofPerson,
      representatives: representatives.describe(
        "All who act for the person from then on; empty when nobody does any more",
      ),
    }),
  ),
  CO_OWNERSHIP: named("CoOwnershipFacts", z.strictObject({ ...ofPerson, ...coOwnersFields })),
  UNITS_RECTIFICATION: named(
    "UnitsRectificationFacts",
    z.strictObject({
      corrects: entryNumber,
      to: address.describe("Who ought to have received"),
      units: unitsOrNone.describe(
        "How many units ought to have moved, in units of then: before a later consolidation or split; 0 for none",
      ),
    }),
  ),
  DATES_RECTIFICATION: named(
    "DatesRectificationFacts",
    z.strictObject({
      corrects: entryNumber,
      acquiredOn: day.optional().describe("The right day of acquisition"),
      tradeDate: day.optional(),
      settlementDate: day.optional(),
      lotAcquiredOn: day
        .optional()
        .describe("The wrong day, where the entry kept the days of the lots that it moved"),
    }),
  ),
  PARTICULARS_RECTIFICATION: named(
    "ParticularsRectificationFacts",
    z.strictObject({
      account: ofPerson.account,
      version: z.int().min(1).max(1_000_000).describe("The version that is wrong: the newest"),
      particulars: particulars.describe("The right particulars, all of them"),
    }),
  ),
  FREEZE: freeze,
  UNFREEZE: freeze,
} as const;
