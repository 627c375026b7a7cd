import type { WireRequest } from "@genbo/api-schema/wire";

type Body<Id extends Parameters<typeof bodyType>[0]> = NonNullable<WireRequest<Id>["body"]>;
declare function bodyType(id: "draftIssue" | "registerInvestor"): void;

export const issueDraft = (trusteeId: string, more: Partial<Body<"draftIssue">> = {}): Body<"draftIssue"> =>
  ({
    profile: "TRUST_BENEFICIAL",
    name: "見本不動産トークン",
    symbol: "SAMPLE-1",
    trusteeId,
    totalUnits: "1000",
    unitPriceYen: "1000000",
    minUnits: "2",
    lot: "1",
    certificateless: true,
    policy: {},
    terms: {
      content: "信託財産から生じる収益の分配を受ける権利",
      transferRestriction: "譲渡には受託者の承諾を要する",
      rightsVariation: null,
      settlor: { name: "委託者", address: "東京都" },
      trustees: [{ name: "受託者", address: "東京都" }],
      supervisor: null,
      beneficiaryAgent: null,
      certificatelessClause: "受益証券を発行しない",
      registerManager: null,
      limitedLiability: null,
      otherTerms: "信託契約の定めによる",
    },
    ...more,
  }) as Body<"draftIssue">;

/** A customer; the same number gives the same data. */
export const customer = (
  externalId: string,
  more: Partial<Body<"registerInvestor">> = {},
): Body<"registerInvestor"> => ({
  externalId,
  classes: ["RETAIL"],
  country: 392,
  taxCategory: "RESIDENT_INDIVIDUAL",
  validUntil: "2023-08-01T00:00:00Z",
  particulars: {
    kind: "individual",
    name: { kanji: `見本 太郎${externalId}`, kana: "ミホン タロウ", romaji: "Mihon Taro" },
    address: {
      postalCode: "150-0041",
      prefecture: "東京都",
      city: "渋谷区",
      street: "神南1-1-1",
      country: "JP",
    },
    bornOn: "1980-04-01",
  },
  ...more,
});

/** The statutory items of a bond issue. */
export const bondTerms = {
  interestRate: "年0.35%",
  redemption: "2022年4月23日に総額を償還",
  interestPayment: "年1回",
  formExchangeLimit: null,
  noAdministrator: "社債管理者を定めない",
  administratorPowers: null,
  noticeOfAssistant: null,
  jointIssue: null,
  administrator: null,
  assistant: null,
  registerManager: { name: "原簿管理人", address: "東京都" },
  security: null,
  trustBond: null,
  paidIn: "2021年4月23日 全額",
  nonCashPayment: null,
  setOff: null,
};

const member = (name: string, parts: number, of: number) => ({
  name,
  address: "東京都渋谷区神南1-1-1",
  share: { parts, of },
});

/** Two who own together, of whom none is named yet. */
export const group = (externalId: string) => {
  const { particulars, ...rest } = customer(externalId);
  const coOwners = {
    members: [member("共有 一郎", 2, 3), member("共有 二郎", 1, 3)],
    representative: null,
    noticeReceiver: null,
  };
  const name = { kanji: "共有 一郎 外1名", kana: "キョウユウ イチロウ", romaji: "Kyoyu Ichiro" };
  return {
    ...rest,
    particulars: { ...particulars, kind: "co-owners" as const, name, bornOn: null, coOwners },
  };
};
