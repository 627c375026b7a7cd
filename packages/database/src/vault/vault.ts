import { insertPart, type Part } from "../commands/statement.ts";
import type { Queryable } from "../sql/connection.ts";
import type { VaultKeys } from "./keys.ts";
import { openParticulars, type Particulars, type SealedParticulars } from "./seal.ts";

export interface NewSubject {
  personId: string;
  wrapped: Buffer;
  at: Date;
}
export interface NewParticulars extends SealedParticulars {
  effectiveOn: string;
  evidenceRef: string;
  at: Date;
  operationId: string | null;
  /** The version that was wrong from its own day on, which this one corrects. */
  corrects?: number | undefined;
}

export const subjectsPart = (rows: readonly NewSubject[]): Part =>
  insertPart<NewSubject>(
    "vault_subject",
    {
      person_id: ["text", (row) => row.personId],
      wrapped_key: ["bytea", (row) => row.wrapped],
      created_at: ["timestamptz", (row) => row.at],
    },
    rows,
  );

export const particularsPart = (rows: readonly NewParticulars[]): Part =>
  insertPart<NewParticulars>(
    "vault_particulars",
    {
      person_id: ["text", (row) => row.personId],
      version: ["int", (row) => row.version],
      sealed: ["bytea", (row) => row.sealed],
      commitment: ["text", (row) => row.commitment],
      effective_on: ["date", (row) => row.effectiveOn],
      evidence_ref: ["text", (row) => row.evidenceRef],
      known_at: ["timestamptz", (row) => row.at],
      operation_id: ["text", (row) => row.operationId],
      corrects: ["int", (row) => row.corrects ?? null],
      rights_rest: ["boolean", (row) => row.rightsRest],
    },
    rows,
  );

/**
 * Whether a version stands: not if the chain refused the records that were to carry it, unless a later record of the
 * person, made meanwhile, has carried it in (ADR 0046).
 */
const stands = (v: string): string => `(${v}.operation_id is null
  or not exists (select 1 from operation o where o.id = ${v}.operation_id and o.state in ('refused', 'failed'))
  or exists (select 1 from registry_record r where r.person_id = ${v}.person_id and r.particulars = ${v}.commitment))`;

/** Of a person: these columns of its newest version that stands. */
export const newest = (columns: string, person: string): string =>
  `select ${columns} from vault_particulars v where v.person_id = ${person} and ${stands("v")}
   order by v.version desc limit 1`;

/** Of a person: whether nobody may exercise its rights, as its newest particulars have it (Trust Act 193, Companies Act 686). */
export const restingRights = (person: string): string =>
  `coalesce((${newest("v.rights_rest", person)}), false)`;

/** Whether the rights of any of these persons rest. */
export async function doRightsRest(db: Queryable, personIds: readonly string[]): Promise<boolean> {
  const found = await db.query(
    `select 1 from unnest($1::text[]) as w (person) where ${restingRights("w.person")} limit 1`,
    [personIds],
  );
  return found.rowCount === 1;
}

/** One version of a person's particulars, opened; `value` is null once the subject's key was destroyed. */
export interface ParticularsVersion {
  personId: string;
  version: number;
  commitment: string;
  effectiveOn: string;
  evidenceRef: string;
  knownAt: Date;
  /** The version that this one corrects. */
  corrects: number | null;
  value: Particulars | null;
}

interface Row {
  person_id: string;
  version: number;
  commitment: string;
  effective_on: string;
  evidence_ref: string;
  known_at: Date;
  corrects: number | null;
  sealed: Buffer;
  wrapped_key: Buffer | null;
}

const columns = `p.person_id, p.version, p.commitment, p.effective_on, p.evidence_ref, p.known_at, p.corrects, p.sealed, s.wrapped_key`;

/** The newest version of each of these persons that stands. */
export async function latestParticulars(
  db: Queryable,
  keys: VaultKeys,
  personIds: readonly string[],
): Promise<Map<string, ParticularsVersion>> {
  const found = await db.query<Row>({
    name: "latest-particulars",
    text: `select ${columns} from unnest($1::text[]) as w (person_id)
      join vault_subject s using (person_id)
      cross join lateral (${newest("*", "w.person_id")}) p`,
    values: [personIds],
  });
  const opened = await Promise.all(found.rows.map((row) => open(keys, row)));
  return new Map(opened.map((version) => [version.personId, version]));
}

/** What stands on chain for each of these persons, or shall: the commitment of the newest version. Opens nothing. */
export async function latestCommitments(
  db: Queryable,
  personIds: readonly string[],
): Promise<Map<string, string>> {
  const found = await db.query<{ person_id: string; commitment: string }>({
    name: "latest-commitments",
    text: `select w.person_id, p.commitment from unnest($1::text[]) as w (person_id)
      cross join lateral (${newest("v.commitment", "w.person_id")}) p`,
    values: [personIds],
  });
  return new Map(found.rows.map((row) => [row.person_id, row.commitment]));
}

/** The number of a person's next version; the person's row must be locked. */
export async function nextVersion(db: Queryable, personId: string): Promise<number> {
  const text = "select coalesce(max(version), 0) + 1 as next from vault_particulars where person_id = $1";
  return (await db.query<{ next: number }>(text, [personId])).rows[0]!.next;
}

/** Every version of a person's particulars that stands or stood, newest first. */
export async function particularsHistory(
  db: Queryable,
  keys: VaultKeys,
  personId: string,
): Promise<ParticularsVersion[]> {
  const found = await db.query<Row>({
    name: "particulars-history",
    text: `select ${columns} from vault_particulars p join vault_subject s using (person_id)
      where p.person_id = $1 and ${stands("p")} order by p.version desc`,
    values: [personId],
  });
  return Promise.all(found.rows.map((row) => open(keys, row)));
}

/** A subject's own key; null once it was destroyed. */
export async function subjectKey(db: Queryable, keys: VaultKeys, personId: string): Promise<Buffer | null> {
  const found = await db.query<{ wrapped_key: Buffer | null }>(
    "select wrapped_key from vault_subject where person_id = $1",
    [personId],
  );
  const wrapped = found.rows[0]?.wrapped_key ?? null;
  return wrapped === null ? null : keys.unwrap(wrapped, personId);
}

async function open(keys: VaultKeys, row: Row): Promise<ParticularsVersion> {
  const { person_id: personId, version, wrapped_key: wrapped } = row;
  const key = wrapped === null ? null : await keys.unwrap(wrapped, personId);
  return {
    personId,
    version,
    commitment: row.commitment,
    effectiveOn: row.effective_on,
    evidenceRef: row.evidence_ref,
    knownAt: row.known_at,
    corrects: row.corrects,
    value: key === null ? null : openParticulars(key, personId, version, row.sealed).particulars,
  };
}
