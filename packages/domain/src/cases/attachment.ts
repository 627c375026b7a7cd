import { holdKinds } from "../entry-kinds.ts";
import { isoOfDay, jstDay } from "../jst.ts";
import type { RefusalCode } from "../refusals.ts";
import { createHold, rejectRequests } from "./calls.ts";
import type { AttachmentForm, DocumentKind } from "./kinds.ts";
import { endOfWeeks } from "./period.ts";
import type { CaseRules } from "./rules.ts";
import { accountIn, holdsOn, queueFaults, requestsInTheWay, type Situation } from "./situation.ts";

export interface AttachmentFacts {
  account: string;
  units: bigint;
  form: AttachmentForm;
  /** Court or tax office. */
  authority: string;
  caseNumber: string;
  /** When the order was served on the trustee, who is the third-party debtor. */
  servedAt: Date;
}

/** CEA 147(1): two weeks from service. */
const statementWeeks = 2;

const orders: Record<AttachmentForm, DocumentKind> = {
  ATTACHMENT: "ATTACHMENT_ORDER",
  PROVISIONAL_ATTACHMENT: "PROVISIONAL_ATTACHMENT_ORDER",
  TAX_ATTACHMENT: "TAX_ATTACHMENT_NOTICE",
};

/** An order for more than there is takes what there is. */
const recordedOf = ({ account, units }: AttachmentFacts, situation: Situation): bigint => {
  const { units: balance } = accountIn(situation, account);
  return units < balance ? units : balance;
};

/**
 * Money that falls due on attached units: the trustee may deposit it (CEA 156(1)); it must once an order claims more than
 * earlier ones have left (CEA 156(2)). Tax offices collect it themselves.
 */
function depositOf({ account, units, form }: AttachmentFacts, situation: Situation) {
  if (form === "TAX_ATTACHMENT") return null;
  const orders = holdsOn(situation, account).filter(
    (hold) => hold.kind === holdKinds.ATTACHMENT && hold.form !== "TAX_ATTACHMENT",
  );
  const claimed = orders.reduce((sum, hold) => sum + hold.claimed, 0n);
  const compete = claimed > 0n && units > accountIn(situation, account).units - claimed;
  return compete ? { must: true, article: "CEA 156(2)" } : { must: false, article: "CEA 156(1)" };
}

/**
 * An attachment, provisional attachment or attachment for tax (CEA 145, CEA 167). The trustee may pay and
 * transfer nothing of it from service on, so requests for the same units end with it; holds of earlier rank stay.
 */
export const attachment: CaseRules<AttachmentFacts> = {
  basis: "ATTACHMENT",
  accounts: ({ account }) => [account],
  documents: ({ form }) => [[orders[form]]],
  faults: (facts, situation) => {
    const { account, servedAt } = facts;
    const faults: RefusalCode[] = [];
    const { record, units, free } = accountIn(situation, account);
    if (record === null) faults.push("SENDER_NOT_REGISTERED");
    if (units === 0n) faults.push("INSUFFICIENT_UNITS");
    if (servedAt > situation.now) faults.push("NOT_EFFECTIVE_YET");
    // One of free units takes them at once, whatever waits for units under other holds.
    return recordedOf(facts, situation) > free ? [...faults, ...queueFaults(situation, account)] : faults;
  },
  // A tax office asks for no statement.
  deadlines: ({ form, servedAt }) => {
    if (form === "TAX_ATTACHMENT") return [];
    const served = jstDay(servedAt);
    const due = endOfWeeks(served, statementWeeks);
    const term = { name: "THIRD_PARTY_STATEMENT" as const, article: "CEA 147" };
    return due === null
      ? [{ ...term, due: null, notBefore: isoOfDay(served + 7 * statementWeeks) }]
      : [{ ...term, due: isoOfDay(due) }];
  },
  plan: ({ ref, facts }, situation) => {
    const { account } = facts;
    const units = recordedOf(facts, situation);
    const requests = requestsInTheWay(situation, account, units);
    const terms = { account, controller: situation.trustee, units, kind: holdKinds.ATTACHMENT };
    return {
      calls: [...rejectRequests(situation, requests), createHold(situation, ref, terms)],
      result: {
        recorded: String(units),
        remainder: String(facts.units - units),
        rejectedRequests: requests.map(({ id }) => id),
        deposit: depositOf(facts, situation),
      },
    };
  },
};
