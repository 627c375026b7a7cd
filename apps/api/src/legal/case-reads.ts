import type { CaseRow } from "@genbo/database/legal/cases";
import type { Principal } from "@genbo/database/parties/keys";
import { accountsKeptBy } from "@genbo/database/parties/wallets";
import type { Queryable } from "@genbo/database/sql/connection";
import { rulesOf } from "@genbo/domain/cases/cases";
import { factsOf } from "./case-facts.ts";

/** A case whose deadlines are known by now, if the holidays of their year were announced since it was filed. */
export function dated(row: CaseRow): CaseRow {
  const { kind, facts, deadlines } = row;
  if (deadlines.every(({ due }) => due !== null)) return row;
  return { ...row, deadlines: rulesOf(kind).deadlines!(factsOf(kind, facts)) };
}

interface Heirs {
  account: string;
  heirs: { account: string; units: string }[];
}

/**
 * What a broker sees of successions: of the heirs its own customers alone, with the documents about them and those about
 * all. Who keeps the deceased's account sees to whom its units go, as it does in the entries.
 */
export async function ownParts(
  db: Queryable,
  { role, custodianId }: Principal,
  rows: readonly CaseRow[],
): Promise<CaseRow[]> {
  const named = role === "broker" ? rows.filter(isSuccession).flatMap(accountsIn) : [];
  if (named.length === 0) return [...rows];
  const own = await accountsKeptBy(db, custodianId!, named);
  return rows.map((row) => (isSuccession(row) ? partOf(row, own) : row));
}

const isSuccession = ({ kind }: CaseRow): boolean => kind === "SUCCESSION";
const heirsOf = ({ facts }: CaseRow) => facts as unknown as Heirs;

function accountsIn(row: CaseRow): string[] {
  const { account, heirs } = heirsOf(row);
  return [account, ...heirs.map((heir) => heir.account)];
}

function partOf(row: CaseRow, own: Pick<ReadonlySet<string>, "has">): CaseRow {
  const { account, heirs, ...facts } = heirsOf(row);
  if (own.has(account)) return row;
  return {
    ...row,
    facts: { ...facts, account, heirs: heirs.filter((heir) => own.has(heir.account)) },
    documents: row.documents.filter(({ account: about }) => about === undefined || own.has(about)),
  };
}
