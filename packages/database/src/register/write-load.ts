import { decodeHold, zeroAddress } from "@genbo/domain/words";
import { mayOpenOrEnd } from "@genbo/register/fold";
import { emptyState, type Hold, type Holding, type PartialState } from "@genbo/register/state";
import type { Step } from "@genbo/register/step";
import { bareArray } from "../sql/bulk.ts";
import type { Queryable } from "../sql/connection.ts";
import { createHexTable, type HexTable } from "./hex-table.ts";
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
  /** All holds that were asked for, those that have ended too. */
  holds: HexTable;
}

function createStanding(): Standing {
  const persons = createHexTable(12);
  return {
    state: {
      ...emptyState(),
      holdings: createRestingHoldings(persons),
      accountsOfPerson: createPersonCounts(persons),
    },
    holds: createHexTable(32),
  };
}

/**
 * The present states of issues, as far as anybody has asked for them. The fold moves them on, so they are true as long as
 * all that was folded is also written, in the same order, and nobody else writes the register.
 */
export interface States {
  /**
   * The states of these issues, whole for what is touched (`touchedBy`).
   * @param personOf persons of accounts that have no units yet, so that their other accounts are counted
   */
  load(
    db: Queryable,
    touched: readonly Touched[],
    personOf: (account: string) => string | undefined,
  ): Promise<Map<string, PartialState>>;
  /** @throws when a step has changed the number of a person's accounts, and they were not counted before */
  checkCounted(issueId: string, step: Step): void;
  /** How many accounts and holds are in memory. */
  size(): number;
}

export function createStates(): States {
  const issues = new Map<string, Standing>();
  return {
    load: async (db, touched, personOf) => {
      for (const { state } of issues.values()) state.holdings.rest();
      const fresh = touched.filter(({ issueId }) => !issues.has(issueId));
      for (const { issueId } of fresh) issues.set(issueId, createStanding());
      const standing = (issueId: string) => issues.get(issueId) as Standing;
      await loadTotals(db, new Map(fresh.map(({ issueId }) => [issueId, standing(issueId).state])));
      const states = new Map(touched.map(({ issueId }) => [issueId, standing(issueId).state]));
      const holds = touched.map(({ issueId, holds: named }) =>
        asked(issueId, named, (hold) => add(standing(issueId).holds, hold)),
      );
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
      return states;
    },
    checkCounted: (issueId, { entry, accountsOfPerson }) => {
      for (const person of accountsOfPerson.keys())
        if (!issues.get(issueId)?.state.accountsOfPerson.wasAsked(person))
          throw new Error(
            `The accounts of ${person} were not counted before entry ${entry.seq} of ${issueId}.`,
          );
    },
    size: () =>
      [...issues.values()].reduce((sum, { state, holds }) => sum + state.holdings.size() + holds.size(), 0),
  };
}

/** What of `wanted` was never asked for; it is from now on. */
function asked(
  issueId: string,
  wanted: ReadonlySet<string>,
  isNew: (each: string) => boolean,
): [issueId: string, members: Set<string>] {
  return [issueId, new Set([...wanted].filter(isNew))];
}

/** @returns whether it was not there */
function add(table: HexTable, member: string): boolean {
  const next = table.size();
  return table.add(member) === next;
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

async function loadTotals(db: Queryable, states: ReadonlyMap<string, PartialState>): Promise<void> {
  for (const [issueId, figures] of await issueFigures(db, [...states.keys()]))
    Object.assign(states.get(issueId) as PartialState, figures);
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
