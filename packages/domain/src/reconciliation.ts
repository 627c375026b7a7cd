/** What a reconciliation compares. */
export type DifferenceKind = keyof typeof advice;

interface Words {
  en: string;
  ja: string;
}

const restored: Words = {
  en: "Take an export and run `genbo verify EXPORT --rpc URL`: it names the first entry that differs. If the export is equal, the register's own tables are wrong: restore the database from a dump from before; it catches up by itself. Then two persons of compliance close the break.",
  ja: "書き出しを取り、`genbo verify EXPORT --rpc URL` で最初に食い違う記載を確かめる。書き出しが一致するなら、原簿の表が誤っている。以前のダンプから復元すれば、自ら追いつく。その後、コンプライアンスの二人が不一致を閉じる。",
};
const reregistered: Words = {
  en: "The units arrived in an account whose holder was not known, or no longer checked. Have the broker file the record, or rectify the entry by a case (UNITS_RECTIFICATION). Then two persons of compliance close the break.",
  ja: "保有者が未登録、または取引時確認が失効した口座に口数が入った。証券会社に登録させるか、訂正（UNITS_RECTIFICATION）の手続をとる。その後、コンプライアンスの二人が不一致を閉じる。",
};
const vaultRestored: Words = {
  en: "The vault has not the name and address that the chain committed to. Restore the vault's tables and its master key as they were; if they are lost, have the broker file the holder's particulars again. Then two persons of compliance close the break.",
  ja: "チェーンが約した氏名・住所が保管庫にない。保管庫の表とマスター鍵を元どおりに復元する。失われたなら、証券会社に保有者の事項を改めて届けさせる。その後、コンプライアンスの二人が不一致を閉じる。",
};
const recordedAgain: Words = {
  en: "The registry's record of the account is not what was decided last of its holder. Have its broker file the holder's particulars once more, or file the freeze or its lifting again: both write the whole record anew. Then two persons of compliance close the break.",
  ja: "口座の登録が、保有者について最後に決めた内容と異なる。証券会社に保有者の事項をもう一度届けさせるか、凍結またはその解除の手続を改めてとる。いずれも登録の全体を書き直す。その後、コンプライアンスの二人が不一致を閉じる。",
};
const rootsLooked: Words = {
  en: "A past day no longer comes out as it was made, or the anchor contract has other roots than the register read. Compare with `genbo verify EXPORT --rpc URL`; look who sent the anchoring transaction, and revoke that key if it was not the worker's. Then two persons of compliance close the break.",
  ja: "過去の日の根が作成時と同じにならない、またはアンカー契約の根が原簿の読んだものと異なる。`genbo verify EXPORT --rpc URL` で比べ、アンカーの取引を送った者を調べ、ワーカーの鍵でなければ失効させる。その後、コンプライアンスの二人が不一致を閉じる。",
};

/** What to do about each. */
const advice = {
  seq: restored,
  head: restored,
  totalSupply: restored,
  balanceOf: restored,
  freeUnits: restored,
  "sum of holdings": restored,
  accounts: restored,
  holders: restored,
  "sum of lots": restored,
  "sum of holds": restored,
  "record of the receiver": reregistered,
  "record of the holder": recordedAgain,
  particulars: vaultRestored,
  "root made": rootsLooked,
  anchors: rootsLooked,
  "anchored list": rootsLooked,
} as const satisfies Record<string, Words>;

/** What to do about differences of these kinds, each once. */
export const adviceFor = (kinds: Iterable<DifferenceKind>): Words[] => [
  ...new Set([...kinds].map((kind) => advice[kind])),
];
