import { hash, randomBytes, randomInt } from "node:crypto";
import { newId } from "@genbo/domain/ids";
import { type Role, type Scope, scopesOf } from "@genbo/domain/permissions";
import { subjectOf } from "@genbo/domain/subject";
import { insertPart, type Part, params } from "../commands/statement.ts";
import type { ApiKey, PrismaClient } from "../generated/client.ts";
import { advisoryLocks } from "../sql/advisory-locks.ts";
import { arrayText } from "../sql/bulk.ts";
import type { Pool, Queryable } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { type Page, pageById } from "../sql/page.ts";
import { type NewParty, partyPart } from "./parties.ts";

export interface NewKey {
  id: string;
  partyId: string;
  role: Role;
  subject: string;
  prefix: string;
  hash: string;
  scopes: readonly Scope[];
  at: Date;
  expiresAt: Date | null;
  /** Whom it counts as until it is confirmed; null for a party's first key. */
  madeBy: string | null;
  /** It works only once it is confirmed. */
  waits: boolean;
  confirmedAt: Date | null;
}

/** Lower-case letters and digits that nobody mixes up when reading them out. */
const prefixAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";
const prefixChars = 12;

/** A new secret: `gnb_` + public prefix + `_` + 256 random bits. It is shown once; its sha256 is kept. */
export function newSecret(): { secret: string; prefix: string; hash: string } {
  const letters = Array.from({ length: prefixChars }, () => prefixAlphabet[randomInt(prefixAlphabet.length)]);
  const prefix = `gnb_${letters.join("")}`;
  const secret = `${prefix}_${randomBytes(32).toString("base64url")}`;
  return { secret, prefix, hash: hashOfSecret(secret) };
}

/** 256 random bits cannot be guessed, so a plain hash keeps them; a slow one would only cost each request. */
export const hashOfSecret = (secret: string): string => hash("sha256", secret);

const secretForm = /^(gnb_[a-z0-9]{12})_[A-Za-z0-9_-]{43}$/;
/** The prefix of what may be a secret; undefined for anything else. */
export const prefixOfSecret = (secret: string): string | undefined => secretForm.exec(secret)?.[1];

export const keyPart = (row: NewKey): Part =>
  insertPart<NewKey>(
    "api_key",
    {
      id: ["text", (key) => key.id],
      party_id: ["text", (key) => key.partyId],
      role: ["text", (key) => key.role],
      subject: ["text", (key) => key.subject],
      prefix: ["text", (key) => key.prefix],
      hash: ["text", (key) => key.hash],
      created_at: ["timestamptz", (key) => key.at],
      expires_at: ["timestamptz", (key) => key.expiresAt],
      made_by: ["text", (key) => key.madeBy],
      waits: ["boolean", (key) => key.waits],
      confirmed_at: ["timestamptz", (key) => key.confirmedAt],
      scopes: ["text[]", (key) => arrayText(key.scopes)],
    },
    [row],
  );

/** A live key ends at `at`, or earlier if it was to. */
export const endKeyPart = (id: string, at: Date, now: Date): Part => ({
  name: "end_key",
  sql: (param, from) => `update api_key set expires_at = least(expires_at, ${param(at, "timestamptz")})
    from ${from} where id = ${param(id, "text")} and revoked_at is null
      and (expires_at is null or expires_at > ${param(now, "timestamptz")}) returning 1`,
});

export const confirmKeyPart = (id: string, at: Date): Part => ({
  name: "confirm_key",
  sql: (param, from) => `update api_key set confirmed_at = coalesce(confirmed_at, ${param(at, "timestamptz")})
    from ${from} where id = ${param(id, "text")} and revoked_at is null returning 1`,
});

export const revokeKeyPart = (id: string, at: Date): Part => ({
  name: "revoke_key",
  sql: (param, from) => `update api_key set revoked_at = coalesce(revoked_at, ${param(at, "timestamptz")})
    from ${from} where id = ${param(id, "text")} returning 1`,
});

/** Who acts with a key: the key and its party. */
export interface Principal {
  keyId: string;
  hash: string;
  partyId: string;
  role: Role;
  subject: string;
  /** Who made the key, as long as nobody has confirmed that its subject holds it. */
  madeBy: string | null;
  /** It works only once it is confirmed, and is not yet. */
  waits: boolean;
  scopes: Scope[];
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** Address that signs for the party; null for who never acts on chain. */
  signer: string | null;
  custodianId: number | null;
  issuerRole: bigint | null;
  /** Whom an investor acts for. */
  personId: string | null;
}

export async function findPrincipal(db: Queryable, prefix: string): Promise<Principal | undefined> {
  const found = await db.query<Principal>({
    name: "find-principal",
    text: `select k.id as "keyId", k.hash, k.party_id as "partyId", k.role, k.subject, k.scopes,
        case when k.confirmed_at is null then k.made_by end as "madeBy", k.waits and k.confirmed_at is null as waits,
        k.expires_at as "expiresAt", k.revoked_at as "revokedAt", p.signer, p.custodian_id as "custodianId",
        p.issuer_role as "issuerRole", p.person_id as "personId"
      from api_key k join party p on p.id = k.party_id where k.prefix = $1`,
    values: [prefix],
  });
  return found.rows[0];
}

/** The persons who made keys for these subjects that were not confirmed at `at`. */
export async function makersBehind(db: Queryable, subjects: readonly string[], at: Date): Promise<string[]> {
  const found = await db.query<{ madeBy: string }>({
    name: "makers-behind",
    text: `select distinct made_by as "madeBy" from api_key where subject = any($1::text[]) and made_by is not null
      and (confirmed_at is null or confirmed_at > $2)`,
    values: [subjects, at],
  });
  return found.rows.map(({ madeBy }) => madeBy);
}

/** Whether a party has a key that has not ended, had one once, or never had any. */
export type KeysOfParty = "live" | "ended" | "none";

/**
 * Whether somebody can act for a party. Call it in a command's transaction: it waits for whoever asks the same, so that
 * of two first keys one is the second.
 */
export async function keysOfParty(tx: Queryable, partyId: string, now: Date): Promise<KeysOfParty> {
  await tx.query("select pg_advisory_xact_lock($1)", [advisoryLocks.firstKeys]);
  const found = await tx.query<{ keys: number; live: number }>(
    `select count(*)::int as keys,
       count(*) filter (where revoked_at is null and (expires_at is null or expires_at > $2))::int as live
     from api_key where party_id = $1`,
    [partyId, now],
  );
  const { keys, live } = found.rows[0]!;
  return live > 0 ? "live" : keys > 0 ? "ended" : "none";
}

/** Writes when keys were last used, all in one statement. */
export async function touchKeys(db: Queryable, uses: ReadonlyMap<string, Date>): Promise<void> {
  await db.query(
    `update api_key set last_used_at = greatest(last_used_at, t.at)
     from unnest($1::text[], $2::timestamptz[]) as t (id, at) where api_key.id = t.id`,
    [[...uses.keys()], [...uses.values()]],
  );
}

/** A row as reads give it. */
export type KeyRow = Narrowed<ApiKey, { role: Role; scopes: Scope[] }>;

export const findKey = (prisma: PrismaClient, id: string): Promise<KeyRow | null> =>
  prisma.apiKey.findUnique({ where: { id } }) as Promise<KeyRow | null>;

export const listKeys = (prisma: PrismaClient, partyId: string, page: Page): Promise<KeyRow[]> =>
  prisma.apiKey.findMany(pageById(page, { partyId })) as Promise<KeyRow[]>;

/**
 * Makes an operator of a new platform, one of those who then admit everybody else through the API.
 * @returns the secret of its key, which is shown this once
 */
export async function createOperator(pool: Pool, name: string, subject: string, at: Date): Promise<string> {
  const { secret, prefix, hash } = newSecret();
  const id = newId("pty", at);
  const party: NewParty = {
    id,
    kind: "operator",
    name,
    signer: null,
    custodianId: null,
    issuerRole: null,
    personId: null,
    at,
  };
  const key: NewKey = {
    id: newId("key", at),
    partyId: id,
    role: "operator",
    subject: subjectOf(subject),
    madeBy: null,
    waits: false,
    confirmedAt: null,
    prefix,
    hash,
    scopes: scopesOf("operator"),
    at,
    expiresAt: null,
  };
  const { param, values } = params();
  const [first, second] = [partyPart(party), keyPart(key)].map((part) => part.sql(param, "start"));
  await pool.query(
    `with start as (select 1), party_made as (${first}), key_made as (${second}) select 1`,
    values,
  );
  return secret;
}
