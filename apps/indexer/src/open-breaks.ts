import { type Tell, writeEvents } from "@genbo/database/outbox/events-write";
import { type NewBreak, openBreak } from "@genbo/database/register/breaks-write";
import type { Transaction } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import type { Log } from "@genbo/domain/log";
import { breakNotice } from "./notices.ts";

export interface FoundBreak extends Omit<NewBreak, "id"> {
  /** What the log says of it, where the detail is long. */
  logged?: Readonly<Record<string, unknown>>;
}

/** Opens breaks, says so in the log, and tells whoever hears of the register once. @returns their ids */
export async function openBreaks(
  tx: Transaction,
  log: Log,
  found: readonly FoundBreak[],
  tell: Tell = (events) => writeEvents(tx, events),
): Promise<string[]> {
  const made = found.map((each) => ({ ...each, id: newId("brk", each.at) }));
  for (const each of made) {
    const { id, issueId, kind, blockNumber: block, detail, logged = detail } = each;
    log.error("a break", { id, issueId, kind, block, ...logged });
    await openBreak(tx, each);
  }
  await tell(made.map(breakNotice));
  return made.map(({ id }) => id);
}
