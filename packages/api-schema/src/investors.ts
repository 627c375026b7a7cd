import { refusal } from "@genbo/domain/refusals";
import { representationFaults, representativeRoles } from "@genbo/domain/representation";
import { custodies, walletStates } from "@genbo/domain/states";
import { zeroAddress } from "@genbo/domain/words";
import { z } from "zod";
import { investorClass } from "./issues.ts";
import { bulkRowsMax } from "./limits.ts";
import { named } from "./named.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import {
  address,
  addressText,
  customerNumber,
  day,
  height,
  id,
  instant,
  instantText,
  line,
  pastDay,
  personId,
} from "./primitives.ts";

export const taxCategory = z.enum([
  "RESIDENT_INDIVIDUAL",
  "NON_RESIDENT_INDIVIDUAL",
  "DOMESTIC_CORPORATION",
  "FOREIGN_CORPORATION",
]);

const representative = named(
  "Representative",
  z.strictObject({
    role: z.enum(representativeRoles),
    name: line(),
    address: line(400),
    from: day.describe("First day on which it acts"),
    until: day.optional().describe("Last day on which it acts"),
    receivesNotices: z.boolean().describe("Notices go to it instead of the person (Trust Act 191)"),
  }),
  "Who acts for a person: parent, guardian, standing proxy",
);
export const representatives = z.array(representative).max(10);

const sharePartsMax = 1_000_000;
const share = z.strictObject({
  parts: z.int().min(1).max(sharePartsMax),
  of: z.int().min(1).max(sharePartsMax),
});
const place = z.int().min(0).nullable();
/** Members of one group, as its deed of co-ownership counts them. */
const membersMax = 50;
export const coOwnersFields = {
  members: z
    .array(named("CoOwner", z.strictObject({ name: line(), address: line(400), share })))
    .min(2)
    .max(membersMax),
  representative: place.describe(
    "Who exercises the rights, by place among the members from 0; null: nobody may (Trust Act 193)",
  ),
  noticeReceiver: place.describe("Who receives notices (Trust Act 191(3)); null: any one of them"),
};

const particularsFields = z.strictObject({
  kind: z
    .enum(["individual", "corporation", "co-owners"])
    .describe("co-owners: several persons who own units together are one holder"),
  name: z.strictObject({ kanji: line(), kana: line(), romaji: line() }),
  address: z.strictObject({
    postalCode: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z -]{1,8}[0-9A-Za-z]$/, "is not a postal code"),
    prefecture: line(100),
    city: line(100),
    street: line(),
    country: z.string().regex(/^[A-Z]{2}$/, "is not an ISO 3166 alpha-2 code"),
  }),
  bornOn: pastDay.nullable().describe("Birth, or establishment of a corporation"),
  noticesTo: line(400)
    .optional()
    .describe("Another place that the person named for notices (Trust Act 191(1))"),
  representatives: representatives.optional(),
  coOwners: named("CoOwnership", z.strictObject(coOwnersFields)).optional(),
});

/** Who a person is, as the register must say it (Trust Act 186(iii)). Personal data: stands in the vault alone. */
export const particulars = named(
  "Particulars",
  particularsFields.superRefine(({ kind, coOwners, ...rest }, ctx) => {
    // Asked of fields that are wrong too: these rules reckon with days that are days.
    if (ctx.issues.length > 0) return;
    if ((kind === "co-owners") !== (coOwners !== undefined)) {
      const message = kind === "co-owners" ? "is missing" : "stands for a holder that is no group";
      ctx.addIssue({ code: "custom", path: ["coOwners"], message });
      return;
    }
    for (const fault of representationFaults({ ...rest, kind, ...(coOwners && { coOwners }) }))
      ctx.addIssue({
        code: "custom",
        path: [coOwnersFaults.has(fault) ? "coOwners" : "representatives"],
        message: refusal(fault).en,
      });
  }),
);
const coOwnersFaults: ReadonlySet<string> = new Set(["SHARES_DO_NOT_ADD_UP", "NOT_A_CO_OWNER"]);

const countryCode = z.int().min(1).max(999).describe("Country of residence, ISO 3166 numeric; Japan is 392");
const classes = z.array(investorClass).min(1).max(6);

export const newInvestor = named(
  "NewInvestor",
  z.strictObject({
    externalId: customerNumber.describe(
      "The broker's own customer number: the same number is the same investor",
    ),
    classes,
    country: countryCode,
    taxCategory,
    validUntil: instant.describe("Until when the identity check holds"),
    particulars,
  }),
);
export const newInvestors = named(
  "NewInvestors",
  z.strictObject({ rows: z.array(newInvestor).min(1).max(bulkRowsMax) }),
);

/** The columns of the CSV form of NewInvestors, in any order; Japanese headings are read too (docs). */
export const investorColumns = [
  "externalId",
  "kind",
  "nameKanji",
  "nameKana",
  "nameRomaji",
  "postalCode",
  "prefecture",
  "city",
  "street",
  "addressCountry",
  "bornOn",
  "classes",
  "country",
  "taxCategory",
  "validUntil",
] as const;
export const walletColumns = ["externalId", "address"] as const;

const investorFields = z.object({
  id: id("inv"),
  brokerId: id("pty"),
  externalId: z.string(),
  personId,
  classes: z.array(investorClass),
  country: countryCode,
  taxCategory,
  flags: z.array(z.enum(["FROZEN", "DECEASED", "SANCTIONED"])),
  validUntil: instantText,
  createdAt: instantText,
});
export const investor = named("Investor", investorFields);
export const investorAnswer = named(
  "InvestorAnswer",
  readOf(investorFields).extend({
    particulars: z
      .object({
        version: z.int(),
        effectiveOn: day,
        evidenceRef: z.string(),
        knownAt: instantText,
        value: particulars,
      })
      .nullable()
      .describe("Null for who may not see names, and once the subject's key was destroyed"),
    wallets: z.array(addressText),
  }),
);
export const investorPage = named("InvestorPage", pageOf(investor));
export const investorQuery = pageAfter(id("inv")).extend({
  externalId: customerNumber.optional(),
  personId: personId.optional(),
});
export const investorReadQuery = z.strictObject({
  purpose: line().optional().describe("Why personal data is read; stands in the audit trail"),
});

/** A row of a bulk file that was not taken, and why; every other row was. */
export const rowConflict = named(
  "RowConflict",
  z.object({ row: height, code: z.string(), pointer: z.string(), detail: z.string(), fix: z.string() }),
);
export const investorsRegistered = named(
  "InvestorsRegistered",
  z.object({
    rows: height,
    created: height,
    unchanged: height,
    items: z.array(z.object({ row: height, id: id("inv"), externalId: z.string() })),
    conflicts: z
      .array(rowConflict)
      .describe("Rows whose investor is already registered with other data: use PATCH"),
  }),
);

/** It stands in clear in the audit trail, where no erasure reaches it: so it has the form of a number, not of a name. */
const documentNumber = z
  .string()
  .regex(
    /^(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/,
    "is not the number of a document, such as KOSEKI-2021-1: letters, at least one digit, and . _ : / -",
  )
  .describe("Number of the document that shows it, in your own files; no name of a person");

export const particularsChange = named(
  "ParticularsChange",
  z
    .strictObject({
      effectiveOn: day,
      evidenceRef: documentNumber,
      particulars: particulars.optional(),
      classes: classes.optional(),
      country: countryCode.optional(),
      taxCategory: taxCategory.optional(),
      validUntil: instant.optional(),
    })
    .refine((change) => Object.keys(change).length > 2, "changes nothing"),
);
export const particularsChanged = named(
  "ParticularsChanged",
  z.object({
    id: id("inv"),
    version: z.int(),
    operationId: id("op").nullable(),
    wallets: z.array(addressText).describe("Accounts whose records the operation rewrites"),
    ownWallets: z
      .array(addressText)
      .describe("The investor's own wallets: the trustee renews their records (`renewOwnWallet`)"),
  }),
);

const walletFields = z.object({
  address: addressText,
  investorId: id("inv"),
  custody: z.enum(custodies),
  state: z.enum(walletStates),
  createdAt: instantText,
});
export const wallet = named("Wallet", walletFields);
const walletRequest = {
  address: address
    .refine((text) => text !== zeroAddress, "is the zero address, which is nobody's")
    .optional()
    .describe(
      "Left out, the customer's one account gets an address that needs no key: its broker acts for it",
    ),
};
export const newWallet = named("NewWallet", z.strictObject({ investorId: id("inv"), ...walletRequest }));
export const newWallets = named(
  "NewWallets",
  z.strictObject({
    rows: z
      .array(z.strictObject({ externalId: customerNumber, ...walletRequest }))
      .min(1)
      .max(bulkRowsMax),
  }),
);
export const walletRegistered = named(
  "WalletRegistered",
  walletFields.extend({ operationId: id("op").nullable().describe("Null when it was registered before") }),
);
export const walletsRegistered = named(
  "WalletsRegistered",
  z.object({
    rows: height,
    created: height,
    unchanged: height,
    operationId: id("op").nullable().describe("Null when the file changed nothing"),
    items: z.array(z.object({ row: height, externalId: z.string(), address: addressText })),
    conflicts: z.array(rowConflict),
  }),
);
export const walletPage = named("WalletPage", pageOf(wallet));
export const walletQuery = pageAfter(addressText).extend({
  investorId: id("inv").optional(),
  address: address.optional(),
});
