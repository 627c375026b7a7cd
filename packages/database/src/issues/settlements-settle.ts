import { entryKinds } from "@genbo/domain/entry-kinds";
import type { LegState } from "@genbo/domain/settlements";
import {
  commandsPart,
  type NewOperation,
  operationPart,
  type QueuedCommand,
} from "../commands/operations-new.ts";
import { params } from "../commands/statement.ts";
import { ofOwnHold } from "../register/chain-entry.ts";
import type { Transaction } from "../sql/connection.ts";

/**
 * Puts the operation that settles into the outbox, unless one is there already.
 * @returns whether it was put there
 */
export async function queueSettling(
  tx: Transaction,
  settlementId: string,
  operation: NewOperation,
  commands: readonly QueuedCommand[],
): Promise<boolean> {
  // One at a time: whoever waits here sees the other's operation.
  await tx.query("select 1 from settlement where id = $1 for no key update", [settlementId]);
  const found = await tx.query("select 1 from operation where subject_id = $1 and kind = $2 limit 1", [
    settlementId,
    operation.kind,
  ]);
  if (found.rows.length > 0) return false;
  const { param, values } = params();
  const parts = [operationPart(operation, commands.length), commandsPart(operation.id, commands)];
  const ctes = parts.map((part) => `${part.name} as (${part.sql(param, "one")})`);
  await tx.query(`with one as (select 1), ${ctes.join(", ")} select 1`, values);
  return true;
}

/** What an event of the Settlement contract says, by the id of its instruction. */
export interface SettlementNews {
  type: "funded" | "attested" | "settled" | "returned";
  instructionId: string;
  leg: number | null;
  blockNumber: number;
}

/** A settlement of ours that an event speaks of, for whoever is to hear of it. */
export interface HeardSettlement {
  id: string;
  instructionId: string;
  issueId: string | null;
  partyIds: string[];
}

/** Brings settlements to where events leave them; events of instructions that are not ours change nothing. */
export async function writeSettlementNews(
  tx: Transaction,
  news: readonly SettlementNews[],
): Promise<HeardSettlement[]> {
  if (news.length === 0) return [];
  for (const { type, instructionId, leg, blockNumber } of news) {
    if (type === "settled") await writeSettled(tx, instructionId, blockNumber);
    else if (type === "returned") await writeLeg(tx, instructionId, leg, "returned", blockNumber);
    else await writeLeg(tx, instructionId, leg, "paid", blockNumber);
  }
  const ids = [...new Set(news.map(({ instructionId }) => instructionId))];
  const found = await tx.query<HeardSettlement>(
    `select s.id, s.instruction_id as "instructionId",
       (select l.issue_id from settlement_leg l where l.settlement_id = s.id and l.kind = 'UNITS' order by l.leg limit 1)
         as "issueId",
       array(select party_id from settlement_side where settlement_id = s.id union select s.agent_id where s.agent_id is not null)
         as "partyIds"
     from settlement s where s.instruction_id = any($1)`,
    [ids],
  );
  await closeReturned(
    tx,
    found.rows.map(({ id }) => id),
  );
  return found.rows;
}

async function writeSettled(tx: Transaction, instructionId: string, blockNumber: number): Promise<void> {
  await tx.query(
    `with done as (
       update settlement set state = 'settled', settled_block = $2 where instruction_id = $1 returning id
     )
     update settlement_leg set state = 'delivered' from done
     where settlement_id = done.id and kind <> 'UNITS'`,
    [instructionId, blockNumber],
  );
}

/** Units follow their own entries; here they can only be money's legs. */
async function writeLeg(
  tx: Transaction,
  instructionId: string,
  leg: number | null,
  state: LegState,
  blockNumber: number,
): Promise<void> {
  const column = state === "paid" ? "paid_block" : "returned_block";
  await tx.query(
    `update settlement_leg l set state = $3, ${column} = $4 from settlement s
     where s.id = l.settlement_id and s.instruction_id = $1 and l.leg = $2 and l.kind <> 'UNITS'`,
    [instructionId, leg, state, blockNumber],
  );
}

/** What a settlement has in its hands; money in a bank goes back through the bank. */
const isIn = "(l.state in ('held', 'approved') or (l.state = 'paid' and l.kind = 'CASH'))";

/** A settlement of which legs have gone back, or were never taken in, ends when nothing of it is held any more. */
export async function closeReturned(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `update settlement s set state = 'returned' where s.id = any($1) and s.state = 'open'
       and exists (select 1 from settlement_leg l where l.settlement_id = s.id and l.state in ('returned', 'refused'))
       and not exists (select 1 from settlement_leg l
         where l.settlement_id = s.id and ${isIn})`,
    [ids],
  );
}

/** Takes settlements back to the block `fork`: before the entries above it are deleted. */
export async function takeBackSettlements(tx: Transaction, fork: number): Promise<void> {
  await tx.query(
    `update settlement_leg l set state = coalesce((
       select case e.kind when $2 then 'held' when $3 then 'approved' when $4 then 'delivered' else 'returned' end
       from entry e where ${ofOwnHold("l", "l.hold_id", "amount", "DVP")} and e.block_number <= $1
       order by e.seq desc limit 1
     ), 'pending')
     where l.kind = 'UNITS' and (l.hold_id in (select ref from entry where block_number > $1)
       or l.hold_id in (select c.ref from command c join chain_tx x on x.id = c.chain_tx_id where x.block_number is null))`,
    [fork, entryKinds.HOLD_CREATED, entryKinds.HOLD_ACCEPTED, entryKinds.HOLD_EXECUTED],
  );
  await tx.query(
    `with back as (
       update settlement set state = 'open', settled_block = null where settled_block > $1 returning id
     )
     update settlement_leg l set
       paid_block = case when l.paid_block <= $1 then l.paid_block end,
       returned_block = case when l.returned_block <= $1 then l.returned_block end,
       state = case when l.returned_block <= $1 then 'returned' when l.paid_block <= $1 then 'paid' else 'pending' end
     where l.kind <> 'UNITS' and (l.settlement_id in (select id from back) or l.paid_block > $1 or l.returned_block > $1)`,
    [fork],
  );
  await tx.query(
    `update settlement s set state = 'open' where s.state = 'returned'
       and (exists (select 1 from settlement_leg l
           where l.settlement_id = s.id and ${isIn})
         or not exists (select 1 from settlement_leg l
           where l.settlement_id = s.id and l.state in ('returned', 'refused')))`,
  );
}
