import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import { holdsAfter } from "@genbo/register/hold";
import type { Hold } from "@genbo/register/state";
import type { Queryable } from "../sql/connection.ts";
import { type ChainEntryRow, chainEntryColumns, chainEntryOf } from "./chain-entry.ts";
import { claimsOf, everInFavourOf, ranksOf } from "./read-pledges.ts";
import type { StateOf } from "./read-position.ts";

/** A hold that stood at a position. */
export interface HoldAt extends Hold {
  personId: string | null;
  targetPersonId: string | null;
  /** Of a pledge: what it secures, where that was stated. */
  claim: string | null;
  /** Of a pledge: its rank among those on the same units. */
  rank: number | null;
  /** Its id and, of a part, those of what it was part of: their lines are its own. */
  lines: readonly string[];
}

export interface HoldsQuery {
  /** Holds on, or in favour of, accounts that this broker keeps. */
  custodianId?: number;
  after?: string | undefined;
  limit: number;
}

export interface HoldsPage {
  /** By id. */
  rows: HoldAt[];
  next: string | null;
}

/** The open holds of an issue as of a position, each as its entries up to there left it. */
export async function holdsPage(db: Queryable, at: StateOf, query: HoldsQuery): Promise<HoldsPage> {
  const { issueId, seq } = at;
  const { custodianId = null, after = "", limit } = query;
  const found = await db.query<Named>({
    name: "holds-page",
    text: `select h.id, h.part_of as "partOf"
      from hold h
      left join account a on a.address = h.account left join account t on t.address = h.target
      where h.issue_id = $1 and h.from_seq <= $2 and (h.to_seq is null or h.to_seq > $2) and h.id > $3
        and ($4::int is null or a.custodian_id = $4 or t.custodian_id = $4
          or h.controller = (select signer from party where custodian_id = $4))
      order by h.id limit $5`,
    values: [issueId, seq, after, custodianId, limit + 1],
  });
  const page = found.rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: await openOnes(db, at, page),
    next: found.rows.length > limit && last !== undefined ? last.id : null,
  };
}

/** The open holds of one kind as of a position on any of these accounts, or in favour of them; by id. */
export async function holdsOf(
  db: Queryable,
  at: StateOf,
  of: { side: "account" | "target"; accounts: readonly string[]; kind?: number },
): Promise<HoldAt[]> {
  const { issueId, seq } = at;
  const { side, accounts, kind = null } = of;
  const others = await (side === "target" ? everInFavourOf : holdsCarriedFrom)(db, issueId, accounts);
  const found = await db.query<Named>({
    name: `holds-of-${side}`,
    text: `select id, part_of as "partOf" from hold
      where issue_id = $1 and from_seq <= $2 and (to_seq is null or to_seq > $2)
        and (id = any($3) or account = any($5)) and ($4::int is null or kind = $4)
      order by id`,
    values: [issueId, seq, others, kind, side === "target" ? [] : accounts],
  });
  const wanted = new Set(accounts);
  return (await openOnes(db, at, found.rows)).filter((hold) => wanted.has(hold[side] ?? ""));
}

/** Holds that stood on one of these accounts before they went with its units to another one, by recovery or succession. */
async function holdsCarriedFrom(
  db: Queryable,
  issueId: string,
  accounts: readonly string[],
): Promise<string[]> {
  const found = await db.query<{ id: string }>({
    name: "holds-carried-from",
    text: `select distinct ref as id from entry
      where issue_id = $1 and from_account = any($2) and to_account <> from_account
        and kind in (${entryKinds.HOLD_CHANGED}, ${entryKinds.HOLD_SUCCEEDED})`,
    values: [issueId, accounts],
  });
  return found.rows.map(({ id }) => id);
}

/** A hold, with the undivided one where it is a part. */
interface Named {
  id: string;
  partOf: string | null;
}

async function openOnes(db: Queryable, at: StateOf, rows: readonly Named[]): Promise<HoldAt[]> {
  const ids = rows.map(({ id }) => id);
  const { standing, linesOf } = await holdsAt(db, at, rows);
  const pledges = ids.filter((id) => standing.get(id)?.kind === holdKinds.PLEDGE);
  const claims = await claimsOf(db, at, new Map(pledges.map((id) => [id, linesOf(id)])));
  const ranks = await ranksOf(db, at, pledges);
  const persons = await personsOf(
    db,
    [...standing.values()].flatMap(({ account, target }) => [account, target]),
  );
  const known = await asKnown(db, at, standing);
  return ids.flatMap((id) => {
    const hold = known.get(id);
    // Frozen units that were all set free again are no hold, though their line goes on.
    if (hold === undefined || hold.claimed === 0n) return [];
    const personId = persons.get(hold.account) ?? null;
    const targetPersonId = persons.get(hold.target ?? "") ?? null;
    const [claim, rank] = [claims.get(id) ?? null, ranks.get(id) ?? null];
    return [{ ...hold, claim, rank, lines: linesOf(id), personId, targetPersonId }];
  });
}

async function personsOf(db: Queryable, accounts: readonly (string | null)[]): Promise<Map<string, string>> {
  if (accounts.length === 0) return new Map();
  const found = await db.query<{ address: string; person: string }>({
    name: "persons-of-accounts",
    text: "select address, person_id as person from account where address = any($1)",
    values: [[...new Set(accounts)]],
  });
  return new Map(found.rows.map(({ address, person }) => [address, person]));
}

/**
 * Holds as far as their accounts had the units, as is known now: a correction takes units out of any hold (ADR 0020), of
 * several on an account out of the last one first.
 */
async function asKnown(
  db: Queryable,
  at: StateOf,
  standing: ReadonlyMap<string, Hold>,
): Promise<ReadonlyMap<string, Hold>> {
  const corrected = at.overlay?.accounts;
  const accounts = [...standing.values()]
    .map(({ account }) => account)
    .filter((each) => corrected?.has(each));
  if (corrected === undefined || accounts.length === 0) return standing;
  const all = await holdsOf(db, { ...at, overlay: null }, { side: "account", accounts });
  const encumbered = new Map(accounts.map((each) => [each, corrected.get(each)?.row?.encumbered ?? 0n]));
  const left = new Map(encumbered);
  const known = new Map(standing);
  for (const { id, account, kind, units, claimed } of all.sort((a, b) => a.fromSeq - b.fromSeq)) {
    const [most, free] = [encumbered.get(account)!, left.get(account)!];
    const lost = units > free ? units - free : 0n;
    left.set(account, free - (units - lost));
    const hold = standing.get(id);
    // A pledge behind others claims no more than what these had.
    const waits = kind === holdKinds.PLEDGE && claimed - lost > most ? most : claimed - lost;
    if (hold !== undefined) known.set(id, { ...hold, units: units - lost, claimed: waits });
  }
  return known;
}

/**
 * Holds as their entries up to a position left them. Of a part these begin with those of the hold that was divided.
 * @returns also of what holds the lines are a hold's: its own and, of a part, those that it was part of
 */
async function holdsAt(
  db: Queryable,
  { issueId, seq }: StateOf,
  named: readonly Named[],
): Promise<{ standing: Map<string, Hold>; linesOf: (id: string) => string[] }> {
  const [standing, partedFrom] = [new Map<string, Hold>(), new Map<string, string>()];
  const linesOf = (id: string): string[] => {
    const from = partedFrom.get(id);
    return from === undefined ? [id] : [...linesOf(from), id];
  };
  if (named.length === 0) return { standing, linesOf };
  const ids = named.map(({ id }) => id);
  const found = await db.query<ChainEntryRow>({
    name: "entries-of-holds",
    text: `select ${chainEntryColumns}
      from entry where ref = any($2) and issue_id = $1 and seq <= $3
        and (kind between 6 and 10 or kind > 14 or (kind = 12 and from_account is not null and to_account is null)) order by seq`,
    values: [issueId, [...ids, ...(await familiesOf(db, issueId, named))], seq],
  });
  for (const row of found.rows) {
    for (const hold of holdsAfter(standing.get(row.ref) ?? null, chainEntryOf(row))) {
      standing.set(hold.id, hold);
      if (hold.id !== row.ref) partedFrom.set(hold.id, row.ref);
    }
  }
  const asked = new Set(ids);
  for (const id of standing.keys()) if (!asked.has(id)) standing.delete(id);
  return { standing, linesOf };
}

/** The undivided holds of parts, and all parts of these. */
async function familiesOf(db: Queryable, issueId: string, named: readonly Named[]): Promise<string[]> {
  const whole = [...new Set(named.flatMap(({ partOf }) => partOf ?? []))];
  if (whole.length === 0) return [];
  const text = "select id from hold where issue_id = $1 and part_of = any($2)";
  const found = await db.query<{ id: string }>(text, [issueId, whole]);
  return [...whole, ...found.rows.map(({ id }) => id)];
}
