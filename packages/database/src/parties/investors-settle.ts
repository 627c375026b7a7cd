import { recordUnderWay } from "../outbox/record-under-way.ts";
import type { Transaction } from "../sql/connection.ts";

/**
 * After the chain refused to rewrite records of these wallets, their investors are again what it says of them: later
 * records are built on that. Not while another record of theirs is under way, which may carry in what was refused (ADR
 * 0046). An own wallet may lack what a broker has changed since, so only its flags count.
 */
export async function followRegistry(tx: Transaction, refused: readonly string[]): Promise<void> {
  if (refused.length === 0) return;
  const locked = await tx.query<{ id: string }>(
    `select id from investor where id in (
       select w.investor_id from wallet w join account a using (address) where w.address = any($1)
     ) order by id for no key update`,
    [refused],
  );
  // A statement of its own: what was written while the lock was waited for is under way.
  await tx.query(
    `update investor i set flags = said.flags, class_bits = coalesce(kept.class_bits, i.class_bits),
       country = coalesce(kept.country, i.country), valid_until = coalesce(kept.valid_until, i.valid_until)
     from unnest($1::text[]) as c (id)
     cross join lateral (
       select bit_or(a.flags) as flags from wallet w join account a using (address) where w.investor_id = c.id
     ) said
     left join lateral (
       select a.class_bits, a.country, a.valid_until from wallet w join account a using (address)
       where w.investor_id = c.id and a.custodian_id > 0 order by a.seq desc limit 1
     ) kept on true
     where i.id = c.id
       and not exists (select 1 from wallet w where w.investor_id = c.id and ${recordUnderWay("w.address")})`,
    [locked.rows.map(({ id }) => id)],
  );
}
