import { grown } from "@genbo/database/register/grown";
import { createHexTable } from "@genbo/database/register/hex-table";
import type { AccountParty } from "@genbo/database/register/write-registry";

/** Who stands behind each account that the fold has met, in arrays: there may be as many as the registry knows. */
export interface AccountParties {
  has(account: string): boolean;
  personOf(account: string): string | undefined;
  /** The custodian's id; 0 where nobody keeps the account, or nobody knows it. */
  custodianOf(account: string): number;
  set(account: string, party: AccountParty): void;
  size(): number;
}

export function createAccountParties(): AccountParties {
  const accounts = createHexTable(20);
  const persons = createHexTable(12);
  /** Of each account: its person's number and its custodian. */
  let parties = new Uint32Array(32);
  return {
    has: (account) => accounts.find(account) >= 0,
    personOf: (account) => {
      const at = accounts.find(account) * 2;
      return at < 0 ? undefined : persons.at(parties[at]!);
    },
    custodianOf: (account) => {
      const at = accounts.find(account) * 2;
      return at < 0 ? 0 : parties[at + 1]!;
    },
    set: (account, { person, custodian }) => {
      const at = accounts.add(account) * 2;
      parties = grown(Uint32Array, parties, at + 2);
      parties[at] = persons.add(person);
      parties[at + 1] = custodian;
    },
    size: accounts.size,
  };
}
