/** One kind of error of the API: RFC 9457 on the wire, one page of docs for each. */
export interface ProblemKind {
  status: number;
  /** Whether the same request may succeed later without a change. */
  retryable: boolean;
  title: Bilingual;
  /** What to do about it. */
  fix: Bilingual;
}
export interface Bilingual {
  en: string;
  ja: string;
}

const kind = (status: number, retryable: boolean, title: Bilingual, fix: Bilingual): ProblemKind => ({
  status,
  retryable,
  title,
  fix,
});

/** The catalogue. A code is stable: clients branch on it, never on a text. */
export const problems = {
  BAD_REQUEST: kind(
    400,
    false,
    { en: "The request is not well formed", ja: "リクエストの形式が正しくありません" },
    { en: "Correct the URL or the headers.", ja: "URL またはヘッダーを修正してください。" },
  ),
  MALFORMED_JSON: kind(
    400,
    false,
    { en: "The body is not JSON", ja: "本文が JSON ではありません" },
    {
      en: "Send one JSON value as RFC 8259 defines it, with no name twice in an object.",
      ja: "RFC 8259 に従い、同じ名前を重複させない JSON を 1 つ送ってください。",
    },
  ),
  BAD_ENCODING: kind(
    400,
    false,
    { en: "The body is not in the encoding that it says", ja: "本文の文字コードが宣言と異なります" },
    {
      en: "Send UTF-8; for CSV, name another encoding as charset=Shift_JIS.",
      ja: "UTF-8 で送るか、CSV では charset=Shift_JIS のように文字コードを明示してください。",
    },
  ),
  IDEMPOTENCY_KEY_MISSING: kind(
    400,
    false,
    { en: "A write needs an Idempotency-Key", ja: "書込みには Idempotency-Key が必要です" },
    {
      en: "Send a header Idempotency-Key of 1 to 128 printable ASCII characters, a new one for each command.",
      ja: "コマンドごとに新しい Idempotency-Key ヘッダー(ASCII 1〜128 文字)を付けてください。",
    },
  ),
  UNAUTHENTICATED: kind(
    401,
    false,
    { en: "No valid API key", ja: "有効な API キーがありません" },
    {
      en: "Send Authorization: Bearer with a key that is neither expired nor revoked.",
      ja: "期限切れ・失効していないキーを Authorization: Bearer で送ってください。",
    },
  ),
  FORBIDDEN: kind(
    403,
    false,
    { en: "This key may not do that", ja: "このキーには権限がありません" },
    {
      en: "Use a key whose role and scopes allow the route; see the route's scope in the reference.",
      ja: "役割とスコープがこの操作を許すキーを使ってください。",
    },
  ),
  MAKER_IS_CHECKER: kind(
    403,
    false,
    {
      en: "One person may not take two parts in an act",
      ja: "同じ人が一つの手続で二つの役割を担うことはできません",
    },
    {
      en: "Let another person act; a key that he made acts as he does until the operator has confirmed its holder.",
      ja: "別の担当者が行ってください。発行したキーは、運営者が所持者を確認するまで発行者本人とみなされます。",
    },
  ),
  NOT_CUSTODIAN: kind(
    403,
    false,
    { en: "Another broker keeps that account", ja: "その口座は他の証券会社が管理しています" },
    {
      en: "The seller's broker requests and cancels, the buyer's broker accepts.",
      ja: "請求と取消しは売方、承諾は買方の証券会社が行います。",
    },
  ),
  NOT_FOUND: kind(
    404,
    false,
    { en: "There is no such thing", ja: "見つかりません" },
    {
      en: "Check the id. What belongs to others is not found either.",
      ja: "ID を確認してください。他者のものも同じ応答です。",
    },
  ),
  ROUTE_UNKNOWN: kind(
    404,
    false,
    { en: "There is no such route", ja: "そのような経路はありません" },
    { en: "See /openapi.json for every route.", ja: "/openapi.json に全経路があります。" },
  ),
  REQUEST_IN_PROGRESS: kind(
    409,
    true,
    {
      en: "A request with this Idempotency-Key is still running",
      ja: "同じ Idempotency-Key の処理が実行中です",
    },
    { en: "Send the same request again in a moment.", ja: "少し待って同じリクエストを再送してください。" },
  ),
  STATE_CONFLICT: kind(
    409,
    false,
    { en: "Its state does not allow that", ja: "現在の状態ではできません" },
    { en: "Read it again and decide from its state.", ja: "最新の状態を読み直して判断してください。" },
  ),
  NOT_YET_HELD: kind(
    409,
    true,
    { en: "The request is not on chain yet", ja: "名義書換の請求がまだチェーンに記録されていません" },
    {
      en: "Wait until its operation is entered, then send this again.",
      ja: "請求の処理が記載済みになってから再送してください。",
    },
  ),
  NOT_YET_SETTLED: kind(
    409,
    true,
    { en: "The day of acquisition has not come", ja: "取得日・受渡日がまだ到来していません" },
    {
      en: "Send it again from 00:00 JST of its settlement day on.",
      ja: "受渡日の午前 0 時(日本時間)以後に再送してください。",
    },
  ),
  DEADLINE_PASSED: kind(
    409,
    false,
    { en: "The settlement's deadline has passed", ja: "決済期限を過ぎています" },
    {
      en: "Take back what you brought in, and offer the trade anew.",
      ja: "拠出したものを取り戻し、改めて決済を申し込んでください。",
    },
  ),
  CHALLENGE_EXPIRED: kind(
    409,
    false,
    { en: "The challenge was not signed in time", ja: "署名の期限を過ぎています" },
    {
      en: "Ask for a new challenge and sign that one.",
      ja: "新しいチャレンジを求め、それに署名してください。",
    },
  ),
  NOT_YET_DUE: kind(
    409,
    true,
    { en: "It may be done from a later time on", ja: "まだ行うことができません" },
    { en: "Send it again after the time that `detail` names.", ja: "detail の時刻の後に再送してください。" },
  ),
  ALREADY_EXISTS: kind(
    409,
    false,
    { en: "It exists already with other data", ja: "異なる内容で既に登録されています" },
    {
      en: "Read what is registered; change it with PATCH.",
      ja: "登録内容を確認し、変更は PATCH で行ってください。",
    },
  ),
  ISSUE_NOT_ACTIVE: kind(
    409,
    true,
    { en: "The issue is not active", ja: "銘柄が有効ではありません" },
    { en: "Wait until its approval is entered.", ja: "承認が記載されるまで待ってください。" },
  ),
  ISSUE_QUARANTINED: kind(
    409,
    true,
    { en: "The issue takes no new entries", ja: "この銘柄は新たな記載を停止しています" },
    {
      en: "Wait until compliance has closed the break between register and chain, and what it held back has entered; see /status.",
      ja: "原簿とチェーンの不一致が解消され、停止中の記載が反映されるまで待ってください(/status 参照)。",
    },
  ),
  REGISTER_BEHIND: kind(
    409,
    true,
    {
      en: "The register has not reached that block or instant",
      ja: "原簿がそのブロック又は時点に達していません",
    },
    {
      en: "Ask again after Retry-After, or leave minBlock or asOf out. A past instant is answered once the register has read every block of before it; /status shows how far it is.",
      ja: "Retry-After の後に再度要求するか、minBlock 又は asOf を外してください。過去の時点には、その時までの全ブロックを読み終えてから答えます（/status で進み具合が分かります）。",
    },
  ),
  RANGE_NOT_SATISFIABLE: kind(
    416,
    false,
    { en: "The range lies outside the file", ja: "指定された範囲はファイルの外にあります" },
    {
      en: "Ask for one range that begins before the end of the file: `Range: bytes=N-`.",
      ja: "ファイルの終わりより前から始まる範囲を 1 つ指定してください（Range: bytes=N-）。",
    },
  ),
  BODY_TOO_LARGE: kind(
    413,
    false,
    { en: "The body is too large", ja: "本文が大きすぎます" },
    {
      en: "Split it; bulk routes take up to 5,000 rows.",
      ja: "分割してください。一括経路は 5,000 行までです。",
    },
  ),
  MEDIA_TYPE: kind(
    415,
    false,
    { en: "This route does not read that media type", ja: "対応していないメディアタイプです" },
    {
      en: "Send application/json in UTF-8 and without Content-Encoding; bulk registration also reads text/csv.",
      ja: "application/json を UTF-8 で、Content-Encoding なしで送ってください。一括登録では text/csv も使えます。",
    },
  ),
  INVALID_FIELD: kind(
    422,
    false,
    { en: "A field is wrong", ja: "項目の値が正しくありません" },
    { en: "Correct the fields that `errors` names.", ja: "errors が示す項目を修正してください。" },
  ),
  AS_OF_IN_FUTURE: kind(
    422,
    false,
    { en: "Nobody knows yet what will stand then", ja: "基準時点が将来です" },
    {
      en: "Name a moment that has come, or the block that must be there (minBlock).",
      ja: "到来した時点を指定するか、minBlock を指定してください。",
    },
  ),
  AS_OF_BEFORE_FIRST_ENTRY: kind(
    422,
    false,
    { en: "The register had no entry yet", ja: "その時点では原簿に記載がありません" },
    {
      en: "Name a moment from the issue's first entry on; entry:1 is the first.",
      ja: "最初の記載(entry:1)以後の時点を指定してください。",
    },
  ),
  NO_SUCH_ENTRY: kind(
    422,
    false,
    { en: "The issue has no entry of that number", ja: "その番号の記載はありません" },
    {
      en: "Entries are numbered from 1 without a gap; read without asOf to see the last.",
      ja: "記載は 1 から連番です。asOf を外すと最新の番号が分かります。",
    },
  ),
  KNOWN_BEFORE_AS_OF: kind(
    422,
    false,
    {
      en: "At knownAt nobody knew yet what would stand at asOf",
      ja: "knownAt の時点では asOf の状態はまだ知られていません",
    },
    {
      en: "Name a knownAt that is not before asOf, latest, or leave it out.",
      ja: "asOf 以後の knownAt か latest を指定するか、省略してください。",
    },
  ),
  IDEMPOTENCY_KEY_REUSED: kind(
    422,
    false,
    {
      en: "This Idempotency-Key was used for another request",
      ja: "この Idempotency-Key は別のリクエストで使用済みです",
    },
    { en: "Use a new key for a new command.", ja: "新しいコマンドには新しいキーを使ってください。" },
  ),
  ROWS_INVALID: kind(
    422,
    false,
    {
      en: "Rows of the request are wrong; none was taken",
      ja: "行に誤りがあるため、全行を受け付けませんでした",
    },
    {
      en: "Correct the rows that `rows` names and send all of them again.",
      ja: "rows が示す行を修正し、全行を再送してください。",
    },
  ),
  TRANSFER_REFUSED: kind(
    422,
    false,
    { en: "Rules stand against this transfer", ja: "譲渡の条件を満たしていません" },
    {
      en: "See `failing`: every rule that fails, each with its remedy.",
      ja: "failing に全ての不適合と対処があります。",
    },
  ),
  CASE_REFUSED: kind(
    422,
    false,
    { en: "Law or register stand against this case", ja: "この手続の要件を満たしていません" },
    {
      en: "See `failing`: every requirement that is not met, each with its remedy.",
      ja: "failing に満たされていない要件と対処があります。",
    },
  ),
  DOCUMENT_DIFFERS: kind(
    422,
    false,
    { en: "A document is not the one that was filed", ja: "書類が提出されたものと異なります" },
    {
      en: "Find out which of the two is right: read the filing's hashes, refuse or withdraw it, and file it again.",
      ja: "いずれが正しいか確かめ、提出時のハッシュを照合のうえ、却下または取下げをして改めて提出してください。",
    },
  ),
  RIGHTS_REST: kind(
    422,
    false,
    {
      en: "Co-owners have named nobody to exercise this right",
      ja: "共有者が権利を行使する者を定めていません",
    },
    {
      en: "Have them name one (case CO_OWNERSHIP); the trustee may agree instead and say so with `trusteeAgrees`.",
      ja: "行使する者を定めさせるか(CO_OWNERSHIP の手続)、受託者が同意して trusteeAgrees を付けてください。",
    },
  ),
  RECORD_DATE_REFUSED: kind(
    422,
    false,
    { en: "The law stands against this record date", ja: "基準日の要件を満たしていません" },
    {
      en: "See `failing`: every requirement that is not met, each with its remedy.",
      ja: "failing に満たされていない要件と対処があります。",
    },
  ),
  NO_LAWFUL_GROUND: kind(
    422,
    false,
    { en: "That is no lawful ground for refusal here", ja: "法定の拒絶事由に該当しません" },
    {
      en: "Refuse on a listed ground that stands (five for a trust, three for a bond), or grant the inspection.",
      ja: "該当する法定事由(信託は 5、社債は 3)で拒むか、閲覧を認めてください。",
    },
  ),
  SUPPLY_EXCEEDED: kind(
    422,
    false,
    { en: "More units than were approved", ja: "承認された総口数を超えています" },
    {
      en: "Issue no more than what is left of totalUnits.",
      ja: "totalUnits の残りの範囲で発行してください。",
    },
  ),
  CLOCK_NOT_FORWARD: kind(
    422,
    false,
    { en: "The clock goes forward only", ja: "時計は進めることしかできません" },
    {
      en: "Name an instant after the present one; see /status.",
      ja: "現在より後の時刻を指定してください(/status 参照)。",
    },
  ),
  RATE_LIMITED: kind(
    429,
    true,
    { en: "Too many requests with this key", ja: "このキーのリクエストが多すぎます" },
    { en: "Wait as long as Retry-After says.", ja: "Retry-After の秒数だけ待ってください。" },
  ),
  INTERNAL: kind(
    500,
    true,
    { en: "Something failed on our side", ja: "サーバー内部の障害です" },
    {
      en: "Send the same request with the same Idempotency-Key again; if it stays, report x-request-id.",
      ja: "同じ Idempotency-Key で再送し、続く場合は x-request-id を連絡してください。",
    },
  ),
  NOT_READY: kind(
    503,
    true,
    { en: "The platform cannot serve this yet", ja: "まだ受け付けられません" },
    {
      en: "Wait until /ready says true, then send it again.",
      ja: "/ready が true になってから再送してください。",
    },
  ),
  OUTBOX_FULL: kind(
    503,
    true,
    { en: "Too much waits for the chain already", ja: "チェーンへの送信待ちが上限に達しています" },
    {
      en: "Nothing was written. Look at chain.state in /status, wait as long as Retry-After says, and send the same request with the same Idempotency-Key.",
      ja: "何も書き込まれていません。/status の chain.state を確認し、Retry-After の時間を待って、同じ Idempotency-Key で再送してください。",
    },
  ),
  OUTBOX_SHARE: kind(
    429,
    true,
    {
      en: "Too much of this party waits for the chain already",
      ja: "この当事者のチェーンへの送信待ちが上限に達しています",
    },
    {
      en: "Nothing was written. A party may have as many rows waiting as there is room left for all. Wait as long as Retry-After says until some of yours are sent, and send the same request with the same Idempotency-Key.",
      ja: "何も書き込まれていません。一当事者の送信待ちは、全体の残り枠と同数までです。Retry-After の時間を待ち、自分の送信待ちが減ってから、同じ Idempotency-Key で再送してください。",
    },
  ),
  BUSY: kind(
    503,
    true,
    {
      en: "More requests are under way than the platform can serve",
      ja: "処理中のリクエストが上限を超えています",
    },
    {
      en: "Nothing was written. Wait as long as Retry-After says, send the same request again, and keep fewer under way at once.",
      ja: "何も書き込まれていません。Retry-After の時間を待って再送し、同時に送るリクエストを減らしてください。",
    },
  ),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as ProblemCode[];
export const problemOf = (code: ProblemCode): ProblemKind => problems[code];
/** Where the page of a code is served: the `type` of its problems. */
export const problemPath = (code: ProblemCode): string => `/problems/${code}`;
