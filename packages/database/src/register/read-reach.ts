import { type Day, startOfDay } from "@genbo/domain/jst";
import { correct, enterThen } from "@genbo/register/correct";
import { FoldError } from "@genbo/register/fold-error";
import { correctionsOf } from "@genbo/register/rectification";
import { type ChainEntry, emptyState, type Holding, type IssueState } from "@genbo/register/state";
import type { PersonOf } from "@genbo/register/step";
import { type AsThen, asThen } from "@genbo/register/units-then";
import type { Queryable } from "../sql/connection.ts";
import { type LotsJson, lotsFromJson } from "./lots-json.ts";
import { correctionsUpTo } from "./read-overlay.ts";
import { positionOf } from "./read-position.ts";
import { pastRatiosOf } from "./read-ratios.ts";
import { periodsOf } from "./standing.ts";
import { accountParties } from "./write-registry.ts";

/** Why entries that reach back cannot be true of every state from there on. */
export type PastFault = "UNITS_MOVED_ON" | "LOT_CLOSED" | "UNITS_DO_NOT_DIVIDE";

/** From just after an entry, or from the beginning of a JST day. */
export type Since = { seq: number } | { day: Day };

/**
 * Whether entries that are still to be made can have effect from an earlier time: every state since then, as it is known
 * now, must have the units and the lots that they move.
 */
export async function pastFaults(
  db: Queryable,
  issueId: string,
  since: Since,
  planned: readonly ChainEntry[],
): Promise<PastFault[]> {
  const first = "seq" in since ? since : await positionOf(db, issueId, { asOf: startOfDay(since.day) });
  const known = await correctionsUpTo(db, issueId, Number.MAX_SAFE_INTEGER);
  const moved = [...planned, ...known.map(({ entry }) => entry)].flatMap(({ from, to }) => [from, to]);
  const accounts = [...new Set(moved)];
  const parties = await accountParties(db, accounts);
  const personOf: PersonOf = (account) => parties.get(account)?.person;
  const ratios = await pastRatiosOf(db, issueId, accounts);
  const faults = new Set<PastFault>();
  for (const state of await statesSince(db, issueId, first?.seq ?? 0, accounts)) {
    const now = { ...emptyState(), seq: state.seq, holdings: state.holdings };
    correct(now, correctionsOf(state, known), personOf, ratios);
    const fault = faultOf(now, (entry) => asThen(state.seq, { entry }, ratios), planned, personOf);
    if (fault !== undefined) faults.add(fault);
  }
  return [...faults];
}

function faultOf(
  state: IssueState,
  thenOf: (entry: ChainEntry) => AsThen,
  planned: readonly ChainEntry[],
  personOf: PersonOf,
): PastFault | undefined {
  let shortfall = 0n;
  for (const entry of planned) {
    try {
      shortfall += enterThen(state, thenOf(entry), personOf);
    } catch (error) {
      if (!(error instanceof FoldError)) throw error;
      return error.fault === "INDIVISIBLE" ? "UNITS_DO_NOT_DIVIDE" : "UNITS_MOVED_ON";
    }
  }
  return shortfall > 0n ? "LOT_CLOSED" : undefined;
}

interface PeriodRow {
  account: string;
  person_id: string;
  from_seq: bigint;
  to_seq: bigint | null;
  units: bigint;
  encumbered: bigint;
  lots: LotsJson;
}

interface PastState {
  seq: number;
  time: Date;
  holdings: Map<string, Holding>;
}

/** What these accounts held just after an entry, and after each later one that changed it. */
async function statesSince(
  db: Queryable,
  issueId: string,
  seq: number,
  accounts: readonly string[],
): Promise<PastState[]> {
  const found = await db.query<PeriodRow>({
    name: "periods-since",
    text: `select account, person_id, from_seq, to_seq, units, encumbered, lots from ${periodsOf("$1", "$3")} p
      where to_seq is null or to_seq > $2 order by from_seq`,
    values: [issueId, seq, accounts],
  });
  const ends = found.rows.flatMap(({ from_seq: from, to_seq: to }) => [from, ...(to === null ? [] : [to])]);
  const points = [...new Set([seq, ...ends.map(Number).filter((at) => at > seq)])].sort((a, b) => a - b);
  const times = await db.query<{ seq: bigint; time: Date }>({
    name: "times-of-entries",
    text: "select seq, block_time as time from entry where issue_id = $1 and seq = any($2)",
    values: [issueId, points],
  });
  const timeOf = new Map(times.rows.map((row) => [Number(row.seq), row.time]));
  return points.map((at) => ({
    seq: at,
    time: timeOf.get(at) ?? new Date(0),
    holdings: holdingsAt(found.rows, at),
  }));
}

const holdingsAt = (periods: readonly PeriodRow[], seq: number): Map<string, Holding> =>
  new Map(
    periods
      .filter(({ from_seq: from, to_seq: to }) => from <= seq && (to === null || to > seq))
      .map((row) => [
        row.account,
        {
          account: row.account,
          person: row.person_id,
          units: row.units,
          encumbered: row.encumbered,
          lots: lotsFromJson(row.lots),
          fromSeq: Number(row.from_seq),
        },
      ]),
  );
