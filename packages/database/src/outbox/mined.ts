import { bareArray } from "../sql/bulk.ts";
import type { Queryable, Transaction } from "../sql/connection.ts";
import { together } from "../sql/together.ts";
import { waitsInLane } from "./waiting.ts";

/** A command of a transaction that a block holds, with what its entry in the register says of its makers. */
export interface MinedCommand {
  id: bigint;
  operationId: string;
  call: string;
  target: string | null;
  ref: string;
  row: number;
  /** False for what was settled before, when a quarantined issue goes on. */
  open: boolean;
  /** Null for what a self-custody wallet has ordered by its signature. */
  maker: string | null;
  checker: string | null;
}

/** A transaction of ours. */
export interface OurTransaction {
  id: bigint;
  hash: string;
  call: string;
  commands: MinedCommand[];
}

/** Whether a lane of this database has ever stored a transaction. */
export async function hasTransactions(db: Queryable): Promise<boolean> {
  const result = await db.query<{ any: boolean }>("select exists (select 1 from chain_tx) as any");
  return result.rows[0]!.any;
}

/** Which of these hashes are transactions of ours. */
export async function ourHashes(db: Queryable, hashes: readonly string[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  const result = await db.query<{ hash: string }>("select hash from chain_tx where hash = any($1)", [hashes]);
  return new Set(result.rows.map(({ hash }) => hash));
}

/**
 * Command by command, so that each is a probe: a join reads every transfer and operation that there ever was. Who drafted
 * an issue says the live table: that of a rebuild may not have the issue yet.
 */
const row = (table: string, name: string, columns: string, condition: string) =>
  `left join lateral (select ${columns} from ${table} where ${condition} limit 1) ${name} on true`;

const ofCommand = (commands: string) => `c.id, c.operation_id as "operationId", c.call, c.target, c.ref,
    made.by as maker, nullif(coalesce(s.checker, g.checker, o.checker), made.by) as checker
  from ${commands}
  ${row("operation", "o", "subject_id, maker, checker", "id = c.operation_id")}
  ${row("legal_case", "k", "maker", "id = o.subject_id")}
  ${row("issue_change", "g", "maker, checker", "id = o.subject_id")}
  ${row("transfer", "t", "maker", "ref = c.ref and c.call = 'approveTransfers'")}
  ${row("settlement", "s", "maker, checker", "id = o.subject_id and c.call in ('approveTransfers', 'settle')")}
  ${row("public.issue", "i", "maker", "ref = c.ref and c.call = 'createIssue'")}
  cross join lateral (select case when c.call not in ('relay', 'relayRequest') then coalesce(k.maker, t.maker, s.maker, g.maker, i.maker, o.maker) end as by) made`;

/** A command that this database still has to send, or has in no block that it knows of. */
export interface OwedCommand extends MinedCommand {
  signer: string;
  args: Readonly<Record<string, unknown>>;
}

/** Which of these signers owe anything. Along the same indexes. */
export async function owing(db: Queryable, signers: readonly string[]): Promise<Set<string>> {
  const result = await db.query<{ signer: string }>(
    `select signer from unnest($1::text[]) t (signer)
     where exists (select 1 from command c where c.signer = t.signer and ${waitsInLane("c")})
       or exists (select 1 from chain_tx x where x.signer = t.signer and x.state in ('stored', 'sent'))`,
    [signers],
  );
  return new Set(result.rows.map(({ signer }) => signer));
}

/** What these signers still owe of these refs. Along the queue's and the open transactions' indexes: refs have none. */
export async function owedCommands(
  db: Queryable,
  signers: readonly string[],
  refs: readonly string[],
): Promise<OwedCommand[]> {
  const result = await db.query<OwedCommand>(
    `with owed as (
       select id from command c where signer = any($1) and ${waitsInLane("c")} and ref = any($2)
       union all
       select q.id from chain_tx x join command q on q.chain_tx_id = x.id
       where x.signer = any($1) and x.state in ('stored', 'sent') and q.state = 'taken' and q.ref = any($2)
     )
     select c.signer, c.args, -1 as row, true as open, ${ofCommand("owed join command c using (id)")}
     order by c.id`,
    [signers, bareArray(refs)],
  );
  return result.rows;
}

/**
 * Our transactions among these hashes, with their commands in the order of their rows. A line of the register names
 * who made it: the request, the acceptance, the rejection and the cancellation each their own maker. Where a line is
 * made by an approval, its checker approved what somebody else made: the request (Trust Act 198(2)), the issue, or the
 * case. Nothing here depends on later steps, so that a chain that is read again gives the same lines.
 */
export async function ourTransactions(
  db: Queryable,
  hashes: readonly string[],
): Promise<Map<string, OurTransaction>> {
  if (hashes.length === 0) return new Map();
  const [transactions, commands] = await together(
    db.query<Omit<OurTransaction, "commands">>({
      name: "our-transactions",
      text: "select id, hash, call from chain_tx where hash = any($1)",
      values: [hashes],
    }),
    db.query<MinedCommand & { transactionId: bigint }>({
      name: "our-commands",
      text: `select c.chain_tx_id as "transactionId", c.tx_row as row, c.state = 'taken' as open, ${ofCommand("command c")}
       where c.chain_tx_id = any(array(select id from chain_tx where hash = any($1))) order by c.chain_tx_id, c.tx_row`,
      values: [hashes],
    }),
  );
  const byId = new Map(
    transactions.rows.map((row): [bigint, OurTransaction] => [row.id, { ...row, commands: [] }]),
  );
  for (const { transactionId, ...command } of commands.rows) byId.get(transactionId)?.commands.push(command);
  return new Map([...byId.values()].map((each) => [each.hash, each]));
}

export interface MinedTransaction {
  hash: string;
  blockNumber: number;
  reverted: boolean;
}

/** Notes which block holds each of our transactions. */
export async function markMined(tx: Transaction, mined: readonly MinedTransaction[]): Promise<void> {
  if (mined.length === 0) return;
  await tx.query(
    `update chain_tx set state = 'mined', block_number = m.block_number, reverted = m.reverted
     from unnest($1::text[], $2::bigint[], $3::boolean[]) as m (hash, block_number, reverted)
     where chain_tx.hash = m.hash`,
    [
      mined.map((each) => each.hash),
      mined.map((each) => each.blockNumber),
      mined.map((each) => each.reverted),
    ],
  );
}

/** Operations whose rows a block holds and the register does not take in yet, because of a quarantine. */
export async function markOperationsMined(tx: Transaction, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `with held as (
       select id from operation where id = any($1) and state = 'accepted' order by id for no key update
     )
     update operation set state = 'mined', updated_at = $2 from held where operation.id = held.id`,
    [ids, now],
  );
}
