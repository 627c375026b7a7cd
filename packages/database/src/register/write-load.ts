import { decodeHold, zeroAddress } from "@genbo/domain/words";
import { mayOpenOrEnd } from "@genbo/register/fold";
import { emptyState, type Hold, type Holding, type PartialState } from "@genbo/register/state";
import type { PersonOf, Step } from "@genbo/register/step";
import { bareArray } from "../sql/bulk.ts";
import type { Queryable } from "../sql/connection.ts";
import { createHexTable } from "./hex-table.ts";
import { type LotsJson, lotsFromJson } from "./lots-json.ts";
import { createPersonCounts, type PersonCounts } from "./person-counts.ts";
import { createRestingHoldings, type RestingHoldings } from "./resting.ts";
import { heldBy } from "./standing.ts";

/** What the next entries of an issue touch. */
export interface Touched {
  issueId: string;
  accounts: ReadonlySet<string>;
  holds: ReadonlySet<string>;
  leaving: ReadonlyMap<string, bigint>;
}

/** What is in memory of an issue: of all that was asked for, what there is of it. */
interface Standing {
  state: PartialState & { holdings: RestingHoldings; accountsOfPerson: PersonCounts };
  /**
   * Ids of holds that this lot and the one before name. What the one before ended is not written yet, so the database may
   * still call it open; what ended earlier is written, and may be asked for again.
   */
  named: { now: ReadonlySet<string>; before: ReadonlySet<string> };
  /** Whether it is here since before its first entry: what is not in memory is not there, and nobody need be asked. */
  isWhole: boolean;
}

const nobody: ReadonlySet<string> = new Set();

function createStanding(isWhole: boolean): Standing {
  const persons = createHexTable(12);
  return {
    state: {
      ...emptyState(),
      holdings: createRestingHoldings(persons),
      accountsOfPerson: createPersonCounts(persons),
    },
    named: { now: nobody, before: nobody },
    isWhole,
  };
}

/**
 * The present states of issues, as far as anybody has asked for them. The fold moves them on, so they are true as long as
 * all that was folded is also written, in the same order, and nobody else writes the register.
 */
export interface States {
  /**
   * The states of these issues, whole for what is touched (`touchedBy`). Once for each lot, when all lots but the last
   * one before are written.
   * @param personOf persons of accounts that have no units yet, so that their other accounts are counted
   */
  load(db: Queryable, touched: readonly Touched[], personOf: PersonOf): Promise<Map<string, PartialState>>;
  /** @throws when a step has changed the number of a person's accounts, and they were not counted before */
  checkCounted(issueId: string, step: Step): void;
  /** How many accounts and open holds are in memory. */
  size(): number;
}

export function createStates(): States {
  const issues = new Map<string, Standing>();
  const standing = (issueId: string) => issues.get(issueId) as Standing;
  /** Those that nobody has asked for yet, with their figures. */
  const begin = async (db: Queryable, touched: readonly Touched[]) => {
    const fresh = touched.map(({ issueId }) => issueId).filter((issueId) => !issues.has(issueId));
    if (fresh.length === 0) return;
    const figures = await issueFigures(db, fresh);
    for (const issueId of fresh) {
      const own = figures.get(issueId);
      const made = createStanding(own === undefined);
      Object.assign(made.state, own);
      issues.set(issueId, made);
    }
  };
  return {
    load: async (db, touched, personOf) => {
      for (const each of issues.values()) {
        each.state.holdings.rest();
        each.named = { now: nobody, before: each.named.now };
      }
      await begin(db, touched);
      const partly = touched.filter(({ issueId }) => !standing(issueId).isWhole);
      if (partly.length > 0) await fill(db, standing, partly, personOf);
      return new Map(touched.map(({ issueId }) => [issueId, standing(issueId).state]));
    },
    checkCounted: (issueId, { entry, accountsOfPerson }) => {
      const { isWhole, state } = standing(issueId);
      if (isWhole) return;
      for (const person of accountsOfPerson.keys())
        if (!state.accountsOfPerson.wasAsked(person))
          throw new Error(
            `The accounts of ${person} were not counted before entry ${entry.seq} of ${issueId}.`,
          );
    },
    size: () =>
      [...issues.values()].reduce((sum, { state }) => sum + state.holdings.size() + state.holds.size, 0),
  };
}

/** Asks for what is touched and was never asked for. */
async function fill(
  db: Queryable,
  standing: (issueId: string) => Standing,
  touched: readonly Touched[],
  personOf: PersonOf,
): Promise<void> {
  const states = new Map(touched.map(({ issueId }) => [issueId, standing(issueId).state]));
  const holds = touched.map(({ issueId, holds: now }) => {
    const { state, named } = standing(issueId);
    standing(issueId).named = { ...named, now };
    return asked(issueId, now, (hold) => !state.holds.has(hold) && !named.before.has(hold));
  });
  const accounts = new Map(
    touched.map(({ issueId, accounts: named }) =>
      asked(issueId, named, standing(issueId).state.holdings.ask),
    ),
  );
  await loadHolds(db, states, holds, (issueId, account) => {
    if (standing(issueId).state.holdings.ask(account)) accounts.get(issueId)?.add(account);
  });
  await loadHoldings(db, states, accounts);
  const persons = touched.map(({ issueId, accounts: named, leaving }) => {
    const { holdings, accountsOfPerson } = standing(issueId).state;
    const found = new Set<string>();
    for (const account of named) {
      const holding = holdings.get(account);
      if (!mayOpenOrEnd(holding, leaving.get(account) ?? 0n)) continue;
      const person = holding?.person ?? personOf(account);
      if (person !== undefined) found.add(person);
    }
    return asked(issueId, found, accountsOfPerson.ask);
  });
  await countAccounts(db, states, persons);
}

/** What of `wanted` was never asked for; it is from now on. */
function asked(
  issueId: string,
  wanted: ReadonlySet<string>,
  isNew: (each: string) => boolean,
): [issueId: string, members: Set<string>] {
  return [issueId, new Set([...wanted].filter(isNew))];
}

/** An issue's figures as the register has them. */
export type Figures = Pick<PartialState, "seq" | "head" | "units" | "holders" | "accounts" | "policy">;

/** The present figures of these issues; those without an entry are left out. */
export async function issueFigures(
  db: Queryable,
  issueIds: readonly string[],
): Promise<Map<string, Figures>> {
  if (issueIds.length === 0) return new Map();
  const result = await db.query<{
    issue_id: string;
    seq: bigint;
    head: string;
    units: bigint;
    holders: number;
    accounts: number;
    policy: string;
  }>(
    "select issue_id, seq, head, units, holders, accounts, policy from issue_state where issue_id = any($1)",
    [issueIds],
  );
  return new Map(
    result.rows.map(({ issue_id, seq, ...figures }) => [issue_id, { ...figures, seq: Number(seq) }]),
  );
}

interface HoldRow {
  issue_id: string;
  id: string;
  account: string;
  target: string | null;
  kind: number;
  controller: string | null;
  units: bigint;
  claimed: bigint;
  behind: string | null;
  part_of: string | null;
  accepted: boolean;
  data: string;
  from_seq: bigint;
}

async function loadHolds(
  db: Queryable,
  states: ReadonlyMap<string, PartialState>,
  holds: readonly (readonly [string, ReadonlySet<string>])[],
  found: (issueId: string, account: string) => void,
): Promise<void> {
  const [issueIds, ids] = pairs(holds);
  if (ids.length === 0) return;
  const result = await db.query<HoldRow>(
    `select h.issue_id, h.id, h.account, h.target, h.kind, h.controller, h.units, h.claimed, h.behind, h.part_of, h.accepted, h.data, h.from_seq
     from unnest($1::text[], $2::text[]) as t (issue_id, id) join hold h using (issue_id, id) where h.to_seq is null`,
    [bareArray(issueIds), bareArray(ids)],
  );
  for (const row of result.rows) {
    states.get(row.issue_id)?.holds.set(row.id, holdOf(row));
    found(row.issue_id, row.account);
  }
}

function holdOf(row: HoldRow): Hold {
  return {
    id: row.id,
    account: row.account,
    target: row.target,
    kind: row.kind,
    controller: row.controller ?? zeroAddress,
    units: row.units,
    claimed: row.claimed,
    behind: row.behind,
    partOf: row.part_of,
    expiryMinutes: decodeHold(row.data).expiryMinutes,
    accepted: row.accepted,
    data: row.data,
    fromSeq: Number(row.from_seq),
    toSeq: null,
  };
}

interface HoldingRow {
  issue_id: string;
  account: string;
  person_id: string;
  from_seq: bigint;
  units: bigint;
  encumbered: bigint;
  lots: LotsJson;
}

async function loadHoldings(
  db: Queryable,
  states: ReadonlyMap<string, PartialState>,
  accounts: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const [issueIds, addresses] = pairs([...accounts]);
  if (addresses.length === 0) return;
  const result = await db.query<HoldingRow>(
    `select p.issue_id, p.account, p.person_id, p.from_seq, p.units, p.encumbered, p.lots
     from unnest($1::text[], $2::text[]) as t (issue_id, account) cross join lateral ${heldBy("t.issue_id", "t.account")} p`,
    [bareArray(issueIds), bareArray(addresses)],
  );
  for (const row of result.rows) states.get(row.issue_id)?.holdings.set(row.account, holdingOf(row));
}

function holdingOf(row: HoldingRow): Holding {
  return {
    account: row.account,
    person: row.person_id,
    units: row.units,
    encumbered: row.encumbered,
    lots: lotsFromJson(row.lots),
    fromSeq: Number(row.from_seq),
  };
}

async function countAccounts(
  db: Queryable,
  states: ReadonlyMap<string, PartialState>,
  persons: readonly (readonly [string, ReadonlySet<string>])[],
): Promise<void> {
  const [issueIds, personIds] = pairs(persons);
  if (personIds.length === 0) return;
  const result = await db.query<{ issue_id: string; person_id: string; accounts: bigint }>(
    // Person by person: "offset 0" keeps PostgreSQL from joining, for which it may read every account.
    `select t.issue_id, t.person_id, count(*) as accounts
     from unnest($1::text[], $2::text[]) as t (issue_id, person_id)
     cross join lateral (select address from account where person_id = t.person_id offset 0) a
     cross join lateral ${heldBy("t.issue_id", "a.address")} p group by t.issue_id, t.person_id`,
    [bareArray(issueIds), bareArray(personIds)],
  );
  for (const row of result.rows) {
    states.get(row.issue_id)?.accountsOfPerson.set(row.person_id, Number(row.accounts));
  }
}

/** Two columns for unnest: each issue with each of its members. */
function pairs(groups: readonly (readonly [string, ReadonlySet<string>])[]): [string[], string[]] {
  const issueIds: string[] = [];
  const members: string[] = [];
  for (const [issueId, group] of groups) {
    for (const member of group) {
      issueIds.push(issueId);
      members.push(member);
    }
  }
  return [issueIds, members];
}
