import type { ProfileName } from "./profiles.ts";

export interface LegalBasis {
  code: number;
  /** Stable name on the wire. */
  name: LegalBasisName;
  /** Provision for certificateless beneficial interests; TA Trust Act, TAR its ordinance, CEA Civil Execution Act. */
  trust: string;
  /** Provision for bonds; CA Companies Act, CAR its ordinance. */
  bond: string;
  ja: string;
}

export type LegalBasisName =
  | "NONE"
  | "INITIAL"
  | "JOINT_REQUEST"
  | "JUDGMENT"
  | "EQUIVALENT_INSTRUMENT"
  | "GENERAL_SUCCESSION"
  | "AUCTION"
  | "TRUSTEE_ACQUIRED"
  | "TRUSTEE_DISPOSED"
  | "CONSOLIDATION"
  | "SPLIT"
  | "PLEDGE_SET"
  | "PLEDGE_RELEASE"
  | "TRUST_PROPERTY_MARK"
  | "PARTICULARS_CHANGE"
  | "REDEMPTION"
  | "ATTACHMENT"
  | "ATTACHMENT_RELEASE"
  | "RECTIFICATION"
  | "WALLET_RECOVERY"
  | "TERMS_CHANGE";

type Row = [LegalBasisName, trust: string, bond: string, ja: string];

/** The place of a row is its code on chain: rows are only ever appended. */
const rows: Row[] = [
  ["NONE", "-", "-", "なし"],
  ["INITIAL", "TA 186", "CA 681", "当初記載"],
  ["JOINT_REQUEST", "TA 198(2)", "CA 691(2)", "共同請求"],
  ["JUDGMENT", "TAR 21(2)(i)", "CAR 168(1)(i)", "確定判決"],
  ["EQUIVALENT_INSTRUMENT", "TAR 21(2)(ii)", "CAR 168(1)(ii)", "確定判決と同一の効力を有するもの"],
  ["GENERAL_SUCCESSION", "TAR 21(2)(iii)", "CAR 168(1)(iii)", "一般承継"],
  ["AUCTION", "TAR 21(2)(iv)", "CAR 168(1)(iv)", "競売"],
  ["TRUSTEE_ACQUIRED", "TA 197(1)(i)", "CA 690(1)(i)", "受託者・発行者による取得"],
  ["TRUSTEE_DISPOSED", "TA 197(1)(ii)", "CA 690(1)(ii)", "受託者・発行者による処分"],
  ["CONSOLIDATION", "TA 197(2)", "-", "併合"],
  ["SPLIT", "TA 197(3)", "-", "分割"],
  ["PLEDGE_SET", "TA 201(1)", "CA 694(1)", "質権設定"],
  ["PLEDGE_RELEASE", "TA 200(2)", "CA 693", "質権消滅"],
  ["TRUST_PROPERTY_MARK", "TA 206", "CA 695-2", "信託財産の表示"],
  ["PARTICULARS_CHANGE", "TA 186(iii)", "CA 681(iv)", "氏名・住所等の変更"],
  ["REDEMPTION", "TA 186(i)", "CA 681(i)", "償還"],
  ["ATTACHMENT", "CEA 167, 145", "CEA 167, 145", "差押え"],
  ["ATTACHMENT_RELEASE", "CEA 167", "CEA 167", "差押えの取消し・取下げ"],
  ["RECTIFICATION", "TA 186", "CA 681", "訂正"],
  ["WALLET_RECOVERY", "TA 186(iii)", "CA 681(iv)", "口座の再登録"],
  ["TERMS_CHANGE", "TA 186(i)", "CA 681(i)", "条件の変更"],
];

/** Legal bases by code. Every entry has one; only entries that move no right may have NONE. */
export const legalBases: readonly LegalBasis[] = rows.map(([name, trust, bond, ja], code) => ({
  code,
  name,
  trust,
  bond,
  ja,
}));

const byName = new Map(legalBases.map((basis) => [basis.name, basis]));

/** The basis of a code on chain, or undefined for a code that this version does not know. */
export const legalBasisOf = (code: number): LegalBasis | undefined => legalBases[code];

/** The provision of a basis in the law of a register; "-" where it has none, and of a code that is not known. */
export function basisArticleOf(code: number, profile: ProfileName): string {
  const basis = legalBasisOf(code);
  return (profile === "BOND" ? basis?.bond : basis?.trust) ?? "-";
}

/** The code of a basis by its stable name. */
export const basisCode = (name: LegalBasisName): number => byName.get(name)!.code;
