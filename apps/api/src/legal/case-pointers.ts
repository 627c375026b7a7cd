import type { FieldError } from "@genbo/api-schema/problem";
import { type CaseFacts, unprovenIn } from "@genbo/domain/cases/cases";
import type { CaseDocument, CaseKind } from "@genbo/domain/cases/kinds";
import { type RefusalCode, refusal } from "@genbo/domain/refusals";

interface Filed {
  kind: CaseKind;
  facts: CaseFacts[CaseKind];
  documents: readonly CaseDocument[];
}

const units = ["units", "account"];
const receiver = ["to", "buyer", "heirs", "replacement"];
const sender = ["from", "account", "lost"];
const share = ["heirs", "members", "units"];

/** The facts that a refusal is about, the nearest first: the one that a kind of case has is pointed at. */
const fieldsOf: Partial<Record<RefusalCode, readonly string[]>> = {
  INSUFFICIENT_UNITS: units,
  NOT_THE_WHOLE_HOLD: units,
  NOT_MARKED: units,
  SHARES_DO_NOT_ADD_UP: share,
  HEIR_TWICE: share,
  SAME_ACCOUNT: [...receiver, "pledgee"],
  RECEIVER_NOT_REGISTERED: receiver,
  RECEIVER_CHECK_LAPSED: receiver,
  RECEIVER_FROZEN: receiver,
  RECEIVER_CLASS: receiver,
  NOT_SAME_PERSON: receiver,
  SENDER_NOT_REGISTERED: sender,
  SENDER_FROZEN: sender,
  CO_OWNERS_UNREPRESENTED: sender,
  NOT_CUSTODIAN: [...sender, "holdId"],
  HOLDS_STAND: sender,
  ATTACHMENT_SERVED: sender,
  TOO_MANY_WAITING: sender,
  TOO_MANY_PARTS: receiver,
  ACCOUNT_IN_USE: receiver,
  HOLD_UNKNOWN: ["holdId", "behind", "heirs"],
  ATTACHMENT_AHEAD: ["behind"],
  NOT_CONTROLLER: ["holdId"],
  HOLD_EXPIRED: ["until"],
  PLEDGEE_UNKNOWN: ["pledgee"],
  GROUND_OF_ANOTHER_ORDER: ["ground"],
  CAPACITY_MIXED: ["capacity"],
  NOT_EFFECTIVE_YET: ["servedAt", "diedOn", "finalOn", "soldOn", "effectiveOn", "acquiredOn", "disposedOn"],
  ROLE_DOES_NOT_FIT: ["representatives"],
  ONE_RECEIVES_NOTICES: ["representatives"],
  VALIDITY_PAST: ["representatives"],
  NOT_A_CO_OWNER: ["representative"],
  NOT_A_GROUP: ["account"],
  ENTRY_NOT_CORRECTABLE: ["corrects"],
  ALREADY_CORRECTED: ["corrects"],
  UNITS_MOVED_ON: ["corrects", "effectiveOn"],
  LOT_CLOSED: ["lotAcquiredOn", "corrects", "effectiveOn"],
  EFFECT_DAY_WRONG: ["effectiveOn", "acquiredOn", "tradeDate", "settlementDate"],
  BEFORE_ISSUE: ["diedOn", "soldOn", "effectiveOn", "acquiredOn", "disposedOn"],
  VERSION_NOT_LATEST: ["version"],
  SUPPLY_STANDS: ["units"],
  UNITS_DO_NOT_DIVIDE: ["units"],
};

/** Where in the body of a filing each fault lies, as far as it lies in one place. */
export function pointersOf(faults: readonly RefusalCode[], { kind, facts, documents }: Filed): FieldError[] {
  const at = (code: RefusalCode): string[] => {
    if (code === "DOCUMENT_MISSING") return ["/documents"];
    if (code === "HEIR_WITHOUT_DOCUMENTS")
      return unprovenIn(kind, facts, documents).map((place) => `/facts/heirs/${place}`);
    const field = fieldsOf[code]?.find((name) => name in facts);
    return field === undefined ? [] : [`/facts/${field}`];
  };
  return faults.flatMap((code) => at(code).map((pointer) => ({ pointer, detail: refusal(code).en })));
}
