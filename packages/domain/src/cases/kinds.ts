/** Legal acts that the trustee records as cases. */
export const caseKinds = [
  "PLEDGE",
  "PLEDGE_CHANGE",
  "PLEDGE_RELEASE",
  "ATTACHMENT",
  "ATTACHMENT_RELEASE",
  "SALE_ORDER",
  "AUCTION",
  "SUCCESSION",
  "CORPORATE_SUCCESSION",
  "RECOVERY",
  "LOCKUP",
  "LOCKUP_RELEASE",
  "JUDGMENT",
  "EQUIVALENT_INSTRUMENT",
  "JUDGMENT_RELEASE",
  "TRUSTEE_ACQUISITION",
  "TRUSTEE_DISPOSAL",
  "TRUST_PROPERTY_MARK",
  "TRUST_PROPERTY_ERASURE",
  "REPRESENTATION",
  "CO_OWNERSHIP",
  "UNITS_RECTIFICATION",
  "DATES_RECTIFICATION",
  "PARTICULARS_RECTIFICATION",
  "FREEZE",
  "UNFREEZE",
] as const;
export type CaseKind = (typeof caseKinds)[number];

/** open → approved → entered; or refused (by the second person or by the chain), or withdrawn by who filed it. */
export const caseStates = ["open", "approved", "entered", "refused", "withdrawn"] as const;
export type CaseState = (typeof caseStates)[number];

/** What a document is, as far as a rule asks for it. */
export const documentKinds = [
  "PLEDGE_AGREEMENT", // 質権設定契約書
  "PLEDGE_CHANGE_AGREEMENT", // 質権変更契約書
  "PLEDGE_ASSIGNMENT", // 質権(被担保債権)譲渡契約書
  "PLEDGEE_CONSENT", // 質権者の同意書
  "DISCHARGE_CERTIFICATE", // 弁済証明書
  "ATTACHMENT_ORDER", // 差押命令
  "PROVISIONAL_ATTACHMENT_ORDER", // 仮差押命令
  "TAX_ATTACHMENT_NOTICE", // 債権差押通知書
  "RELEASE_ORDER", // 取消決定・差押解除通知
  "WITHDRAWAL", // 取下書
  "RELEASE_MONEY_DEPOSIT", // 仮差押解放金の供託書・執行取消決定
  "TAX_RELEASE_NOTICE", // 差押解除通知書
  "SALE_ORDER", // 売却命令
  "TRANSFER_ORDER", // 譲渡命令
  "AUCTION_RECORD", // 競売・売却命令による売却の調書、代金納付の証明書
  "COMPANY_REGISTER", // 登記事項証明書
  "COMPANY_SPLIT_PLAN", // 吸収分割契約書・新設分割計画書
  "ACQUISITION_AGREEMENT", // 取得の契約書
  "DISPOSAL_AGREEMENT", // 処分の契約書
  "TRUST_PROPERTY_REQUEST", // 信託財産表示の請求書
  "TRUST_PROPERTY_ERASURE_REQUEST", // 信託財産表示抹消の請求書
  "GUARDIANSHIP_CERTIFICATE", // 後見登記等の登記事項証明書・未成年後見人の戸籍
  "PROXY_APPOINTMENT", // 常任代理人選任届
  "REPRESENTATION_END", // 代理権の終了の届出
  "CO_OWNERS_NOTICE", // 共有者の権利行使者・通知受領者の通知
  "FAMILY_REGISTER", // 戸籍
  "DIVISION_AGREEMENT", // 遺産分割協議書
  "WILL", // 遺言書
  "INHERITANCE_STATEMENT", // 法定相続情報一覧図
  "DEATH_NOTICE", // 死亡届・死亡診断書
  "LOSS_REPORT", // 喪失届
  "LOCKUP_AGREEMENT", // 譲渡禁止の合意書
  "JUDGMENT", // 判決
  "FINALITY_CERTIFICATE", // 確定証明書
  "SETTLEMENT_RECORD", // 和解調書等
  "ERROR_REPORT", // 誤記載の顛末書
  "HOLDER_CONSENT", // 原簿上の受益者(社債権者)の同意書
  "DECISION", // 社内決定
] as const;
export type DocumentKind = (typeof documentKinds)[number];

export interface CaseDocument {
  kind: DocumentKind;
  name: string;
  /** 64 hex digits. */
  sha256: string;
  /** Account of the one person whom it is about; left out, it is about all of them. */
  account?: string | undefined;
}

export const attachmentForms = ["ATTACHMENT", "PROVISIONAL_ATTACHMENT", "TAX_ATTACHMENT"] as const;
export type AttachmentForm = (typeof attachmentForms)[number];

/** Why an attachment ends; each with its document. */
export const releaseGrounds = [
  "WITHDRAWN",
  "ORDER_CANCELLED",
  "PROVISIONAL_RELEASE_MONEY",
  "TAX_RELEASED",
] as const;
export type ReleaseGround = (typeof releaseGrounds)[number];
