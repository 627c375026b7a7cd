/** Kinds of register entries: the `kind` byte of the token's `Entry` event. */
export const entryKinds = {
  ISSUE: 1,
  REDEEM: 2,
  TRANSFER: 3,
  FORCED_TRANSFER: 4,
  RECOVERY: 5,
  HOLD_CREATED: 6,
  HOLD_ACCEPTED: 7,
  HOLD_EXECUTED: 8,
  HOLD_RELEASED: 9,
  HOLD_CHANGED: 10,
  POLICY: 11,
  RATIO: 12,
  MARK: 13,
  TERMS: 14,
  HOLD_RANKED: 15,
  HOLD_ASSIGNED: 16,
  HOLD_SUCCEEDED: 17,
} as const;
export type EntryKind = keyof typeof entryKinds;

/** As a Japanese register calls them; the legal basis beside it says why. */
export const entryKindsJa: Readonly<Record<EntryKind, string>> = {
  ISSUE: "発行",
  REDEEM: "償還",
  TRANSFER: "移転",
  FORCED_TRANSFER: "裁判・一般承継等による移転",
  RECOVERY: "口座の再登録",
  HOLD_CREATED: "処分の制限の設定",
  HOLD_ACCEPTED: "請求の承諾",
  HOLD_EXECUTED: "請求による移転",
  HOLD_RELEASED: "処分の制限の消滅",
  HOLD_CHANGED: "処分の制限の変更",
  POLICY: "譲渡の条件",
  RATIO: "併合・分割",
  MARK: "表示",
  TERMS: "条件・書類",
  HOLD_RANKED: "後順位の質権の設定",
  HOLD_ASSIGNED: "質権の移転",
  HOLD_SUCCEEDED: "質権・差押え等の付いた一般承継",
};

/** Kinds of holds: what encumbers units. Title and record-date entitlement stay with the account. */
export const holdKinds = { REQUEST: 1, DVP: 2, PLEDGE: 3, ATTACHMENT: 4, LOCKUP: 5, FREEZE: 6 } as const;
export type HoldKind = keyof typeof holdKinds;

const kindNames = new Map<number, EntryKind>(names(entryKinds));
const holdNames = new Map<number, HoldKind>(names(holdKinds));

/** The stable name of an entry kind, or undefined for a code that this version does not know. */
export const entryKindOf = (code: number): EntryKind | undefined => kindNames.get(code);
export const holdKindOf = (code: number): HoldKind | undefined => holdNames.get(code);

function names<K extends string>(table: Readonly<Record<K, number>>): [number, K][] {
  return (Object.entries(table) as [K, number][]).map(([name, code]) => [code, name]);
}
