import { entryKinds } from "@genbo/domain/entry-kinds";
import { insertPart, type Part } from "../commands/statement.ts";
import { linesOf, notOnlyMoves } from "../register/chain-entry.ts";
import { bareArray } from "../sql/bulk.ts";
import type { Queryable } from "../sql/connection.ts";
import { seal, unseal, type VaultKeys } from "../vault/keys.ts";

export type CertificateSide = "HOLDER" | "PLEDGEE";

export interface CertificateSigner {
  partyId: string;
  name: string;
  kid: string;
  /** The public key. */
  jwk: Readonly<Record<string, unknown>>;
}

export interface NewCertificate {
  number: string;
  issueId: string;
  side: CertificateSide;
  accounts: readonly string[];
  /** Of all that the person has, in these accounts. */
  wholePerson: boolean;
  personId: string;
  seq: number;
  head: string;
  block: number;
  /** Of the person's particulars that it opens, account by account. */
  commitments: readonly string[];
  holdIds: readonly string[];
  /** The signed text, under the person's own key (`sealCertificate`). */
  sealed: Buffer;
  sha256: string;
  signers: readonly CertificateSigner[];
  partyId: string;
  at: Date;
}

export const certificatePart = (row: NewCertificate): Part =>
  insertPart<NewCertificate>(
    "certificate",
    {
      number: ["text", (of) => of.number],
      issue_id: ["text", (of) => of.issueId],
      side: ["text", (of) => of.side],
      accounts: ["text[]", (of) => bareArray(of.accounts)],
      whole_person: ["boolean", (of) => of.wholePerson],
      person_id: ["text", (of) => of.personId],
      seq: ["bigint", (of) => of.seq],
      head: ["text", (of) => of.head],
      block: ["bigint", (of) => of.block],
      commitments: ["text[]", (of) => bareArray(of.commitments)],
      hold_ids: ["text[]", (of) => bareArray(of.holdIds)],
      sealed: ["bytea", (of) => of.sealed],
      sha256: ["text", (of) => of.sha256],
      signers: ["jsonb", (of) => JSON.stringify(of.signers)],
      party_id: ["text", (of) => of.partyId],
      issued_at: ["timestamptz", (of) => of.at],
    },
    [row],
  );

export const sealCertificate = (dataKey: Buffer, number: string, text: string): Buffer =>
  seal(dataKey, Buffer.from(text), boundTo(number));

const boundTo = (number: string): string => `certificate:${number}`;

/**
 * VALID while what it says still stands; SUPERSEDED once an entry about its account, its holds, the issue's statutory
 * items or its person's particulars has followed; VOID when the register no longer has the entry at which it was made (a chain rolled back).
 */
export type CertificateState = "VALID" | "SUPERSEDED" | "VOID";

export interface CertificateRow {
  number: string;
  issueId: string;
  side: CertificateSide;
  accounts: string[];
  wholePerson: boolean;
  personId: string;
  seq: number;
  head: string;
  sha256: string;
  signers: CertificateSigner[];
  issuedAt: Date;
  state: CertificateState;
  trusteeId: string;
  /** Which broker keeps the account now, or of a whole person any of them. */
  custodianId: number | null;
  sealed: Buffer;
  wrappedKey: Buffer | null;
}

/** The lines of these refs, and no plan that looks through all that followed a certificate for them. */
const byRefs = (refs: string): string =>
  `(select issue_id, seq from entry where ref = ${refs} and ${notOnlyMoves} offset 0)`;

/** A certificate with what the register says of it now; undefined for a number that was never given. */
export async function findCertificate(db: Queryable, number: string): Promise<CertificateRow | undefined> {
  const found = await db.query<CertificateRow>({
    name: "find-certificate",
    text: `select c.number, c.issue_id as "issueId", c.side, c.accounts, c.whole_person as "wholePerson",
        c.person_id as "personId",
        c.seq::float8 as seq, c.head, c.sha256, c.signers, c.issued_at as "issuedAt", c.sealed,
        s.wrapped_key as "wrappedKey", i.trustee_id as "trusteeId",
        (select max(a.custodian_id) from account a where a.address = any(o.own)) as "custodianId",
        case
          when not exists (select 1 from entry e where e.issue_id = c.issue_id and e.seq = c.seq and e.head = c.head)
            then 'VOID'
          when exists (select 1 from unnest(o.own) as own (account)
              cross join lateral ${linesOf("c.issue_id", "own.account", "seq > c.seq", "1")} line)
            or exists (select 1 from ${byRefs("any(c.hold_ids)")} e
              where e.issue_id = c.issue_id and e.seq > c.seq)
            -- Consolidations and splits change every holding; what begins and ends one names no account.
            or exists (select 1 from entry e
              where e.issue_id = c.issue_id and e.seq > c.seq and e.kind = ${entryKinds.RATIO} and e.from_account is null)
            or (c.side = 'HOLDER' and exists (
              select 1 from issue_change k cross join lateral ${byRefs("k.ref")} e
              where e.issue_id = k.issue_id and k.issue_id = c.issue_id and k.kind = 'TERMS' and k.facts ? 'terms' and e.seq > c.seq))
            or exists (select 1 from unnest(c.accounts, c.commitments) as opened (account, commitment)
              join account a on a.address = opened.account where a.particulars <> opened.commitment)
            then 'SUPERSEDED'
          else 'VALID'
        end as state
      from certificate c join vault_subject s using (person_id) join issue i on i.id = c.issue_id
      cross join lateral (select case when c.whole_person
        then array(select address from account where person_id = c.person_id) || c.accounts
        else c.accounts end as own) o
      where c.number = $1`,
    values: [number],
  });
  return found.rows[0];
}

/** The signed text; null once the person's key was destroyed. */
export async function openCertificate(keys: VaultKeys, row: CertificateRow): Promise<string | null> {
  if (row.wrappedKey === null) return null;
  const key = await keys.unwrap(row.wrappedKey, row.personId);
  return unseal(key, row.sealed, boundTo(row.number)).toString("utf8");
}

/** The account's person and the broker that keeps it. */
export async function keeperOf(
  db: Queryable,
  account: string,
): Promise<{ personId: string; custodianId: number } | undefined> {
  const found = await db.query<{ personId: string; custodianId: number }>({
    name: "keeper-of",
    text: `select person_id as "personId", custodian_id as "custodianId" from account where address = $1`,
    values: [account],
  });
  return found.rows[0];
}

/** The broker that keeps accounts of a person; undefined for one without any account. */
export async function keeperOfPerson(
  db: Queryable,
  personId: string,
): Promise<{ personId: string; custodianId: number } | undefined> {
  const found = await db.query<{ personId: string; custodianId: number }>({
    name: "keeper-of-person",
    // All that brokers keep of a person one broker keeps (a customer changes it whole); its own wallets have 0.
    text: `select person_id as "personId", max(custodian_id) as "custodianId" from account where person_id = $1
      group by person_id`,
    values: [personId],
  });
  return found.rows[0];
}

export interface SignerParty {
  id: string;
  name: string;
}

/** Parties of these ids, or trustees of these names. */
export async function signerParties(
  db: Queryable,
  ids: readonly string[],
  trusteeNames: readonly string[],
): Promise<SignerParty[]> {
  const text =
    "select id, name from party where id = any($1) or (kind = 'trustee' and name = any($2)) order by id";
  return (await db.query<SignerParty>(text, [ids, trusteeNames])).rows;
}
