import type { WireRequest } from "@genbo/api-schema/wire";
import type { BondScenario, Scenario } from "./fixture.ts";

export type Draft = NonNullable<WireRequest<"draftIssue">["body"]>;

/** The draft of the 2021 issue: its public figures, and its register's statutory items in sample wording. */
export function draftOf(scenario: Scenario, trusteeId: string): Draft {
  return {
    profile: "TRUST_BENEFICIAL",
    name: "リアルティ・トークン渋谷神南(譲渡制限付)",
    symbol: "JINNAN-2021",
    trusteeId,
    totalUnits: String(scenario.units),
    unitPriceYen: String(scenario.unit_price),
    minUnits: String(scenario.min_units),
    lot: String(scenario.lot),
    certificateless: true,
    policy: { acceptanceRequired: true, approvalRequired: true },
    terms: trustTerms,
  };
}

/** A trust of card receivables in units of a million yen, which qualified institutional investors alone may hold. */
export const cardDraftOf = (scenario: Scenario, trusteeId: string): Draft => ({
  ...draftOf(scenario, trusteeId),
  name: "カード債権信託受益権(適格機関投資家限定)",
  symbol: "CARD-QII",
  totalUnits: "1000",
  unitPriceYen: "1000000",
  minUnits: "1",
  lot: "1",
  policy: { acceptanceRequired: true, approvalRequired: true, classes: ["QII"] },
  terms: {
    ...trustTerms,
    content:
      "信託財産(クレジットカード債権)の回収金から配当及び元本の償還を受ける権利。計算期間は毎月末日に終了する。",
    transferRestriction: "適格機関投資家以外の者に譲渡することができず、譲渡には受託者の承諾を要する。",
  },
});

export const bondDraftOf = (bond: BondScenario, trusteeId: string): Draft => ({
  profile: "BOND",
  name: "第1回無担保社債(見本)",
  symbol: "STB-2021",
  trusteeId,
  totalUnits: String(bond.units),
  unitPriceYen: String(bond.face),
  minUnits: "1",
  lot: "1",
  certificateless: true,
  policy: { acceptanceRequired: true, approvalRequired: true },
  terms: {
    interestRate: "年0.35パーセント",
    redemption: `${bond.maturity}に総額を償還`,
    interestPayment: `${bond.coupons.join("及び")}に支払う`,
    formExchangeLimit: null,
    noAdministrator: "社債管理者を置かない(会社法第702条ただし書)",
    administratorPowers: null,
    noticeOfAssistant: null,
    jointIssue: null,
    administrator: null,
    assistant: null,
    registerManager: { name: "原簿管理人 見本", address: "東京都千代田区(見本)" },
    security: null,
    trustBond: null,
    paidIn: `${bond.issue} 全額`,
    nonCashPayment: null,
    setOff: null,
  },
});

// Items 1-15 of the register; null states that there is none. Holders, dates of acquisition and the trustee's own
// units (items 5, 6 and 15) are the register's own, item 4 is the same for every certificateless issue.
const trustTerms: Draft["terms"] = {
  content:
    "信託財産(賃貸住宅1棟)から生じる収益の分配及び信託終了時の元本の償還を受ける権利。計算期間は毎年1月末日及び7月末日に終了し、配当はその1か月後の応当日に支払う。",
  transferRestriction:
    "譲渡には受託者の承諾を要する。一般受益者間の譲渡は取扱金融商品取引業者を通じて請求する。",
  rightsVariation: null,
  settlor: { name: "渋谷神南 委託者", address: "東京都千代田区丸の内(見本)" },
  trustees: [{ name: "渋谷神南 受託者", address: "東京都千代田区丸の内(見本)" }],
  supervisor: null,
  beneficiaryAgent: null,
  certificatelessClause: "信託法第185条第2項に基づき、本受益権については受益証券を発行しない。",
  registerManager: null,
  limitedLiability: null,
  otherTerms: "信託法第92条各号の権利を除き、受益者の権利行使の方法は信託契約の定めによる。",
};
