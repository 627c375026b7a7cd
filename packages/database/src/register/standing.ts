/*
 * A row of holding_period says what an account holds from an entry on, until its next row; of no units where it holds
 * nothing any more. These are what queries read of it, as parts of their text. Each asks account by account, so that it
 * is one probe whatever PostgreSQL believes of the table's size and however often an account has changed.
 */

/** What an account held just after entry `seq`, or holds now; no row without units. */
export const heldBy = (issue: string, account: string, seq?: string): string => `(
  select * from (
    select * from holding_period where issue_id = ${issue} and account = ${account}${until(seq)}
    order by from_seq desc limit 1
  ) last where units > 0)`;

/**
 * The accounts that have had units of an issue by entry `seq`, by account. Read in order from `holding_opens`, a third of
 * what a walk from account to account takes, once PostgreSQL has statistics; without them it may sort them all.
 */
export const everHeld = (issue: string, seq?: string, after = "''"): string => `(
  select distinct account from holding_period
  where opens and issue_id = ${issue} and account > ${after}${until(seq)} order by account)`;

/** Every holding just after entry `seq`, or now. */
export const heldOf = (issue: string, seq?: string): string =>
  `(select held.* from ${everHeld(issue, seq)} ever cross join lateral ${heldBy(issue, "ever.account", seq)} held)`;

/**
 * Every holding that these accounts had by entry `seq`, with the entry by then that ended it (`to_seq`).
 * @param accounts an array, or a query
 */
export const periodsOf = (issue: string, accounts: string, seq?: string): string => `(
  select * from (
    select *, lead(from_seq) over (partition by account order by from_seq) as to_seq from holding_period
    where issue_id = ${issue} and account = any(${accounts})${until(seq)}
  ) period where units > 0)`;

const until = (seq: string | undefined): string => (seq === undefined ? "" : ` and from_seq <= ${seq}`);
