import { decodeHold, zeroAddress } from "@genbo/domain/words";
import { emptyState, type Hold, type Holding, type IssueState } from "@genbo/register/state";
import type { Queryable } from "./connection.ts";
import { type LotsJson, lotsFromJson } from "./lots-json.ts";

/** What the next entries of an issue touch. */
export interface Touched {
  issueId: string;
  accounts: ReadonlySet<string>;
  holds: ReadonlySet<string>;
}

/**
 * The present states of issues, as far as the given accounts and holds (with the accounts of those holds) go.
 * @param personOf persons of accounts that have no units yet, so that their other accounts are counted
 */
export async function loadStates(
  db: Queryable,
  touched: readonly Touched[],
  personOf: (account: string) => string | undefined,
): Promise<Map<string, IssueState>> {
  const states = new Map(touched.map(({ issueId }) => [issueId, emptyState()]));
  if (touched.length === 0) return states;
  await loadTotals(db, states);
  const accounts = new Map(touched.map(({ issueId, accounts: named }) => [issueId, new Set(named)]));
  await loadHolds(db, states, accounts, touched);
  await loadHoldings(db, states, accounts);
  await countAccounts(db, states, accounts, personOf);
  return states;
}

async function loadTotals(db: Queryable, states: Map<string, IssueState>): Promise<void> {
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
    [[...states.keys()]],
  );
  for (const { issue_id, seq, ...totals } of result.rows) {
    Object.assign(states.get(issue_id) as IssueState, totals, { seq: Number(seq) });
  }
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
  accepted: boolean;
  data: string;
  from_seq: bigint;
}

async function loadHolds(
  db: Queryable,
  states: Map<string, IssueState>,
  accounts: Map<string, Set<string>>,
  touched: readonly Touched[],
): Promise<void> {
  const [issueIds, ids] = pairs(touched.map(({ issueId, holds }) => [issueId, holds]));
  if (ids.length === 0) return;
  const result = await db.query<HoldRow>(
    `select h.issue_id, h.id, h.account, h.target, h.kind, h.controller, h.units, h.claimed, h.behind, h.accepted, h.data, h.from_seq
     from unnest($1::text[], $2::text[]) as t (issue_id, id) join hold h using (issue_id, id) where h.to_seq is null`,
    [issueIds, ids],
  );
  for (const row of result.rows) {
    states.get(row.issue_id)?.holds.set(row.id, holdOf(row));
    accounts.get(row.issue_id)?.add(row.account);
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
  states: Map<string, IssueState>,
  accounts: Map<string, Set<string>>,
): Promise<void> {
  const [issueIds, addresses] = pairs([...accounts]);
  if (addresses.length === 0) return;
  const result = await db.query<HoldingRow>(
    `select p.issue_id, p.account, p.person_id, p.from_seq, p.units, p.encumbered, p.lots
     from unnest($1::text[], $2::text[]) as t (issue_id, account) join holding_period p using (issue_id, account)
     where p.to_seq is null`,
    [issueIds, addresses],
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
  states: Map<string, IssueState>,
  accounts: Map<string, Set<string>>,
  personOf: (account: string) => string | undefined,
): Promise<void> {
  const persons = [...accounts].map(([issueId, addresses]): [string, Set<string>] => {
    const { holdings } = states.get(issueId) as IssueState;
    const found = [...addresses].map((address) => holdings.get(address)?.person ?? personOf(address));
    return [issueId, new Set(found.filter((person) => person !== undefined))];
  });
  const [issueIds, personIds] = pairs(persons);
  if (personIds.length === 0) return;
  const result = await db.query<{ issue_id: string; person_id: string; accounts: bigint }>(
    // Account by account, so that each is one probe whatever PostgreSQL believes of the tables' sizes.
    `select t.issue_id, t.person_id, count(*) as accounts
     from unnest($1::text[], $2::text[]) as t (issue_id, person_id) join account a using (person_id)
     cross join lateral (
       select 1 from holding_period where issue_id = t.issue_id and account = a.address and to_seq is null limit 1
     ) p group by t.issue_id, t.person_id`,
    [issueIds, personIds],
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
