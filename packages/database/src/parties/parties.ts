import type { Role } from "@genbo/domain/permissions";
import { insertPart, type Part } from "../commands/statement.ts";
import type { Party, PrismaClient } from "../generated/client.ts";
import { advisoryLocks } from "../sql/advisory-locks.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { given, type Page, pageById } from "../sql/page.ts";

export interface NewParty {
  id: string;
  kind: Role;
  name: string;
  signer: string | null;
  custodianId: number | null;
  issuerRole: bigint | null;
  /** Whom an investor acts for: himself in the register. */
  personId: string | null;
  at: Date;
}

export const partyPart = (row: NewParty): Part =>
  insertPart<NewParty>(
    "party",
    {
      id: ["text", (party) => party.id],
      kind: ["text", (party) => party.kind],
      name: ["text", (party) => party.name],
      signer: ["text", (party) => party.signer],
      custodian_id: ["int", (party) => party.custodianId],
      issuer_role: ["bigint", (party) => party.issuerRole],
      person_id: ["text", (party) => party.personId],
      created_at: ["timestamptz", (party) => party.at],
    },
    [row],
  );

export const partyPersonConstraint = "party_person_id_key";

/** The lane of a party's signer: its commands wait there. */
export const lanePart = (signer: string): Part => ({
  name: "new_lane",
  sql: (param, from) =>
    `insert into lane (signer) select ${param(signer, "text")} from ${from} on conflict do nothing`,
});

const firstIssuerRole = 1000n;

/** The next free numbers on chain. Call it in a transaction: it keeps other new parties waiting until the end. */
export async function nextPartyNumbers(tx: Queryable): Promise<{ custodianId: number; issuerRole: bigint }> {
  await tx.query("select pg_advisory_xact_lock($1::bigint)", [advisoryLocks.partyNumbers]);
  const found = await tx.query<{ custodian_id: number; issuer_role: bigint }>(
    `select coalesce(max(custodian_id), 0) + 1 as custodian_id, coalesce(max(issuer_role) + 1, $1::bigint) as issuer_role
     from party`,
    [firstIssuerRole],
  );
  const { custodian_id: custodianId, issuer_role: issuerRole } = found.rows[0]!;
  return { custodianId, issuerRole };
}

export interface PartyFilter extends Page {
  kind?: Role | undefined;
}

/** The person of an investor; undefined for an id of nobody. */
export async function personOfInvestor(db: Queryable, investorId: string): Promise<string | undefined> {
  const found = await db.query<{ personId: string }>({
    name: "person-of-investor",
    text: 'select person_id as "personId" from investor where id = $1',
    values: [investorId],
  });
  return found.rows[0]?.personId;
}

/** A row as reads give it. */
export type PartyRow = Narrowed<Party, { kind: Role }>;

/** Parties in the order in which they were admitted, investors apart; one more than `limit`, if there are more. */
export const listParties = (prisma: PrismaClient, { kind, ...page }: PartyFilter): Promise<PartyRow[]> =>
  prisma.party.findMany(pageById(page, { kind: { not: "investor" } }, given({ kind }))) as Promise<
    PartyRow[]
  >;

export const findParty = (prisma: PrismaClient, id: string): Promise<PartyRow | null> =>
  prisma.party.findUnique({ where: { id } }) as Promise<PartyRow | null>;
