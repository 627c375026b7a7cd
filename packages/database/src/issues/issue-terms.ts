import { entryKinds } from "@genbo/domain/entry-kinds";
import { type TermsVersion, termsStanding } from "@genbo/domain/terms-versions";
import type { Queryable } from "../sql/connection.ts";

/** Every version of an issue's statutory items that was known at entry `knownSeq`, in the order of their entries. */
export async function termsVersions(
  db: Queryable,
  issueId: string,
  knownSeq: number,
): Promise<TermsVersion[]> {
  const found = await db.query<TermsVersion>({
    name: "terms-versions",
    text: `select e.seq::float8 as entry, null::float8 as corrects, i.terms, i.terms_hash as "termsHash"
      from issue i left join entry e on e.ref = i.ref and e.issue_id = i.id and e.kind = ${entryKinds.TERMS}
      where i.id = $1
      union all
      select e.seq::float8, (c.facts ->> 'corrects')::float8, c.facts -> 'terms', e.data
      from issue_change c join entry e on e.ref = c.ref and e.issue_id = c.issue_id and e.kind = ${entryKinds.TERMS}
      where c.issue_id = $1 and c.kind = 'TERMS' and c.facts ? 'terms' and e.seq <= $2::bigint
      order by entry nulls first`,
    values: [issueId, knownSeq],
  });
  return found.rows;
}

/** The items that stood just after entry `seq`, as entry `knownSeq` knew them. */
export const termsAt = async (
  db: Queryable,
  { issueId, seq, knownSeq }: { issueId: string; seq: number; knownSeq: number },
): Promise<TermsVersion> => termsStanding(await termsVersions(db, issueId, knownSeq), seq);

/** Later than every entry. */
const now = Number.MAX_SAFE_INTEGER;

/** The items as they stand. */
export const presentTerms = (db: Queryable, issueId: string): Promise<TermsVersion> =>
  termsAt(db, { issueId, seq: now, knownSeq: now });

/** Whether an entry put items that no later one corrects: the one to correct, since each is corrected once. */
export async function isCorrectable(db: Queryable, issueId: string, entry: number): Promise<boolean> {
  const versions = await termsVersions(db, issueId, now);
  return (
    versions.some((each) => each.entry === entry) && versions.every(({ corrects }) => corrects !== entry)
  );
}
