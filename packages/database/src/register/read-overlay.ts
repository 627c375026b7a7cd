import { dayOfIso } from "@genbo/domain/jst";
import { correct } from "@genbo/register/correct";
import { type Correction, correctionsOf, type Reaching } from "@genbo/register/rectification";
import { emptyState, type Holding } from "@genbo/register/state";
import type { Queryable } from "../sql/connection.ts";
import { type ChainEntryRow, chainEntryColumns, chainEntryOf } from "./chain-entry.ts";
import { type LotsJson, lotsFromJson } from "./lots-json.ts";
import type { Position } from "./read-position.ts";
import { pastRatiosOf } from "./read-ratios.ts";
import type { Overlay, RegisterRow } from "./row.ts";
import { heldBy } from "./standing.ts";

/** A state of the register as it is known at another, later or the same one. */
export interface Reading extends Position {
  knownAt: Position;
  /** Null where it is the chain's state: nothing that was known by then corrects it. */
  overlay: Overlay | null;
}

/**
 * What stood at `asOf`, as known at `knownAt`: the chain's state there with every correction entered after it by then.
 * @param knownAt not before `asOf`
 */
export async function readingOf(db: Queryable, asOf: Position, knownAt: Position): Promise<Reading> {
  const corrections = await correctionsBetween(db, asOf, knownAt);
  if (corrections.length === 0) return { ...asOf, knownAt, overlay: null };
  return { ...asOf, knownAt, ...(await overlayOf(db, asOf, corrections)) };
}

/** The corrections that touch a state: entered after it and not after `until`, with effect from it or before. */
export async function correctionsBetween(
  db: Queryable,
  at: Pick<Position, "issueId" | "seq" | "legalTime">,
  until: Pick<Position, "seq"> = { seq: Number.MAX_SAFE_INTEGER },
): Promise<Reaching[]> {
  if (until.seq <= at.seq) return [];
  const known = await correctionsUpTo(db, at.issueId, until.seq);
  return correctionsOf({ seq: at.seq, time: at.legalTime }, known);
}

interface EntryRow extends ChainEntryRow {
  corrects: bigint | null;
  effective_on: string | null;
  correctedUnits: bigint | null;
}

/** Every correction of an issue up to a number: those before a state are needed to tell from where later ones have effect. */
export async function correctionsUpTo(db: Queryable, issueId: string, seq: number): Promise<Correction[]> {
  const found = await db.query<EntryRow>({
    name: "register-corrections",
    text: `select ${chainEntryColumns}, corrects, effective_on,
        (select w.units from entry w where w.issue_id = $1 and w.seq = entry.corrects) as "correctedUnits"
      from entry where issue_id = $1 and seq <= $2 and (corrects is not null or effective_on is not null)
      order by seq`,
    values: [issueId, seq],
  });
  return found.rows.map(({ corrects, effective_on: day, correctedUnits, ...row }) => ({
    entry: chainEntryOf(row),
    corrects: corrects === null ? null : Number(corrects),
    effectiveOn: day === null ? null : dayOfIso(day)!,
    correctedUnits,
  }));
}

async function overlayOf(
  db: Queryable,
  at: Position,
  corrections: readonly Reaching[],
): Promise<{ overlay: Overlay; totals: Position["totals"] }> {
  const touched = [...new Set(corrections.flatMap(({ entry }) => [entry.from, entry.to]))];
  const accounts = await accountsOfPersons(db, at, touched);
  const ratios = await pastRatiosOf(db, at.issueId, touched);
  const state = { ...emptyState(), ...at.totals, seq: at.seq };
  for (const { holding } of accounts.values()) {
    if (holding === null) continue;
    state.holdings.set(holding.account, holding);
    state.accountsOfPerson.set(holding.person, (state.accountsOfPerson.get(holding.person) ?? 0) + 1);
  }
  const { made, impossible } = correct(
    state,
    corrections,
    (account) => accounts.get(account)?.person,
    ratios,
  );
  const rows = touched.flatMap((account) => {
    const { custodian } = accounts.get(account) ?? { custodian: 0 };
    const holding = state.holdings.get(account);
    return [[account, { row: holding === undefined ? null : rowOf(holding), custodian }] as const];
  });
  const { units, holders, accounts: count } = state;
  const persons = [...new Set([...accounts.values()].map(({ person }) => person))];
  const holdings = [...state.holdings.values()];
  return {
    overlay: { made, impossible, accounts: new Map(rows), persons, holdings },
    totals: { units, holders, accounts: count },
  };
}

const rowOf = ({ person, lots, ...holding }: Holding): RegisterRow => ({
  ...holding,
  lots: [...lots],
  personId: person,
});

interface AccountRow {
  address: string;
  person: string;
  custodian: number;
  units: bigint | null;
  encumbered: bigint;
  lots: LotsJson;
  from_seq: bigint;
}

type AccountAt = Pick<AccountRow, "person" | "custodian"> & { holding: Holding | null };

/** These accounts and every other one of their persons, with what they held at a state. */
async function accountsOfPersons(
  db: Queryable,
  { issueId, seq }: Position,
  accounts: readonly string[],
): Promise<Map<string, AccountAt>> {
  const found = await db.query<AccountRow>({
    name: "register-accounts-of-persons",
    text: `select a.address, a.person_id as person, a.custodian_id as custodian, p.units, p.encumbered, p.lots, p.from_seq
      from account a left join lateral ${heldBy("$1", "a.address", "$2")} p on true
      where a.person_id in (select person_id from account where address = any($3)) order by a.address`,
    values: [issueId, seq, accounts],
  });
  return new Map(found.rows.map((row) => [row.address, { ...row, holding: holdingOf(row) }]));
}

function holdingOf({ address, person, units, encumbered, lots, from_seq }: AccountRow): Holding | null {
  if (units === null) return null;
  return { account: address, person, units, encumbered, lots: lotsFromJson(lots), fromSeq: Number(from_seq) };
}
