/**
 * What attachments claim of an account that were served on the trustee and are not entered yet (CEA 145(5)). Several may
 * claim more than a column holds.
 */
export const servedUnits = (issueId: string, account: string): string => `(
  select least(coalesce(sum((c.facts ->> 'units')::numeric), 0), 9223372036854775807)::bigint from legal_case c
  where c.issue_id = ${issueId} and c.facts ->> 'account' = ${account}
    and c.kind = 'ATTACHMENT' and c.state in ('open', 'approved'))`;
