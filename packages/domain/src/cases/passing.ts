import { holdKinds } from "../entry-kinds.ts";
import { refOf } from "../ids.ts";
import { basisCode } from "../legal-basis.ts";
import type { RefusalCode } from "../refusals.ts";
import { enforce } from "./calls.ts";
import type { PlannedCall } from "./rules.ts";
import { accountIn, type CaseHold, holdsOn, queueFaults, type Situation } from "./situation.ts";

/** Who succeeds the holder of an account, and to how many of its units. */
export interface Successor {
  account: string;
  units: bigint;
  /** How many units of which holds are among them, where the successors have agreed on that. */
  holds?: readonly { holdId: string; units: bigint }[] | undefined;
}

/** What a successor has of a hold: what it encumbers there, and what it claims, those included. */
interface Part {
  units: bigint;
  claim: bigint;
}

/** One transaction carries everything; `legalRowsMax` of the chain's calls. */
const mostParts = 50;
const rests: readonly number[] = [holdKinds.PLEDGE, holdKinds.ATTACHMENT, holdKinds.LOCKUP];
const waits = ({ claimed, units }: CaseHold): boolean => claimed > units;

/** Rules for what rests on the units of an account that passes whole: it goes along, or stands in the way. */
export function passingFaults(
  situation: Situation,
  account: string,
  successors: readonly Successor[],
): RefusalCode[] {
  const holds = holdsOn(situation, account);
  const faults = agreedFaults(holds, successors);
  const alike = successors.map(({ account: next, units }) => ({ account: next, units }));
  const { parts } = dividedHolds(holds, faults.length > 0 ? alike : successors);
  const own = (hold: CaseHold, of: readonly Part[]) =>
    hold.kind === holdKinds.PLEDGE &&
    successors.some(({ account: next }, row) => {
      const takesNone = agreedOn(hold, successors) !== undefined && of[row]!.claim === 0n;
      return !takesNone && personOf(situation, next) === personOf(situation, hold.target ?? "");
    });
  // A trade names its seller, and a pledge in one's own favour ends (Civil Code 179(2), 520).
  if (holds.some((hold, place) => !rests.includes(hold.kind) || own(hold, parts[place]!)))
    faults.push("HOLDS_STAND");
  if (holds.length > 0 && successors.length * (holds.length + 1) > mostParts) faults.push("TOO_MANY_PARTS");
  const queue = holds.filter(waits);
  if (queue.length === 0) return faults;
  for (const { account: next } of successors) faults.push(...queueFaults(situation, next, queue.length));
  // It would take what is the successor's own, as soon as anything there is freed.
  const attaches = queue.some(({ kind }) => kind === holdKinds.ATTACHMENT);
  if (attaches && successors.some((each) => accountIn(situation, each.account).units > 0n))
    faults.push("ACCOUNT_IN_USE");
  return faults;
}

const personOf = (situation: Situation, account: string): string =>
  accountIn(situation, account).record?.personId ?? account;

export interface Passing {
  /** The case and its ref, which the first line that moves free units bears. */
  id: string;
  ref: string;
  account: string;
  successors: readonly Successor[];
  /** The days of what they get. */
  data: string;
}

/**
 * The units of an account go to those who succeed its holder, with what rests on them (CC 896): a pledge rests on every part for the
 * whole claim (CC 296, 350), and an attachment goes on against the successor.
 */
export function passUnits(
  situation: Situation,
  { id, ref, account, successors, data }: Passing,
): PlannedCall {
  const holds = holdsOn(situation, account).sort((a, b) => a.fromSeq - b.fromSeq);
  const { parts, free } = dividedHolds(holds, successors);
  const first = Math.max(
    0,
    free.findIndex((units) => units > 0n),
  );
  const rows = successors.map(({ account: to }, row) => ({
    to,
    units: free[row]!,
    data,
    ref: row === first ? ref : refOf(id, row < first ? row + 1 : row),
  }));
  const basis = basisCode("GENERAL_SUCCESSION");
  if (holds.length === 0)
    return enforce(
      situation,
      rows.map((row) => ({ ...row, from: account, basis, breaks: [] })),
    );
  const partsOf = (row: number) =>
    parts.map((of) => ({ units: String(of[row]!.units), claim: String(of[row]!.claim) }));
  return {
    signer: situation.trustee,
    call: "succeed",
    onToken: true,
    // Without free units there is no line of the case's own: its holds' lines tell of it.
    ref: free.some((units) => units > 0n) ? ref : holds[0]!.id,
    args: {
      from: account,
      rows: rows.map((row, place) => ({ ...row, units: String(row.units), parts: partsOf(place) })),
      holdIds: holds.map((hold) => hold.id),
    },
  };
}

/** Rules for what the successors have agreed on: each hold that one of them names is divided whole, within their units. */
function agreedFaults(holds: readonly CaseHold[], successors: readonly Successor[]): RefusalCode[] {
  const named = successors.flatMap((each) => each.holds ?? []);
  if (named.some(({ holdId }) => holds.every(({ id }) => id !== holdId))) return ["HOLD_UNKNOWN"];
  const whole = holds.every((hold) => {
    const agreed = agreedOn(hold, successors);
    return agreed === undefined || total(agreed) === hold.units;
  });
  const fits = successors.every(
    ({ units, holds: own = [] }) => total(own.map((each) => each.units)) <= units,
  );
  return whole && fits ? [] : ["SHARES_DO_NOT_ADD_UP"];
}

/** How many units of a hold each successor takes; undefined where none of them names it. */
function agreedOn({ id }: CaseHold, successors: readonly Successor[]): bigint[] | undefined {
  const own = successors.map(({ holds = [] }) => holds.filter(({ holdId }) => holdId === id));
  return own.every((each) => each.length === 0)
    ? undefined
    : own.map((each) => total(each.map(({ units }) => units)));
}

/**
 * Holds divided as was agreed, and the others like the units that are left, in their rank. What one waits for is divided
 * so that the parts get together what the whole would have got.
 * @returns by hold and successor, and what of the units is under none
 */
export function dividedHolds(
  holds: readonly CaseHold[],
  successors: readonly Successor[],
): { parts: Part[][]; free: bigint[] } {
  const shares = successors.map(({ units }) => units);
  const agreed = holds.map((hold) => agreedOn(hold, successors));
  let free = shares.map((share, row) => share - total(agreed.map((of) => of?.[row] ?? 0n)));
  const units = holds.map((hold, place) => {
    if (agreed[place] !== undefined) return agreed[place];
    const own = divided(hold.units, free);
    free = free.map((rest, row) => rest - own[row]!);
    return own;
  });
  const lacking = dividedClaims(holds, units, shares);
  const parts = units.map((of, place) =>
    of.map((own, row) => ({ units: own, claim: own + lacking[place]![row]! })),
  );
  return { parts, free };
}

/**
 * What each part waits for. Each hold in its rank first has the units that those before it leave to it, so that no rounding lets
 * two wait for one unit while another goes free; then those that it gets if they end; then whatever may come.
 */
function dividedClaims(
  holds: readonly CaseHold[],
  units: readonly bigint[][],
  shares: readonly bigint[],
): bigint[][] {
  const left = holds.map((hold, place) => units[place]!.map((own) => (waits(hold) ? 0n : own)));
  const claims = holds.map(() => shares.map(() => 0n));
  // Pledges behind others take what these free before any attachment does.
  const ranked = [...holds.entries()].sort(
    ([, a], [, b]) => Number(a.behind === null) - Number(b.behind === null),
  );
  for (const [place, hold] of ranked) {
    let lacking = hold.claimed - hold.units;
    const feeders = [...holds.keys()].filter((at) => at !== place && mayFeed(holds[at]!, hold));
    const claim = (weights: readonly bigint[], most = total(weights)): bigint[] => {
      const more = divided(min(lacking, most), weights);
      lacking -= total(more);
      claims[place] = claims[place]!.map((own, row) => own + more[row]!);
      return more;
    };
    const of = (lists: readonly bigint[][]) => feeders.map((at) => lists[at]!);
    const first = claim(sumOf(of(left), shares));
    for (const [row, more] of first.entries()) take(more, of(left), row);
    const ahead = sumOf(of(units), shares);
    claim(ahead.map((there, row) => there - first[row]!));
    claim(shares, lacking);
  }
  return claims;
}

/** Takes units away in a row, of the first that has some. */
function take(units: bigint, from: bigint[][], row: number): void {
  for (const of of from) {
    const taken = min(units, of[row]!);
    of[row]! -= taken;
    units -= taken;
  }
}

const sumOf = (lists: readonly bigint[][], shares: readonly bigint[]): bigint[] =>
  shares.map((_, row) => total(lists.map((list) => list[row]!)));

/** Units of a pledge go to those behind it on the same units, of any hold to an attachment that waits. */
const mayFeed = (other: CaseHold, hold: CaseHold): boolean =>
  hold.behind === null || (other.behind ?? other.id) === hold.behind;

/** Parts of a number like weights, each rounded: they sum to it, and none exceeds its weight unless the number exceeds all. */
function divided(whole: bigint, weights: readonly bigint[]): bigint[] {
  const all = total(weights);
  if (all === 0n) return weights.map(() => 0n);
  let [weighed, given] = [0n, 0n];
  return weights.map((weight) => {
    weighed += weight;
    const part = (2n * whole * weighed + all) / (2n * all) - given;
    given += part;
    return part;
  });
}

const total = (numbers: readonly bigint[]): bigint => numbers.reduce((sum, each) => sum + each, 0n);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
