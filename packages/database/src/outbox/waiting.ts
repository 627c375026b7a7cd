/**
 * A command that waits in its lane, in the words of the index `command_queue`: a question that leaves one of them out
 * reads other indexes, or the whole table.
 */
export const waitsInLane = (c: string): string => `${c}.state = 'queued' and ${c}.priority > 0`;

/** What a command acts on, as the index `command_acts` has it. */
export const actsOn = (c: string): string =>
  `coalesce(${c}.args->>'from', ${c}.args->>'account', ${c}.args->>'wallet', ${c}.ref)`;
