import { actsOn } from "./waiting.ts";

/** Whether a record of an account is under way: queued, or taken and not entered yet. One probe of `command_acts`. */
export const recordUnderWay = (account: string): string => `exists (select 1 from command c
  where ${actsOn("c")} = ${account} and c.target is null
    and c.state in ('queued', 'taken') and c.call = 'setRecords')`;
