import { holdKindOf, holdKinds } from "@genbo/domain/entry-kinds";
import { isoOfDay } from "@genbo/domain/jst";
import { decodePolicy } from "@genbo/domain/policy-word";
import type { Hold, IssueState } from "./state.ts";

/** The entries with which an issue opens on the contracts that succeed the old ones. Units are decimal strings. */
export interface Opening {
  /** Rows of `issue`: one for each lot of each account, so that its acquisition date goes along (Trust Act 186(iv)). */
  issues: { to: string; units: string; acquiredOn: string }[];
  /** Rows of `createHolds`, in the order in which they were made: that is their rank. */
  holds: OpeningHold[];
  /** Amounts of `setFrozenTokens`. */
  frozen: { account: string; units: string }[];
}

export interface OpeningHold {
  kind: string;
  account: string;
  to: string | null;
  controller: string;
  units: string;
  expiryMinutes: number;
  /** The place, from 1, of the pledge on whose units it ranks; null: on none. */
  behind: number | null;
  /**
   * The place of the first part of the same right, itself included: each secures the whole claim (CC 296). A token knows
   * that of what it has divided itself, so the claim that is filed with each must say it. Null: it is no part.
   */
  partOf: number | null;
  /** Stands for a first pledge that has ended: its controller releases it once all the others stand. */
  ends: boolean;
}

/** Why an issue cannot be handed over as it stands. */
export type NotReady = "NOT_PAUSED" | "OPEN_REQUEST" | "PLEDGE_WITHOUT_UNITS";

const passing: readonly number[] = [holdKinds.REQUEST, holdKinds.DVP];

/**
 * What stands against a hand-over: the old token must be paused, so that nothing follows its closing entry, and the
 * holds of trades under way have ended, since their other halves cannot be carried. A pledge of whose units the pledges
 * before it have left none cannot be made anew.
 */
export function notReady(closing: IssueState): NotReady | null {
  if (!decodePolicy(closing.policy).paused) return "NOT_PAUSED";
  const holds = [...closing.holds.values()];
  if (holds.some(({ kind }) => passing.includes(kind))) return "OPEN_REQUEST";
  return holds.some((hold) => hold.behind !== null && unitsBehind(holds, hold.behind) === 0n)
    ? "PLEDGE_WITHOUT_UNITS"
    : null;
}

/** The opening that equals a closing state. */
export function openingOf(closing: IssueState): Opening {
  const holds = [...closing.holds.values()];
  return {
    issues: accountsOf(closing).flatMap(({ account, lots }) =>
      lots.map(({ acquiredOn, units }) => ({
        to: account,
        units: units.toString(),
        acquiredOn: isoOfDay(acquiredOn),
      })),
    ),
    holds: holdRows(holds.filter(({ kind }) => kind !== holdKinds.FREEZE)),
    frozen: holds
      .filter(({ kind, claimed }) => kind === holdKinds.FREEZE && claimed > 0n)
      .map(({ account, claimed }) => ({ account, units: claimed.toString() })),
  };
}

/**
 * Whether the register that opened on the new contracts is the one that closed on the old: every account, lot, hold,
 * rank and frozen unit. @returns the first difference in words, or null when they are equal
 */
export function firstDifference(closing: IssueState, opening: IssueState): string | null {
  const [old, now] = [openingOf(closing), openingOf(opening)].map((of) => ({
    ...of,
    holds: of.holds.map(({ partOf: _, ...hold }) => hold),
  })) as [Compared, Compared];
  return (
    differsIn("lot", old.issues, now.issues) ??
    differsIn("hold", old.holds, now.holds) ??
    differsIn("frozen account", old.frozen, now.frozen) ??
    heldOf(closing, opening)
  );
}

/** What the contracts have of an opening. */
type Compared = Omit<Opening, "holds"> & { holds: Omit<OpeningHold, "partOf">[] };

function differsIn(what: string, old: readonly object[], now: readonly object[]): string | null {
  for (let at = 0; at < Math.max(old.length, now.length); at += 1) {
    const [closed, opened] = [JSON.stringify(old[at]), JSON.stringify(now[at])];
    if (closed !== opened)
      return `${what} ${at + 1} closed as ${closed ?? "none"} and opened as ${opened ?? "none"}`;
  }
  return null;
}

/** An attachment may wait for units that another hold has: what each has of them must be the same, too. */
function heldOf(closing: IssueState, opening: IssueState): string | null {
  const now = [...opening.holds.values()];
  for (const [at, { units }] of [...closing.holds.values()].entries()) {
    if (units !== now[at]?.units) return `hold ${at + 1} had ${units} of its units and has ${now[at]?.units}`;
  }
  return null;
}

const accountsOf = ({ holdings }: IssueState) =>
  [...holdings.values()].sort((a, b) => (a.account < b.account ? -1 : 1));

/** Units that the pledges with one first pledge have together. */
const unitsBehind = (holds: readonly Hold[], first: string): bigint =>
  holds
    .filter(({ id, behind }) => id === first || behind === first)
    .reduce((sum, { units }) => sum + units, 0n);

/**
 * Holds as they are made anew. Pledges behind one that has ended need it for a moment, so that they have again what they
 * have; what they claim beyond the units that are left falls away.
 */
function holdRows(holds: readonly Hold[]): OpeningHold[] {
  const rows: OpeningHold[] = [];
  const placeOf = new Map<string, number>();
  const firstPart = new Map<string, number>();
  const push = (row: Omit<OpeningHold, "partOf">, right: string | null) => {
    const place = rows.length + 1;
    const partOf = right === null ? null : (firstPart.get(right) ?? place);
    if (right !== null && partOf !== null) firstPart.set(right, partOf);
    rows.push({ ...row, partOf });
  };
  for (const hold of holds) {
    if (hold.behind === null) {
      placeOf.set(hold.id, rows.length + 1);
      push(rowOf(hold, hold.claimed, null), hold.partOf);
      continue;
    }
    const units = unitsBehind(holds, hold.behind);
    if (!placeOf.has(hold.behind)) {
      push({ ...rowOf(hold, units, null), to: null, ends: true }, null);
      placeOf.set(hold.behind, rows.length);
    }
    const dead = hold.claimed > units;
    push(rowOf(hold, dead ? units : hold.claimed, placeOf.get(hold.behind)!), hold.partOf);
  }
  return rows;
}

const rowOf = (
  { kind, account, target, controller, expiryMinutes }: Hold,
  units: bigint,
  behind: number | null,
): Omit<OpeningHold, "partOf"> => ({
  kind: holdKindOf(kind) ?? String(kind),
  account,
  to: target,
  controller,
  units: units.toString(),
  expiryMinutes,
  behind,
  ends: false,
});
