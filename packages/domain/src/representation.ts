import { type Day, dayOf, isoOfDay } from "./jst.ts";
import type { RefusalCode } from "./refusals.ts";

/** Who acts for a person by law or by appointment. */
export const representativeRoles = [
  "PARENT", // 親権者 (Civil Code 818, 824)
  "MINORS_GUARDIAN", // 未成年後見人 (Civil Code 838)
  "ADULT_GUARDIAN", // 成年後見人 (Civil Code 8)
  "CURATOR", // 保佐人 (Civil Code 12)
  "ASSISTANT", // 補助人 (Civil Code 16)
  "STANDING_PROXY", // 常任代理人 of a non-resident
] as const;
export type RepresentativeRole = (typeof representativeRoles)[number];

export interface Representative {
  role: RepresentativeRole;
  name: string;
  address: string;
  /** JST days, both included. */
  from: string;
  until?: string | undefined;
  receivesNotices: boolean;
}

export interface CoOwner {
  name: string;
  address: string;
  /** `parts` of `of`. */
  share: { parts: number; of: number };
}

/** Units that several persons own together: one holder of the register. */
export interface CoOwnership {
  members: readonly CoOwner[];
  /** Whom the members named to exercise the rights, by place among them (TA 193; CA 686). */
  representative: number | null;
  /** Whom they named to receive notices (TA 191(3); CA 685(3)). */
  noticeReceiver: number | null;
}

/** The particulars that this page reads; the vault keeps more. */
export interface Represented {
  kind?: unknown;
  name?: unknown;
  address?: unknown;
  bornOn?: string | null | undefined;
  noticesTo?: string | undefined;
  representatives?: readonly Representative[] | undefined;
  coOwners?: CoOwnership | undefined;
}

/** Those who represent a person on a day. */
export const representativesOn = ({ representatives = [] }: Represented, day: Day): Representative[] =>
  representatives.filter(({ from, until }) => {
    const iso = isoOfDay(day);
    return from <= iso && (until === undefined || iso <= until);
  });

/** Civil Code 4: eighteen years, twenty until 2022-03-31. */
export function isMinorOn({ kind, bornOn }: Represented, day: Day): boolean {
  if (kind !== "individual" || bornOn === null || bornOn === undefined) return false;
  const iso = isoOfDay(day);
  const years = iso >= "2022-04-01" ? 18 : 20;
  return iso < `${Number(bornOn.slice(0, 4)) + years}${bornOn.slice(4)}`;
}

/**
 * Where a notice goes on a day (TA 191, 203; CA 685): to a representative who receives them, to the co-owner named for
 * it or else to any one of them, to the place that the person named, or to its address.
 */
export function noticesOn(person: Represented, day: Day): { name: unknown; address: unknown } {
  const proxy = representativesOn(person, day).find(({ receivesNotices }) => receivesNotices);
  if (proxy !== undefined) return { name: proxy.name, address: proxy.address };
  const { coOwners, noticesTo } = person;
  const receiver = coOwners?.members[coOwners.noticeReceiver ?? coOwners.representative ?? 0];
  if (receiver !== undefined) return { name: receiver.name, address: receiver.address };
  return { name: person.name, address: noticesTo ?? person.address };
}

/** Co-owners who named nobody cannot exercise their rights, unless the trustee agrees (TA 193; CA 686). */
export const rightsRest = ({ coOwners }: Represented): boolean =>
  coOwners !== undefined && coOwners.representative === null;

const ofMinors: readonly RepresentativeRole[] = ["PARENT", "MINORS_GUARDIAN"];

/** What stands against these representatives and co-owners, whatever day it is. */
export function representationFaults(person: Represented): RefusalCode[] {
  const { representatives = [], coOwners } = person;
  const faults: RefusalCode[] = [];
  if (representatives.some(({ from, until = from }) => until < from)) faults.push("VALIDITY_PAST");
  const ofMinor = representatives.filter(({ role }) => ofMinors.includes(role));
  if (ofMinor.some(({ from }) => !isMinorOn(person, dayOf(from)))) faults.push("ROLE_DOES_NOT_FIT");
  const receivers = representatives.filter(({ receivesNotices }) => receivesNotices);
  if (receivers.some((one, place) => receivers.slice(place + 1).some((other) => overlap(one, other))))
    faults.push("ONE_RECEIVES_NOTICES");
  if (coOwners !== undefined) faults.push(...coOwnershipFaults(coOwners));
  return faults;
}

const overlap = (one: Representative, other: Representative): boolean =>
  (one.until === undefined || other.from <= one.until) &&
  (other.until === undefined || one.from <= other.until);

function coOwnershipFaults({ members, representative, noticeReceiver }: CoOwnership): RefusalCode[] {
  const faults: RefusalCode[] = [];
  if (!sumsToOne(members.map(({ share }) => share))) faults.push("SHARES_DO_NOT_ADD_UP");
  const named = [representative, noticeReceiver].filter((place) => place !== null);
  if (named.some((place) => members[place] === undefined)) faults.push("NOT_A_CO_OWNER");
  return faults;
}

/** Exact: Σ parts/of = 1 over the common denominator. */
function sumsToOne(shares: readonly CoOwner["share"][]): boolean {
  let [sum, over] = [0n, 1n];
  for (const { parts, of } of shares) {
    sum = sum * BigInt(of) + BigInt(parts) * over;
    over *= BigInt(of);
  }
  return sum === over;
}
