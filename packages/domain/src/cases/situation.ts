import { holdKinds } from "../entry-kinds.ts";
import { classAdmitted } from "../investor-class.ts";
import { type Day, dayOf, jstDay } from "../jst.ts";
import { basisCode } from "../legal-basis.ts";
import type { Policy } from "../policy-word.ts";
import type { ProfileName } from "../profiles.ts";
import type { RefusalCode } from "../refusals.ts";
import type { RegistryRecord } from "../registry-record.ts";
import type { Represented } from "../representation.ts";
import type { Capacity } from "../trust-mark.ts";
import type { MoveData } from "../words.ts";
import type { CorrectedEntry } from "./corrected.ts";
import type { AttachmentForm } from "./kinds.ts";

/** An account as the register has it at the decision. */
export interface CaseAccount {
  address: string;
  record: RegistryRecord | null;
  /** Of its person, as they shall stand once what is under way is entered; the record's own may differ until then. */
  flags: number;
  units: bigint;
  /** Units that no hold encumbers. */
  free: bigint;
  /** What attachments claim that were served and are not entered yet. */
  served: bigint;
  /** Signer of the broker that keeps it; null when nobody of the platform does. */
  keeper: string | null;
}

/** An open hold. */
export interface CaseHold {
  id: string;
  account: string;
  target: string | null;
  kind: number;
  controller: string | null;
  /** Signer of the broker that keeps the target's account: that of the pledgee, of a pledge. */
  keeper: string | null;
  units: bigint;
  claimed: bigint;
  /** Of a pledge behind another: the first pledge on the same units. */
  behind: string | null;
  fromSeq: number;
  /** Of an attachment: by what it was ordered, where a case made it. */
  form: AttachmentForm | null;
}

/** A mark that stands on units of an account. */
export interface CaseMark {
  account: string;
  basis: number;
  units: bigint;
  capacity: Capacity;
}

/** What the register says about a case when it is decided. */
export interface Situation {
  now: Date;
  profile: ProfileName;
  policy: Policy;
  /** Whether the issue has successors keep the days of acquisition. */
  successionKeepsDates: boolean;
  /** The trustee's signer. */
  trustee: string;
  /** Signers of the platform, so that a hold's controller can be told from a stranger. */
  signers: ReadonlySet<string>;
  /** The accounts that the case concerns and every other one of their persons. */
  accounts: ReadonlyMap<string, CaseAccount>;
  /** Open holds on those accounts, and the one that the case names. */
  holds: readonly CaseHold[];
  /** Marks on those accounts. */
  marks: readonly CaseMark[];
  /** The entry that the case corrects, if there is one of that number. */
  corrected?: CorrectedEntry;
  /** The version of its person's particulars that is the newest. */
  version?: { number: number; effectiveOn: string };
  /** The JST day of the first entry. */
  firstDay?: Day;
  /** The day on which its first units were acquired, which may lie before their entry. */
  issuedOn?: Day;
  /** Particulars of the person that the case is about, where it is about those; null once they were erased. */
  person?: Represented | null;
}

const stranger = (address: string): CaseAccount => ({
  address,
  record: null,
  flags: 0,
  units: 0n,
  free: 0n,
  served: 0n,
  keeper: null,
});

export const accountIn = ({ accounts }: Situation, address: string): CaseAccount =>
  accounts.get(address) ?? stranger(address);

export const holdIn = ({ holds }: Situation, id: string): CaseHold | undefined =>
  holds.find((hold) => hold.id === id);

export const holdsOn = ({ holds }: Situation, address: string): CaseHold[] =>
  holds.filter(({ account }) => account === address);

/** The contract lets no more holds wait on an account. */
const mostWaiting = 8;

/** Holds on an account that wait for units under earlier ones. */
export const waitingOn = (situation: Situation, address: string): CaseHold[] =>
  holdsOn(situation, address).filter(
    ({ kind, claimed, units }) => kind !== holdKinds.FREEZE && claimed > units,
  );

/**
 * Whether an attachment may still get units that it waits for: those under holds of earlier rank. What one of these has sold
 * is gone, and what the debtor acquired after it is not attached.
 */
export const mayGrow = (situation: Situation, { account, units, claimed, fromSeq }: CaseHold): boolean =>
  claimed > units && holdsOn(situation, account).some((hold) => hold.fromSeq < fromSeq && hold.units > 0n);

/** A rule for holds that would wait on an account, too: one, or so many. */
export const queueFaults = (situation: Situation, address: string, more = 1): RefusalCode[] =>
  waitingOn(situation, address).length + more > mostWaiting ? ["TOO_MANY_WAITING"] : [];

/** Every account of the person behind one. */
export function walletsOfPerson(situation: Situation, address: string): CaseAccount[] {
  const personId = accountIn(situation, address).record?.personId;
  return [...situation.accounts.values()].filter(({ record }) => record?.personId === personId);
}

const trustProperty = basisCode("TRUST_PROPERTY_MARK");

/** The mark that units of an account are another trust's property (TA 206). */
export const trustPropertyMark = ({ marks }: Situation, address: string): CaseMark | undefined =>
  marks.find(({ account, basis }) => account === address && basis === trustProperty);

/** The mark of the capacity in which the trustee has units of an account (TAR 20). */
export const capacityMark = ({ marks }: Situation, address: string): CaseMark | undefined =>
  marks.find(({ account, basis }) => account === address && basis !== trustProperty);

/** Rules for who receives by order: eligible like any receiver, policy and pause notwithstanding. */
export function receiverFaults(situation: Situation, address: string): RefusalCode[] {
  const { record } = accountIn(situation, address);
  if (record === null) return ["RECEIVER_NOT_REGISTERED"];
  const faults: RefusalCode[] = [];
  if (situation.now.getTime() / 1000 > record.validUntil) faults.push("RECEIVER_CHECK_LAPSED");
  if (record.flags !== 0) faults.push("RECEIVER_FROZEN");
  if (!classAdmitted(situation.policy.classMask, record.classBits)) faults.push("RECEIVER_CLASS");
  return faults;
}

/** Rules for units that their holder gives into another's hands. @param reach how many are in reach: by default free ones */
export function giverFaults(
  situation: Situation,
  address: string,
  units: bigint,
  reach = accountIn(situation, address).free,
): RefusalCode[] {
  const { record } = accountIn(situation, address);
  if (record === null) return ["SENDER_NOT_REGISTERED"];
  const faults: RefusalCode[] = [];
  if (units > reach) faults.push("INSUFFICIENT_UNITS");
  if (record.flags !== 0) faults.push("SENDER_FROZEN");
  return [...faults, ...servedFaults(situation, address, units)];
}

/**
 * From its service on an attachment bars every disposal of its units (CEA 145(1), 145(5)), so its case is decided before
 * another one about them.
 */
export function servedFaults(situation: Situation, address: string, units: bigint): RefusalCode[] {
  const { free, served } = accountIn(situation, address);
  return served > 0n && free - units < served ? ["ATTACHMENT_SERVED"] : [];
}

/**
 * The days of what a successor gets (TA 186(iv); CA 681(v)): those of whom it succeeds, or that of the succession itself,
 * when the units became its own (Civil Code 896, 909), whenever that is entered.
 */
export const successionDates = (
  { successionKeepsDates }: Situation,
  succeededOn: string,
): Partial<MoveData> => (successionKeepsDates ? { keepDates: true } : { acquiredOn: dayOf(succeededOn) });

/** Rules for the day on which units are acquired (TA 186(iv)): it has come, and there were units on it. */
export function dayFaults({ now, issuedOn = 0 }: Situation, iso: string): RefusalCode[] {
  const day = dayOf(iso);
  if (day > jstDay(now)) return ["NOT_EFFECTIVE_YET"];
  return day < issuedOn ? ["BEFORE_ISSUE"] : [];
}

/** As for any day on which units are acquired, unless the successor keeps those of whom it succeeds. */
export const successionDayFaults = (situation: Situation, succeededOn: string): RefusalCode[] =>
  dayFaults(situation.successionKeepsDates ? { ...situation, issuedOn: 0 } : situation, succeededOn);

const byNewest = (a: CaseHold, b: CaseHold): number => b.fromSeq - a.fromSeq;

/** What has not moved its units yet binds the holder alone: a request, and a delivery against payment. */
const pending: readonly number[] = [holdKinds.REQUEST, holdKinds.DVP];

/** Requests and deliveries on an account that stand in the way of taking `units` of it, the latest first. */
export function requestsInTheWay(situation: Situation, address: string, units: bigint): CaseHold[] {
  let lacking = units - accountIn(situation, address).free;
  const found: CaseHold[] = [];
  const requests = holdsOn(situation, address).filter(({ kind }) => pending.includes(kind));
  for (const request of requests.sort(byNewest)) {
    if (lacking <= 0n) break;
    found.push(request);
    lacking -= request.units;
  }
  return found;
}

/** Rules for units that the law takes from a holder: those that no third party's hold encumbers. */
export function reachFaults(situation: Situation, address: string, units: bigint): RefusalCode[] {
  const { record, free } = accountIn(situation, address);
  if (record === null) return ["SENDER_NOT_REGISTERED"];
  const reach = requestsInTheWay(situation, address, units).reduce((sum, hold) => sum + hold.units, free);
  return [
    ...(units > reach ? (["INSUFFICIENT_UNITS"] as const) : []),
    ...servedFaults(situation, address, units),
  ];
}
