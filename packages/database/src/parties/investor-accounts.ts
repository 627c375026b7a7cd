import { recordUnderWay } from "../outbox/record-under-way.ts";
import type { Queryable } from "../sql/connection.ts";

/** An account that the registry has, or shall have once what is under way is entered. */
export interface InvestorAccount {
  address: string;
  /** Who keeps it, or shall keep it once an approved change of custodian is entered. 0: nobody. */
  custodianId: number;
  /** The key of that broker; null for an own wallet. */
  signer: string | null;
  /** As the registry has them by now; null before its first record. */
  flags: number | null;
  validUntil: Date | null;
}

/** Every account of an investor, in the order in which they were opened. */
export async function investorAccounts(db: Queryable, investorId: string): Promise<InvestorAccount[]> {
  const found = await db.query<InvestorAccount>({
    name: "investor-accounts",
    text: `select w.address, a.flags, a.valid_until as "validUntil",
        kept.by as "custodianId", k.signer
      from wallet w join party p on p.id = w.broker_id left join account a on a.address = w.address
      left join lateral (
        select b.custodian_id from custody_change k join party b on b.id = k.to_broker_id
        where k.investor_id = w.investor_id and k.state = 'approved' and w.address = any(k.accounts)
      ) next on true
      cross join lateral (select case w.custody when 'SELF' then 0
        else coalesce(next.custodian_id, a.custodian_id, p.custodian_id) end as by) kept
      left join party k on k.custodian_id = kept.by
      where w.investor_id = $1 and (a.address is not null or ${recordUnderWay("w.address")})
      order by w.created_at, w.address`,
    values: [investorId],
  });
  return found.rows;
}
