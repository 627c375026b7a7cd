import { decodeRecord } from "@genbo/domain/registry-record";
import type { Queryable } from "../sql/connection.ts";
import { heldOf } from "./standing.ts";

/** An account with units, and what the registry said of it by then. */
export interface HeldAccount {
  account: string;
  personId: string;
  units: bigint;
  classBits: number;
  /** The broker that kept it. */
  custodian: number;
}

/** Every account with units just after entry `seq`, as the registry stood at `block`. For sums; nobody is shown it. */
export async function heldAccounts(
  db: Queryable,
  { issueId, seq, block }: { issueId: string; seq: number; block: number },
): Promise<HeldAccount[]> {
  const found = await db.query<{ account: string; person_id: string; units: bigint; record: string }>({
    name: "register-held-accounts",
    text: `select p.account, p.person_id, p.units, r.record
      from ${heldOf("$1", "$2")} p cross join lateral (
        select record from registry_record where wallet = p.account and block_number <= $3 order by seq desc limit 1
      ) r`,
    values: [issueId, seq, block],
  });
  return found.rows.map(({ account, person_id: personId, units, record }) => {
    const { classBits, custodian } = decodeRecord(record);
    return { account, personId, units, classBits, custodian };
  });
}
