/** Whether a record of an account is under way: queued, or taken and not entered yet. One probe of `command_acts`. */
export const recordUnderWay = (account: string): string => `exists (select 1 from command c
  where coalesce(c.args->>'from', c.args->>'account', c.args->>'wallet', c.ref) = ${account} and c.target is null
    and c.state in ('queued', 'taken') and c.call = 'setRecords')`;
