/**
 * Every reason for which the platform says no, in one table: the contracts' codes (below 100, ERC-1404 numbers)
 * and the register's own (from 100). API problems, Rejected events and reverts are all named from here.
 */
export interface Refusal {
  /** The contracts' number. */
  number: number;
  /** The stable name that clients branch on. */
  code: RefusalCode;
  /** Custom errors of the contracts that mean this; all others revert with Refused(number). */
  errors: readonly string[];
  en: string;
  ja: string;
  /** What to do about it. */
  fix: string;
  /** The same call may succeed later though nobody changes it. */
  retryable: boolean;
}

type Row = [
  number: number,
  en: string,
  ja: string,
  fix: string,
  errors?: readonly string[],
  retryable?: boolean,
];

const table = {
  INSUFFICIENT_UNITS: [
    1,
    "The account has too few free units.",
    "処分可能な口数が不足しています。",
    "Lower the units, or end the holds that encumber the account.",
    ["ERC20InsufficientBalance", "ERC7943InsufficientUnfrozenBalance"],
  ],
  SENDER_INVALID: [
    2,
    "The sender is the zero address.",
    "譲渡人のアドレスが不正です。",
    "Name the account that sends.",
    ["ERC20InvalidSender"],
  ],
  RECEIVER_INVALID: [
    3,
    "The receiver is the zero address.",
    "譲受人のアドレスが不正です。",
    "Name the account that receives.",
    ["ERC20InvalidReceiver"],
  ],
  UNITS_ZERO: [4, "The units are zero.", "口数が0です。", "Give at least one unit."],
  SAME_ACCOUNT: [
    5,
    "Sender and receiver are one account.",
    "譲渡人と譲受人が同一口座です。",
    "Name two different accounts.",
  ],
  PAUSED: [
    10,
    "The issue is paused.",
    "この銘柄は一時停止中です。",
    "Wait until the registrar resumes the issue.",
    [],
    true,
  ],
  TRANSFERS_FORBIDDEN: [
    11,
    "The terms forbid transfers.",
    "この銘柄は譲渡が禁止されています。",
    "Only entries with a legal basis of their own (succession, judgment) are possible.",
  ],
  LOCKED_UP: [
    12,
    "Transfers are locked up until a later date.",
    "譲渡制限期間中です。",
    "Transfer after the lock-up ends.",
    [],
    true,
  ],
  LOT_SIZE: [
    13,
    "The units are no multiple of the trading lot.",
    "口数が売買単位の整数倍ではありません。",
    "Give a multiple of the issue's lot.",
  ],
  WHOLE_HOLDING_ONLY: [
    14,
    "A holding moves only as a whole.",
    "一括譲渡のみ可能です。",
    "Transfer all units of the account to one receiver.",
  ],
  NEEDS_REQUEST: [
    15,
    "The issue transfers by request only.",
    "譲渡には名義書換請求が必要です。",
    "Open a transfer request; it moves when both sides and the registrar agreed.",
  ],
  MAX_UNITS_PER_PERSON: [
    16,
    "The receiver would hold more units than one person may.",
    "一人当たりの保有上限を超えます。",
    "Lower the units.",
  ],
  MAX_HOLDERS: [
    17,
    "The issue would have more holders than its limit.",
    "保有者数の上限を超えます。",
    "Transfer to a present holder, or the whole holding of the seller.",
  ],
  RATIO_IN_PROGRESS: [
    18,
    "Units are being consolidated or split; nothing else moves meanwhile.",
    "併合又は分割の処理中です。",
    "Wait until the registrar has carried every account.",
    [],
    true,
  ],
  SENDER_NOT_REGISTERED: [
    20,
    "The sender's wallet is not registered.",
    "譲渡人の口座が登録されていません。",
    "Register the wallet with its custodian.",
  ],
  SENDER_FROZEN: [
    21,
    "The sender is frozen, deceased or under a sanctions hold.",
    "譲渡人の口座は凍結されています。",
    "Ask the registrar; an estate moves by succession.",
  ],
  RECEIVER_NOT_REGISTERED: [
    30,
    "The receiver's wallet is not registered.",
    "譲受人の口座が登録されていません。",
    "Register the wallet with its custodian first.",
  ],
  RECEIVER_CHECK_LAPSED: [
    31,
    "The receiver's identity check has lapsed.",
    "譲受人の本人確認の有効期限が切れています。",
    "Renew the check and the wallet's record.",
  ],
  RECEIVER_FROZEN: [
    32,
    "The receiver is frozen, deceased or under a sanctions hold.",
    "譲受人の口座は凍結されています。",
    "Ask the registrar.",
  ],
  RECEIVER_CLASS: [
    33,
    "The receiver's investor class may not hold this issue.",
    "譲受人の投資家区分では保有できません。",
    "Transfer to an investor of an admitted class.",
  ],
  NOT_CUSTODIAN: [
    40,
    "The caller does not act for this account.",
    "この口座の口座管理機関ではありません。",
    "Let the account's custodian, or its own key where it has none, make the call.",
  ],
  HOLD_UNKNOWN: [
    41,
    "No open hold has this id.",
    "該当する保留は存在しないか終了しています。",
    "Read the request's state; it has ended or never began.",
  ],
  HOLD_NOT_ACCEPTED: [
    42,
    "The receiver's side has not accepted yet.",
    "譲受人側の承諾がまだありません。",
    "Approve after the receiver's custodian accepted.",
    [],
    true,
  ],
  HOLD_EXPIRED: [
    43,
    "The hold has expired, or its expiry is not ahead.",
    "保留の期限が切れています。",
    "Open a new request with a later expiry.",
  ],
  REF_USED: [
    44,
    "This id was used for a hold before, or is zero.",
    "この識別子は使用済みです。",
    "Use a new id.",
  ],
  HOLD_ALREADY_ACCEPTED: [
    45,
    "The request is accepted already.",
    "既に承諾済みです。",
    "Nothing to do: wait for the approval.",
  ],
  NOT_CONTROLLER: [
    46,
    "Only the controller ends this hold, only the registrar lifts this flag.",
    "この保留・制限を解除する権限がありません。",
    "Let the controller or the registrar act.",
  ],
  NOT_SAME_PERSON: [
    47,
    "The two wallets do not belong to one person.",
    "両ウォレットの名義人が同一ではありません。",
    "Register the new wallet for the holder of the lost one first.",
  ],
  HOLDS_MISSING: [
    48,
    "Not every open hold of the lost wallet was named.",
    "紛失口座の保留がすべて指定されていません。",
    "Name all open holds of the wallet, so that each is carried over.",
  ],
  FLAGS_LOST: [
    49,
    "The new wallet lacks a flag of the lost one, which would lift a freeze.",
    "凍結等の状態が新しい口座に引き継がれていません。",
    "Set the same flags on the new wallet's record first.",
  ],
  SUPPLY_CAP: [
    50,
    "The issue would exceed its approved units.",
    "発行可能口数を超えます。",
    "Lower the units to what is left of the approved total.",
  ],
  HOLD_KIND: [
    51,
    "This kind of hold cannot be made or executed so.",
    "この種類の保留では行えない操作です。",
    "A pledge or attachment has no expiry; a hold without a receiver only ends.",
  ],
  BASIS_INVALID: [
    52,
    "The legal basis does not carry this act.",
    "この記載の根拠として認められません。",
    "Name the judgment, succession, auction or other basis of the order.",
  ],
  TOO_MANY_WAITING: [
    53,
    "Too many attachments and pledges wait on this account.",
    "この口座で順位待ちの差押え・質権が上限に達しています。",
    "Release the ones that ended.",
  ],
  ALREADY_CARRIED: [
    54,
    "This account was carried already by this consolidation or split.",
    "この口座の併合・分割は処理済みです。",
    "Nothing to do: carry the accounts that are left.",
  ],
  RATIO_INVALID: [
    55,
    "No such consolidation or split stands proposed, its notice runs still, or not every unit was carried.",
    "併合・分割の提案がないか、通知期間中か、未処理の口座が残っています。",
    "Wait for the notice to end; carry every account before the end.",
    [],
    true,
  ],
  ATTACHMENT_AHEAD: [
    56,
    "An attachment waits for units of this account: its holder can pledge none of those that are held.",
    "この口座には順位待ちの差押えがあり、保留中の口数に後順位の質権は設定できません。",
    "Pledge free units, or enter the pledge once the attachment has ended.",
  ],
  RECORD_INVALID: [
    60,
    "The wallet's record is malformed or empty.",
    "登録内容の形式が不正です。",
    "Give a wallet, a person, known classes and flags, and no spare bits.",
  ],
  WALLET_OF_ANOTHER_PERSON: [
    61,
    "The wallet belongs to another person.",
    "このウォレットは別の方に登録済みです。",
    "Give the person a new wallet; a wallet never changes its person.",
  ],
  WALLET_OF_ANOTHER_CUSTODIAN: [
    62,
    "The wallet belongs to another custodian's customer.",
    "このウォレットは他の口座管理機関に登録済みです。",
    "Let the registrar move it with both custodians' consent.",
  ],
  VALIDITY_PAST: [
    63,
    "The record's validity ends in the past.",
    "有効期限が過去の日付です。",
    "Give the date until which the identity check holds.",
  ],
  CUSTODIAN_CONSENT_MISSING: [
    64,
    "A custodian, or the wallet's own key, has not consented to the move, or its consent lapsed.",
    "口座の移管について、移管元・移管先双方の同意がそろっていません。",
    "Let both sides consent within 30 days, then move the wallet. Where a custodian is gone, recover to a new wallet.",
  ],
  REVERTED: [
    99,
    "The chain refused the transaction without a known reason.",
    "チェーンが取引を拒否しました。",
    "Report the operation's id to the operator.",
  ],
  LOT_CLOSED: [
    100,
    "The named acquisition lot holds too few units.",
    "指定された取得ロットの口数が不足しています。",
    "Name another lot, or none: units then go first in, first out.",
  ],
  NOT_YOUR_CUSTOMER: [
    101,
    "The account is not your customer's.",
    "貴社の顧客口座ではありません。",
    "Act for accounts of your own customers.",
  ],
  DOCUMENT_MISSING: [
    102,
    "A document that the law asks for is missing.",
    "法令上必要な書類が不足しています。",
    "File the case again with every document of its kind.",
  ],
  SHARES_DO_NOT_ADD_UP: [
    103,
    "The shares do not add up to the whole.",
    "持分・相続分の合計が全部と一致しません。",
    "Divide the whole, no more and no less: all units of the account, or shares whose sum is one.",
  ],
  HEIR_TWICE: [
    104,
    "An account is named twice.",
    "同じ口座が重複しています。",
    "Name each heir's account once, with its whole share.",
  ],
  HOLDS_STAND: [
    105,
    "Holds on the account stand in the way.",
    "口座に未終了の保留・担保があります。",
    "End the requests, pledges or attachments on it first, each in its own way.",
  ],
  NOT_EFFECTIVE_YET: [
    106,
    "It lies in the future: not served, not final or not happened yet.",
    "効力発生日が未到来です。",
    "File it once it has taken effect.",
  ],
  NOT_THE_WHOLE_HOLD: [
    107,
    "The order is not for all units of the attachment.",
    "命令の口数が差押口数の全部と一致しません。",
    "Name exactly the attached units; an attachment that still waits for units cannot be realised whole.",
  ],
  PLEDGEE_UNKNOWN: [
    108,
    "The pledgee is no registered person whose broker acts for it.",
    "質権者が登録されていません。",
    "Register the pledgee with a broker first: its name and address enter the register.",
  ],
  NOTHING_CHANGES: [109, "It stands so already.", "既にその状態です。", "Nothing to do."],
  EXERCISE_DATE_MISSING: [
    110,
    "It is not said until when the right is exercised.",
    "基準日受益者が行使する権利の行使期限が示されていません。",
    "Give exerciseUntil, at most three months after the record date (TA 189(3)).",
  ],
  EXERCISE_OUTSIDE_PERIOD: [
    111,
    "The right is not exercised within three months after the record date.",
    "権利の行使が基準日から三箇月以内ではありません。",
    "Set exerciseUntil after the record date and at most three months later (TA 189(3)).",
  ],
  NOTICE_MISSING: [
    112,
    "Neither a notice in the gazette nor a clause of the deed is named.",
    "官報公告日も信託行為の定めも示されていません。",
    "Give noticeOn, or deedClauseRef where the deed fixes both the date and the rights (TA 189(4)).",
  ],
  NOTICE_TOO_LATE: [
    113,
    "The notice leaves less than two whole weeks before the record date.",
    "官報公告が基準日の二週間前までになされていません。",
    "Set a later record date, or publish earlier (TA 189(4)).",
  ],
  NOTICE_NO_GAZETTE: [
    114,
    "The official gazette does not appear on the day of the notice.",
    "公告日は官報の発行されない日です。",
    "Name a day on which it appears: no weekend, national holiday or 12/29 to 1/3.",
  ],
  NOT_THE_TRUSTEES_ACCOUNT: [
    120,
    "The account is not the trustee's or issuer's own.",
    "受託者・発行者自身の口座ではありません。",
    "Name an account whose holder is registered as issuer or trustee.",
  ],
  CAPACITY_MIXED: [
    121,
    "The account holds units of another property.",
    "この口座は別の財産に属する受益権を管理しています。",
    "Keep proprietary units, other trusts' and this trust's in accounts of their own (TAR 20).",
  ],
  NOT_MARKED: [
    122,
    "So many units are not marked on the account.",
    "当該口座にはその口数の表示がありません。",
    "Read the account's marks: they end with units that leave it.",
  ],
  HEIR_WITHOUT_DOCUMENTS: [
    128,
    "An heir is named by none of the documents.",
    "書類のない相続人がいます。",
    "File the family register and the will, division or statement for each heir, or such that are about all of them.",
  ],
  ROLE_DOES_NOT_FIT: [
    124,
    "A minor's representative is named for a person who is none.",
    "未成年者でない方に未成年者の代理人は置けません。",
    "Give the date of birth, or name the representative's role anew.",
  ],
  ONE_RECEIVES_NOTICES: [
    125,
    "Several representatives are to receive notices.",
    "通知の受領者は一人に限られます。",
    "Name one of them.",
  ],
  NOT_A_CO_OWNER: [
    126,
    "Whoever is named is none of the co-owners.",
    "指定された方は共有者ではありません。",
    "Name one of the members by place, from 0 (TA 193, 191(3)).",
  ],
  NOT_A_GROUP: [
    127,
    "The holder is no group of co-owners.",
    "共有名義の口座ではありません。",
    "Register the group as a holder of the kind co-owners first.",
  ],
  GROUND_OF_ANOTHER_ORDER: [
    123,
    "The ground ends no attachment of this form.",
    "この差押えの種類には該当しない解除事由です。",
    "A tax office lifts its own attachment, release money a provisional one, a court or creditor theirs.",
  ],
  DEADLINE_PASSED: [
    130,
    "The settlement's deadline has passed.",
    "決済期限を過ぎています。",
    "Take your legs back, and offer the trade anew.",
    ["DeadlinePassed"],
  ],
  DEADLINE_AHEAD: [
    131,
    "The settlement's deadline has not passed yet.",
    "決済期限がまだ到来していません。",
    "Legs go back after the deadline.",
    ["DeadlineAhead"],
    true,
  ],
  ALREADY_SETTLED: [
    132,
    "The settlement is done already.",
    "既に決済済みです。",
    "Nothing to do.",
    ["AlreadySettled"],
  ],
  LEG_NOT_READY: [
    133,
    "A leg is not, or no longer, in the settlement's hands.",
    "決済の対象となる口数または資金が拠出されていません。",
    "See the legs' states; each side brings its own.",
    ["LegNotReady"],
    true,
  ],
  LEG_READY: [134, "The leg is there already.", "既に拠出済みです。", "Nothing to do.", ["LegReady"]],
  NOT_PAYER: [
    135,
    "Only the payer funds its leg.",
    "支払人のみが資金を拠出できます。",
    "Let the payer act.",
    ["NotPayer"],
  ],
  INSUFFICIENT_CASH: [
    136,
    "The payer has too little cash on chain.",
    "資金残高が不足しています。",
    "Bring cash in, then accept again.",
    ["CashShort"],
    true,
  ],
  CASH_ACCOUNT_CLOSED: [
    137,
    "A side has no account for this cash.",
    "この資金の口座が開設されていません。",
    "Let the settlement agent open it.",
    ["NotAdmitted"],
  ],
  POLICY_NOT_PROPOSED: [
    139,
    "This policy is not, or not yet, what the issuer's proposal lets into force.",
    "発行者の提案と異なるか、提案から所定の期間が経過していません。",
    "Wait until a day after the proposal; a later proposal replaces an earlier one.",
    ["PolicyInvalid"],
    true,
  ],
  DOCUMENT_UNKNOWN: [
    140,
    "The issue has no document of this name.",
    "この名称の書類はありません。",
    "Read the issue's documents.",
    ["DocumentUnknown"],
  ],
  ORDER_EXPIRED: [
    141,
    "The order's deadline has passed.",
    "指図の有効期限が過ぎています。",
    "Let the wallet sign it anew, with a later deadline.",
    ["OrderExpired"],
  ],
  NONCE_SPENT: [
    142,
    "The order's nonce is used up, by an order or a revocation.",
    "この指図は使用済みか取り消されています。",
    "Sign another nonce; the order may have been carried out already.",
    ["NonceSpent"],
  ],
  SIGNATURE_INVALID: [
    143,
    "The account did not sign this order.",
    "指図の署名が口座のものではありません。",
    "Sign every field as it is sent, over the domain of this issue's token.",
    ["SignatureInvalid"],
  ],
  INSTRUCTION_INVALID: [
    138,
    "The settlement's terms are malformed.",
    "決済指図の形式が不正です。",
    "Offer 2 to 16 legs, each with an amount and two different sides.",
    ["InstructionInvalid"],
  ],
  ENTRY_NOT_CORRECTABLE: [
    150,
    "There is no entry of that number that can be corrected so.",
    "その番号の記載は、この方法では訂正できません。",
    "Name an entry that gave units (or, for dates, an earlier correction of dates); a mark, a pledge or a redemption ends by its own act.",
  ],
  ALREADY_CORRECTED: [
    151,
    "That entry was corrected already.",
    "その記載は既に訂正されています。",
    "Name the entry that corrects it, which `correctedBy` shows: its own right values count from then on.",
  ],
  UNITS_MOVED_ON: [
    152,
    "Since then the units stood elsewhere for a time.",
    "その後、対象の口数が他へ移転していた期間があります。",
    "Correct the later entries first, the last of them before the others.",
  ],
  EFFECT_DAY_WRONG: [
    153,
    "The day from which the order shall have effect lies outside what it can say.",
    "効力発生日が認められる範囲にありません。",
    "Give a day after that of the issue's first entry and not after the day on which the title became final.",
  ],
  VERSION_NOT_LATEST: [
    154,
    "That is not the newest version of the particulars.",
    "最新の氏名・住所等ではありません。",
    "Name the newest version; what an older one got wrong no longer stands in the register.",
  ],
  SUPPLY_STANDS: [
    155,
    "An issue's units cannot become more or fewer by a correction.",
    "訂正によって発行口数を増減することはできません。",
    "Correct the receiver of as many units as were issued to him; more is another issue, fewer a redemption.",
  ],
  CO_OWNERS_UNREPRESENTED: [
    156,
    "The units belong to several persons together, who have named nobody to exercise their rights.",
    "共有に属する受益権・社債で、権利を行使する者一人の定めが届けられていません。",
    "Have the co-owners name one of them (case CO_OWNERSHIP). The trustee may file itself what it agrees to (Trust Act 193; Companies Act 686).",
  ],
} as const satisfies Record<string, Row>;

export type RefusalCode = keyof typeof table;

/** Every refusal, by its number. */
export const refusals: readonly Refusal[] = (Object.entries(table) as [RefusalCode, Row][]).map(
  ([code, [number, en, ja, fix, errors = [], retryable = false]]) => ({
    number,
    code,
    errors,
    en,
    ja,
    fix,
    retryable,
  }),
);

const byNumber = new Map(refusals.map((refusal) => [refusal.number, refusal]));
const byError = new Map(
  refusals.flatMap((refusal) => refusal.errors.map((error) => [error, refusal] as const)),
);
const byCode = new Map(refusals.map((refusal) => [refusal.code, refusal]));

/** The refusal of a contract's code; REVERTED for a number that the table does not know. */
export const refusalOf = (number: number): Refusal => byNumber.get(number) ?? refusal("REVERTED");

/** The refusal that a custom error of the contracts means (other than `Refused`), if any. */
export const refusalOfError = (error: string): Refusal | undefined => byError.get(error);

export const refusal = (code: RefusalCode): Refusal => byCode.get(code)!;

/** The refusals in a set of failing rules (bit i: number i), lowest number first. */
export const refusalsIn = (failing: bigint): Refusal[] =>
  refusals.filter(({ number }) => ((failing >> BigInt(number)) & 1n) === 1n);
