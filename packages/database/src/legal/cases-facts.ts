import type { CaseAccount, CaseHold, Situation } from "@genbo/domain/cases/situation";
import { entryKinds } from "@genbo/domain/entry-kinds";
import { dayOf, jstDay } from "@genbo/domain/jst";
import { decodePolicy } from "@genbo/domain/policy-word";
import type { ProfileName } from "@genbo/domain/profiles";
import { isQuarantined } from "../register/breaks.ts";
import { marksAt } from "../register/read-marks.ts";
import { heldBy } from "../register/standing.ts";
import type { Queryable } from "../sql/connection.ts";
import { correctedEntry } from "./cases-corrected.ts";
import { servedUnits } from "./served-units.ts";

/** What a case concerns. */
export interface CaseScope {
  issueId: string;
  accounts: readonly string[];
  holdId: string | undefined;
  /** The number of an entry that it corrects. */
  corrects: number | undefined;
  now: Date;
}

export interface IssueOfCase {
  id: string;
  state: string;
  token: string | null;
  trusteeId: string;
  quarantined: boolean;
}

/** What the register says about a case now. */
export interface CaseSituation extends Situation {
  issue: IssueOfCase;
  /** Brokers that keep the accounts that it names. */
  brokerIds: string[];
}

/** Undefined for an issue that is not there. */
export async function caseSituation(db: Queryable, scope: CaseScope): Promise<CaseSituation | undefined> {
  const { issueId, holdId, now } = scope;
  const issue = await issueOf(db, issueId);
  if (issue === undefined) return undefined;
  const named = holdId === undefined ? [] : await openHolds(db, "id", issueId, [holdId]);
  const corrected =
    scope.corrects === undefined ? undefined : await correctedEntry(db, issueId, scope.corrects);
  const parties = [corrected?.from, corrected?.to].filter((account) => account != null);
  const concerned = [...new Set([...scope.accounts, ...named.map(({ account }) => account), ...parties])];
  const rows = await accountsOfPersons(db, issueId, concerned);
  const addresses = rows.map(({ address }) => address);
  const holds = await openHolds(db, "account", issueId, addresses);
  const brokers = rows.filter(({ address }) => concerned.includes(address)).map(({ brokerId }) => brokerId);
  return {
    now,
    issue,
    profile: issue.profile,
    policy: decodePolicy(issue.policy),
    successionKeepsDates: issue.successionKeepsDates,
    trustee: issue.trustee,
    signers: await signersAmong(db, holds),
    accounts: new Map(rows.map(({ brokerId: _, ...account }) => [account.address, account])),
    holds,
    marks: await marksAt(db, { issueId, seq: Number(issue.seq) }, addresses),
    brokerIds: [...new Set(brokers.filter((id) => id !== null))],
    ...(corrected && { corrected }),
    ...(issue.began && { firstDay: jstDay(issue.began) }),
    ...(issue.issuedOn !== null && { issuedOn: dayOf(issue.issuedOn) }),
  };
}

/** Corrections are held against it themselves, but for those of an issue's own days. */
const issuedOn = `least(
  (select min(acquired_on) from entry where issue_id = i.id and kind = ${entryKinds.ISSUE}),
  (select min(acquired_on) from entry where issue_id = i.id and kind = ${entryKinds.MARK} and corrects is not null))`;

async function issueOf(db: Queryable, id: string) {
  const found = await db.query<
    IssueOfCase & {
      policy: string;
      trustee: string;
      profile: ProfileName;
      seq: bigint;
      began: Date | null;
      issuedOn: string | null;
      successionKeepsDates: boolean;
    }
  >({
    name: "case-issue",
    text: `select i.id, i.state, i.token, i.trustee_id as "trusteeId", p.signer as trustee, i.profile,
        i.succession_keeps_dates as "successionKeepsDates",
        (select block_time from entry where issue_id = i.id and seq = 1) as began, ${issuedOn} as "issuedOn",
        coalesce(s.seq, 0) as seq, coalesce(s.policy, i.policy) as policy,
        ${isQuarantined("i.id")} as quarantined
      from issue i join party p on p.id = i.trustee_id left join issue_state s on s.issue_id = i.id where i.id = $1`,
    values: [id],
  });
  return found.rows[0];
}

interface AccountRow {
  address: string;
  person_id: string;
  class_bits: number;
  flags: number;
  valid_until: Date;
  country: number;
  custodian_id: number;
  person_flags: number;
  keeper: string | null;
  broker_id: string | null;
  units: bigint | null;
  encumbered: bigint | null;
  served: bigint;
}

/** The accounts and every other one of their persons, with what they hold of the issue. */
async function accountsOfPersons(
  db: Queryable,
  issueId: string,
  accounts: readonly string[],
): Promise<(CaseAccount & { brokerId: string | null })[]> {
  const found = await db.query<AccountRow>({
    name: "case-accounts",
    text: `select a.address, a.person_id, a.class_bits, a.flags, a.valid_until, a.country, a.custodian_id,
        coalesce(i.flags, a.flags) as person_flags,
        p.signer as keeper, p.id as broker_id, h.units, h.encumbered,
        ${servedUnits("$1", "a.address")} as served
      from account a
      left join investor i on i.person_id = a.person_id
      left join party p on p.custodian_id = a.custodian_id
      left join lateral ${heldBy("$1", "a.address")} h on true
      where a.person_id in (select person_id from account where address = any($2)) order by a.address`,
    values: [issueId, accounts],
  });
  return found.rows.map((row) => ({
    address: row.address,
    record: {
      personId: row.person_id,
      classBits: row.class_bits,
      flags: row.flags,
      validUntil: Math.floor(row.valid_until.getTime() / 1000),
      country: row.country,
      custodian: row.custodian_id,
    },
    flags: row.person_flags,
    units: row.units ?? 0n,
    free: (row.units ?? 0n) - (row.encumbered ?? 0n),
    served: row.served,
    keeper: row.keeper,
    brokerId: row.broker_id,
  }));
}

async function openHolds(
  db: Queryable,
  by: "id" | "account",
  issueId: string,
  keys: readonly string[],
): Promise<CaseHold[]> {
  const found = await db.query<Omit<CaseHold, "fromSeq"> & { fromSeq: bigint }>({
    name: `case-holds-${by}`,
    text: `select id, account, target, kind, controller, units, claimed, behind, from_seq as "fromSeq",
        (select p.signer from account a join party p on p.custodian_id = a.custodian_id
         where a.address = hold.target) as keeper,
        (select k.facts ->> 'form' from legal_case k where k.ref = coalesce(hold.part_of, hold.id)) as form from hold
      where issue_id = $1 and ${by} = any($2) and to_seq is null and claimed > 0 order by from_seq`,
    values: [issueId, keys],
  });
  return found.rows.map((row) => ({ ...row, fromSeq: Number(row.fromSeq) }));
}

async function signersAmong(db: Queryable, holds: readonly CaseHold[]): Promise<Set<string>> {
  const text = "select signer from party where signer = any($1)";
  const found = await db.query<{ signer: string }>(text, [holds.map(({ controller }) => controller)]);
  return new Set(found.rows.map(({ signer }) => signer));
}
