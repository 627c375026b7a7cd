import { decodeRecord } from "@genbo/domain/registry-record";
import type { Queryable } from "../sql/connection.ts";
import { namedBounds, namedUntil, type Position } from "./read-position.ts";
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

/** Every account with units at a position, as the registry stood by then. For sums; nobody is shown it. */
export async function heldAccounts(db: Queryable, at: Position): Promise<HeldAccount[]> {
  const found = await db.query<{ account: string; person_id: string; units: bigint; record: string }>({
    name: "register-held-accounts",
    text: `select p.account, p.person_id, p.units, r.record
      from ${heldOf("$1", "$2")} p cross join lateral (
        select record from registry_record where wallet = p.account and block_number <= $3 and block_time < $4
        order by seq desc limit 1
      ) r`,
    values: [at.issueId, at.seq, ...namedBounds(namedUntil(at))],
  });
  return found.rows.map(({ account, person_id: personId, units, record }) => {
    const { classBits, custodian } = decodeRecord(record);
    return { account, personId, units, classBits, custodian };
  });
}
