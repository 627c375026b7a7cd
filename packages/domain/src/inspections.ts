import { type Day, dayOf, dayOfIso, isoOfDay, jstDay } from "./jst.ts";
import type { ProfileName } from "./profiles.ts";

/** As what somebody asks to inspect a register. */
export const capacities = [
  "BENEFICIARY",
  "INTERESTED_PERSON",
  "BONDHOLDER",
  "CREDITOR",
  "MEMBER",
  "PARENT_MEMBER",
] as const;
export type Capacity = (typeof capacities)[number];

export const grounds = [
  "OTHER_PURPOSE",
  "UNSUITABLE_TIME",
  "HARMFUL_PURPOSE",
  "SALE_OF_FACTS",
  "SOLD_FACTS_BEFORE",
] as const;
export type Ground = (typeof grounds)[number];

interface Provision {
  article: string;
  ja: string;
}
type Table<Key extends string> = Readonly<Record<ProfileName, Readonly<Partial<Record<Key, Provision>>>>>;

/**
 * Who may ask. The settlor is not among them: in a trust with certificates the beneficiaries have its right
 * (TA 215(v)).
 */
export const capacitiesOf: Table<Capacity> = {
  TRUST_BENEFICIAL: {
    BENEFICIARY: { article: "TA 190(2)", ja: "受益者" },
    INTERESTED_PERSON: { article: "TA 190(2)", ja: "その他の利害関係人" },
  },
  BOND: {
    BONDHOLDER: { article: "CA 684(2), CAR 167", ja: "社債権者" },
    CREDITOR: { article: "CA 684(2), CAR 167", ja: "社債発行会社のその他の債権者" },
    MEMBER: { article: "CA 684(2), CAR 167", ja: "社債発行会社の株主又は社員" },
    PARENT_MEMBER: { article: "CA 684(4)", ja: "親会社社員（裁判所の許可）" },
  },
};

/** The only grounds on which a request may be refused: five for a trust, three for a bond. No deed adds one. */
export const groundsOf: Table<Ground> = {
  TRUST_BENEFICIAL: {
    OTHER_PURPOSE: { article: "TA 190(3)(i)", ja: "権利の確保又は行使に関する調査以外の目的による請求" },
    UNSUITABLE_TIME: { article: "TA 190(3)(ii)", ja: "不適当な時の請求" },
    HARMFUL_PURPOSE: {
      article: "TA 190(3)(iii)",
      ja: "信託事務の処理を妨げ、又は受益者の共同の利益を害する目的による請求",
    },
    SALE_OF_FACTS: { article: "TA 190(3)(iv)", ja: "知り得た事実を利益を得て第三者に通報するための請求" },
    SOLD_FACTS_BEFORE: {
      article: "TA 190(3)(v)",
      ja: "過去二年以内に知り得た事実を利益を得て第三者に通報したことがある者の請求",
    },
  },
  BOND: {
    OTHER_PURPOSE: { article: "CA 684(3)(i)", ja: "権利の確保又は行使に関する調査以外の目的による請求" },
    SALE_OF_FACTS: { article: "CA 684(3)(ii)", ja: "知り得た事実を利益を得て第三者に通報するための請求" },
    SOLD_FACTS_BEFORE: {
      article: "CA 684(3)(iii)",
      ja: "過去二年以内に知り得た事実を利益を得て第三者に通報したことがある者の請求",
    },
  },
};

/** Whoever asks in one of these capacities stands in the register. */
export const isHolderCapacity = (capacity: Capacity): boolean =>
  capacity === "BENEFICIARY" || capacity === "BONDHOLDER";

/** A member of the parent company asks with a court's permission, which is one of the documents. */
export const needsPermission = (capacity: Capacity): boolean => capacity === "PARENT_MEMBER";

/** The ground that looks back: it stands only on a disclosure that the trustee has recorded. */
export const looksBack = (ground: Ground): boolean => ground === "SOLD_FACTS_BEFORE";

const memoryYears = 2;

/** The first day of the two years before a request: a disclosure before it is forgotten (TA 190(3)(v)). */
export function memoryStart(requestedAt: Date): Day {
  const iso = isoOfDay(jstDay(requestedAt));
  const year = Number(iso.slice(0, 4)) - memoryYears;
  // Two years before a 29 February there is none.
  return dayOfIso(`${year}${iso.slice(4)}`) ?? dayOf(`${year}-02-28`);
}
