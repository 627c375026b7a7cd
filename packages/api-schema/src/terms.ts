import { z } from "zod";
import { named } from "./named.ts";
import { clause, day, hash, line, yen } from "./primitives.ts";

const who = z.strictObject({ name: line(), address: line() });
const whoWithLimits = who.extend({ limits: clause().nullable() });

/**
 * Items of the register of certificateless beneficial interests (Trust Act 186, ordinance 18-20). Items 5 (name and
 * address of each beneficiary) and 6 (dates of acquisition) are the register's own: the vault and the lots.
 */
export const trustTerms = named(
  "TrustTerms",
  z.strictObject({
    benefit: z
      .strictObject({ payment: clause(), dueDate: day.nullable(), other: clause().nullable() })
      .describe("Item 1. Content of the interest; dueDate null = none. TA 186(i), TAR 18(i)"),
    transferRestriction: clause().nullable().describe("Item 2. TAR 18(ii)"),
    rightsVariation: clause().nullable().describe("Item 3. TAR 18(iii)"),
    certificate: z.literal("NONE").describe("Item 4. No certificates are issued. TA 186(ii), 185(2)"),
    settlor: who.nullable().describe("Item 7. TAR 19(i)"),
    trustees: z.array(who).min(1).max(10).describe("Item 8. TAR 19(ii)"),
    trustSupervisor: whoWithLimits.nullable().describe("Item 9. 信託監督人, TAR 19(iii)"),
    beneficiaryAgent: whoWithLimits.nullable().describe("Item 10. 受益者代理人, TAR 19(iv)"),
    certificatelessClause: clause().describe("Item 11. The clause under 185(2). TAR 19(v)"),
    registerManager: who.nullable().describe("Item 12. 受益権原簿管理人, TAR 19(vi)"),
    limitedLiability: z
      .strictObject({ name: line(), place: line() })
      .nullable()
      .describe("Item 13. 限定責任信託, TAR 19(vii)"),
    otherTerms: z
      .strictObject({ text: clause().nullable(), documentHash: hash.nullable() })
      .describe("Item 14. TAR 19(viii)"),
    trusteeOwnUnits: z
      .enum(["NONE", "OWN_PROPERTY", "OTHER_TRUST", "THIS_TRUST"])
      .describe("Item 15. In which capacity the trustee holds units at issue. TA 197(1), TAR 20"),
  }),
);

/** Items of a bond register (Companies Act 681, ordinance 165, 166) that stand for the whole issue. */
export const bondTerms = named(
  "BondTerms",
  z.strictObject({
    interest: z.strictObject({ ratePercent: z.string().regex(/^\d{1,3}(\.\d{1,6})?$/), payment: clause() }),
    redemption: z.strictObject({ dueDate: day, method: clause() }),
    transferRestriction: clause().nullable(),
    certificate: z.literal("NONE"),
    amountOfEachBondYen: yen.transform(String),
    paidIn: z
      .strictObject({ amountYen: yen.transform(String), day })
      .nullable()
      .describe("CA 681(iii)"),
    administrator: who.nullable().describe("社債管理者, CA 702; null = none is required"),
    registerManager: who.nullable().describe("社債原簿管理人, CA 683"),
    security: clause().nullable(),
    otherTerms: z.strictObject({ text: clause().nullable(), documentHash: hash.nullable() }),
  }),
);
