import type { WireRequest } from "@genbo/api-schema/wire";

type InvestorRow = NonNullable<WireRequest<"registerInvestors">["body"]>["rows"][number];
type Draft = NonNullable<WireRequest<"draftIssue">["body"]>;

/** Longer than any run. */
const checkedUntil = "2099-12-31T15:00:00Z";

/** Customer number `n` of a broker; nobody real. */
export const investorRow = (n: number): InvestorRow => ({
  externalId: `C${n}`,
  classes: ["RETAIL"],
  country: 392,
  taxCategory: "RESIDENT_INDIVIDUAL",
  validUntil: checkedUntil,
  particulars: {
    kind: "individual",
    name: { kanji: `見本 投資家${n}`, kana: `ミホン トウシカ${n}`, romaji: `Mihon Toshika ${n}` },
    address: {
      postalCode: "100-0001",
      prefecture: "東京都",
      city: "千代田区",
      street: `千代田(見本)${n}-1`,
      country: "JP",
    },
    bornOn: "1980-04-01",
  },
});

/** An issue whose transfers need neither acceptance nor approval: one request is one entry. */
export const termsOf = (trusteeId: string, symbol: string): Draft => ({
  profile: "TRUST_BENEFICIAL",
  name: "測定用受益権",
  symbol,
  trusteeId,
  totalUnits: "1000000000000",
  unitPriceYen: "1",
  minUnits: "1",
  lot: "1",
  certificateless: true,
  policy: { acceptanceRequired: false, approvalRequired: false },
  terms: {
    content: "信託財産から生じる収益の分配及び元本の償還を受ける権利",
    transferRestriction: null,
    rightsVariation: null,
    settlor: { name: "委託者", address: "東京都千代田区(見本)" },
    trustees: [{ name: "受託者", address: "東京都千代田区(見本)" }],
    supervisor: null,
    beneficiaryAgent: null,
    certificatelessClause: "信託法第185条第2項に基づき、受益証券を発行しない。",
    registerManager: null,
    limitedLiability: null,
    otherTerms: "受益者の権利行使の方法は信託契約の定めによる。",
  },
});
