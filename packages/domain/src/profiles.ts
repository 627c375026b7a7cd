/** Which register the law wants: 受益権原簿 (Trust Act 186) or 社債原簿 (Companies Act 681). */
export type ProfileName = "TRUST_BENEFICIAL" | "BOND";

/** A company keeps its bonds' register itself (Companies Act 681); a trust's issuer gets sums of it alone (docs/adr/0028). */
export const issuerKeepsRegister = (profile: ProfileName): boolean => profile === "BOND";

/**
 * Where a statutory item is kept: `terms` are stated when the issue is drafted, `issue` items follow from its figures,
 * `register` items are kept by entries and the vault, `fixed` ones are the same for every certificateless issue.
 */
export type ItemPlace = "terms" | "issue" | "register" | "fixed";

/** Form of a `terms` item: a text, a party `{name, address}`, or a list of parties. */
export type ItemShape = "text" | "party" | "parties";

export interface StatutoryItem {
  number: number;
  /** Key in `issue.terms`, where the place is `terms`; else a stable name. */
  key: string;
  article: string;
  ja: string;
  place: ItemPlace;
  shape: ItemShape;
  /** An item that the law wants only "if there is one" may be null, which states that there is none. */
  always: boolean;
}

type Row = [
  key: string,
  article: string,
  ja: string,
  place: ItemPlace,
  presence: "always" | "if any",
  shape?: ItemShape,
];

const trustRows: Row[] = [
  ["content", "TA 186(i), TAR 18(i)", "受益債権の給付の内容・弁済期その他の内容", "terms", "always"],
  ["transferRestriction", "TAR 18(ii)", "譲渡の制限", "terms", "if any"],
  ["rightsVariation", "TAR 18(iii)", "権利の行使に関する異なる定めの要旨", "terms", "if any"],
  ["certificate", "TA 186(ii)", "受益証券の番号・発行の日・記名式無記名式の別（不発行）", "fixed", "always"],
  ["holder", "TA 186(iii)", "受益者の氏名又は名称及び住所", "register", "always"],
  ["acquiredOn", "TA 186(iv)", "各受益権を取得した日", "register", "always"],
  ["settlor", "TAR 19(i)", "委託者の氏名又は名称及び住所", "terms", "if any", "party"],
  ["trustees", "TAR 19(ii)", "受託者の氏名又は名称及び住所", "terms", "always", "parties"],
  ["supervisor", "TAR 19(iii)", "信託監督人", "terms", "if any", "party"],
  ["beneficiaryAgent", "TAR 19(iv)", "受益者代理人", "terms", "if any", "party"],
  ["certificatelessClause", "TAR 19(v), TA 185(2)", "受益証券を発行しない旨の定めの内容", "terms", "always"],
  ["registerManager", "TAR 19(vi), TA 188", "受益権原簿管理人", "terms", "if any", "party"],
  ["limitedLiability", "TAR 19(vii)", "限定責任信託の名称及び事務処理地", "terms", "if any"],
  ["otherTerms", "TAR 19(viii)", "その他の信託の条項", "terms", "always"],
  ["trusteeCapacity", "TAR 20, TA 197(1)", "受託者の有する受益権が属する財産の別", "register", "if any"],
];

const bondRows: Row[] = [
  ["interestRate", "CAR 165(i)", "社債の利率", "terms", "always"],
  ["redemption", "CAR 165(ii)", "社債の償還の方法及び期限", "terms", "always"],
  ["interestPayment", "CAR 165(iii)", "利息支払の方法及び期限", "terms", "always"],
  ["certificate", "CA 681(vi), CAR 165(iv)", "社債券（不発行）", "fixed", "always"],
  ["formExchangeLimit", "CAR 165(v), CA 698", "記名式・無記名式間の転換の制限", "terms", "if any"],
  ["noAdministrator", "CAR 165(vi), CA 702", "社債管理者を定めない旨", "terms", "if any"],
  ["administratorPowers", "CAR 165(vii), CA 706(1)", "社債管理者が決議によらずにする行為", "terms", "if any"],
  ["noticeOfAssistant", "CAR 165(viii)", "社債管理補助者を定める旨", "terms", "if any"],
  ["jointIssue", "CAR 165(ix)", "合同発行の旨及び各会社の負担部分", "terms", "if any"],
  [
    "administrator",
    "CAR 165(x), CA 702",
    "社債管理者の名称及び住所・委託契約の内容",
    "terms",
    "if any",
    "party",
  ],
  ["assistant", "CAR 165(xi), CA 714-2", "社債管理補助者の氏名又は名称及び住所", "terms", "if any", "party"],
  [
    "registerManager",
    "CAR 165(xii), CA 683",
    "社債原簿管理人の氏名又は名称及び住所",
    "terms",
    "if any",
    "party",
  ],
  ["security", "CAR 165(xiii)", "担保付社債に関する事項", "terms", "if any"],
  ["trustBond", "CAR 165(xiv)", "信託社債に関する事項", "terms", "if any"],
  ["amounts", "CA 681(ii)", "社債の総額及び各社債の金額", "issue", "always"],
  ["paidIn", "CA 681(iii)", "払い込まれた金銭の額及び払込みの日", "terms", "always"],
  ["holder", "CA 681(iv)", "社債権者の氏名又は名称及び住所", "register", "always"],
  ["acquiredOn", "CA 681(v)", "各社債を取得した日", "register", "always"],
  ["nonCashPayment", "CAR 166(i)", "金銭以外の財産の給付", "terms", "if any"],
  ["setOff", "CAR 166(ii)", "相殺した債権の額及び相殺の日", "terms", "if any"],
];

/** The statutory items of each profile, in the order of the law. */
export const profiles: Readonly<Record<ProfileName, readonly StatutoryItem[]>> = {
  TRUST_BENEFICIAL: trustRows.map(item),
  BOND: bondRows.map(item),
};

/** The items that an issue's terms must state. */
export const termsItems = (profile: ProfileName): StatutoryItem[] =>
  profiles[profile].filter((each) => each.place === "terms");

function item([key, article, ja, place, presence, shape = "text"]: Row, index: number): StatutoryItem {
  return { number: index + 1, key, article, ja, place, shape, always: presence === "always" };
}
