import type { Queryable } from "@genbo/database/connection";
import type { EntryLine } from "@genbo/database/register-read-entries";
import { accountsKeptBy } from "@genbo/database/wallets";

/** Entries as a broker sees them: of the other side it learns the account, which it dealt with, but not the person. */
export async function ownSides(
  db: Queryable,
  custodianId: number,
  lines: readonly EntryLine[],
): Promise<EntryLine[]> {
  const accounts = lines.flatMap(({ from, to }) => [from, to]).filter((account) => account !== null);
  const own = await accountsKeptBy(db, custodianId, [...new Set(accounts)]);
  const ofOwn = (account: string | null, person: string | null) =>
    account !== null && own.has(account) ? person : null;
  return lines.map((line) => ({
    ...line,
    fromPerson: ofOwn(line.from, line.fromPerson),
    toPerson: ofOwn(line.to, line.toPerson),
  }));
}
