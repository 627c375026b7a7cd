import { accountsKeptBy } from "@genbo/database/parties/wallets";
import type { EntryLine } from "@genbo/database/register/read-entries";
import type { HoldAt } from "@genbo/database/register/read-holds";
import type { Queryable } from "@genbo/database/sql/connection";

/** Those of these accounts whose persons are named: to a broker its own customers' alone. @param custodianId of a broker */
export async function namedAccounts(
  db: Queryable,
  custodianId: number | null,
  accounts: readonly string[],
): Promise<string[]> {
  const asked = [...new Set(accounts)];
  if (custodianId === null) return asked;
  const own = await accountsKeptBy(db, custodianId, asked);
  return asked.filter((account) => own.has(account));
}

/** Holds as a broker sees them: as entries, the other side's account without its person. */
export async function ownHolds(
  db: Queryable,
  custodianId: number,
  holds: readonly HoldAt[],
): Promise<HoldAt[]> {
  const accounts = holds.flatMap(({ account, target }) => (target === null ? [account] : [account, target]));
  const own = await accountsKeptBy(db, custodianId, [...new Set(accounts)]);
  return holds.map((hold) => ({
    ...hold,
    personId: own.has(hold.account) ? hold.personId : null,
    targetPersonId: own.has(hold.target ?? "") ? hold.targetPersonId : null,
  }));
}

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
