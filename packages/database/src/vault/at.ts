import { namedBounds } from "../register/read-position.ts";
import type { Queryable } from "../sql/connection.ts";
import type { VaultKeys } from "./keys.ts";
import { openParticulars, type Particulars } from "./seal.ts";

/** Particulars of an account's person as the registry names them at a block, opened. */
export interface ParticularsAt {
  account: string;
  personId: string;
  version: number;
  effectiveOn: string;
  /** What stands on chain. */
  commitment: string;
  /** Key of the commitment (hex) and what it commits to; null once the subject's key was destroyed. */
  opened: { salt: string; particulars: Particulars } | null;
}

interface Row {
  account: string;
  person_id: string;
  version: number;
  effective_on: string;
  commitment: string;
  sealed: Buffer;
  wrapped_key: Buffer | null;
}

/**
 * By account, for those that were registered by then.
 * @param until the block, or an instant before which the registry must have named them
 */
export async function particularsAt(
  db: Queryable,
  keys: VaultKeys,
  until: number | Date,
  accounts: readonly string[],
): Promise<Map<string, ParticularsAt>> {
  const found = await db.query<Row>({
    name: "particulars-at",
    text: `select w.account, p.person_id, p.version, p.effective_on, p.commitment, p.sealed, s.wrapped_key
      from unnest($1::text[]) as w (account)
      cross join lateral (
        select particulars from registry_record r where r.wallet = w.account and r.block_number <= $2 and r.block_time < $3
        order by r.seq desc limit 1
      ) r
      join vault_particulars p on p.commitment = r.particulars join vault_subject s using (person_id)`,
    values: [accounts, ...namedBounds(until)],
  });
  const opened = await Promise.all(found.rows.map((row) => open(keys, row)));
  return new Map(opened.map((each) => [each.account, each]));
}

async function open(keys: VaultKeys, row: Row): Promise<ParticularsAt> {
  const { person_id: personId, version, wrapped_key: wrapped } = row;
  const key = wrapped === null ? null : await keys.unwrap(wrapped, personId);
  return {
    account: row.account,
    personId,
    version,
    effectiveOn: row.effective_on,
    commitment: row.commitment,
    opened: key === null ? null : openParticulars(key, personId, version, row.sealed),
  };
}
