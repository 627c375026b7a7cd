import { entryKinds, type HoldKind, holdKinds } from "@genbo/domain/entry-kinds";
import { zeroAddress } from "@genbo/domain/words";
import type { ChainEntry } from "@genbo/register/state";

/** What the fold takes of a line, as the table of entries has it. */
export interface ChainEntryRow {
  seq: bigint;
  kind: number;
  basis: number;
  units: bigint;
  from: string | null;
  to: string | null;
  ref: string;
  data: string;
  head: string;
  time: Date;
}

/** A line that only moves units. It makes a period of every account that it names, by which it is found. */
export const onlyMoves = ({ kind }: Pick<ChainEntry, "kind">): boolean => kind <= entryKinds.RECOVERY;

/**
 * All other lines, as the indexes by ref and by account have them: where they are asked for, a query has to say so, and
 * with a literal, since a plan for any parameter could not use such an index.
 */
export const notOnlyMoves = `kind > ${entryKinds.RECOVERY}`;

/**
 * Numbers of the first lines of an account: those that changed its holding, as every one does that only moves units, and
 * of the others those that name it. A probe each, whatever PostgreSQL believes of the tables; a number may come twice.
 * @param within which of them, by `seq`
 */
export function linesOf(issue: string, account: string, within: string, limit: string): string {
  const first = (rows: string) => `(select seq from ${rows} and ${within} order by seq limit ${limit})`;
  const named = (side: "from_account" | "to_account") =>
    first(`entry where issue_id = ${issue} and ${side} = ${account} and ${notOnlyMoves}`);
  const changed = `(select from_seq as seq from holding_period where issue_id = ${issue} and account = ${account}) p where true`;
  return `(${first(changed)} union all ${named("from_account")} union all ${named("to_account")})`;
}

/**
 * Lines `e` that make, accept or end the hold of a transfer, or of a settlement's units; one that splits it or takes of it
 * leaves it where it was. Anybody may write its ref into an entry of his own, but in its own issue only one hold has that id.
 */
export const ofOwnHold = (row: "t" | "l", ref: string, units: string, hold: HoldKind): string =>
  `e.issue_id = ${row}.issue_id and e.ref = ${ref} and ${notOnlyMoves} and e.kind <= ${entryKinds.HOLD_RELEASED} and exists (
    select 1 from entry c where c.issue_id = ${row}.issue_id and c.ref = ${ref} and c.kind = ${entryKinds.HOLD_CREATED}
      and c.data like '0x${holdKinds[hold]}%' and ${hasTerms("c", row, units)})`;

/** Whether a line moves or holds what a transfer, or the units of a settlement, are about. */
export const hasTerms = (line: string, row: "t" | "l", units: string): string =>
  `${line}.from_account = ${row}.from_account and ${line}.to_account = ${row}.to_account and ${line}.units = ${row}.${units}`;

export const chainEntryColumns = `seq, kind, basis, units, from_account as "from", to_account as "to", ref, data, head, block_time as time`;

export const chainEntryOf = ({
  seq,
  kind,
  basis,
  units,
  from,
  to,
  ref,
  data,
  head,
  time,
}: ChainEntryRow): ChainEntry => ({
  seq: Number(seq),
  kind,
  basis,
  units,
  from: from ?? zeroAddress,
  to: to ?? zeroAddress,
  ref,
  data,
  head,
  blockTime: time.getTime() / 1000,
});
