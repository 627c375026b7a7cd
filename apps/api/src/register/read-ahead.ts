import { type RegisterPage, registerPage } from "@genbo/database/register/read";
import type { Reading } from "@genbo/database/register/read-overlay";
import type { Queryable } from "@genbo/database/sql/connection";

/** Walks through a list that go on at once; a page has 1,000 rows at most. */
const walksMax = 8;

export interface ReadAhead {
  /** A page of all accounts. @param after the account that the page before ended with */
  page(at: Reading, after: string | undefined, limit: number): Promise<RegisterPage>;
}

/**
 * Whoever asks for a second page asks for the third as well: PostgreSQL reads it while this one is made into JSON, sent
 * and read, which takes as long. What was read ahead is of one state, which never changes, so it cannot be stale.
 */
export function createReadAhead(db: Queryable): ReadAhead {
  /** Undefined where it could not be read: whoever asks for it then is told why. */
  const ahead = new Map<string, Promise<RegisterPage | undefined>>();

  const prepare = (key: string, read: () => Promise<RegisterPage>) => {
    if (ahead.has(key)) return;
    ahead.set(
      key,
      read().catch(() => undefined),
    );
    for (const oldest of ahead.keys()) if (ahead.size > walksMax) ahead.delete(oldest);
  };
  return {
    page: async (at, after, limit) => {
      const { knownAt } = at;
      const keyOf = (from?: string) =>
        [at.issueId, at.seq, at.head, knownAt.seq, knownAt.head, limit, from].join(" ");
      const read = (from?: string) => registerPage(db, at, { after: from, limit });
      const known = ahead.get(keyOf(after));
      ahead.delete(keyOf(after));
      const page = (await known) ?? (await read(after));
      const { next } = page;
      if (after !== undefined && next !== null) prepare(keyOf(next), () => read(next));
      return page;
    },
  };
}
