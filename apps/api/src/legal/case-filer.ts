import type { CaseSituation } from "@genbo/database/legal/cases-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import { doRightsRest } from "@genbo/database/vault/vault";
import { rulesOf } from "@genbo/domain/cases/cases";
import type { RefusalCode } from "@genbo/domain/refusals";
import type { CaseInQuestion } from "./legal-cases.ts";

/** The party that files, or has filed, a case. */
export interface Filer {
  role: string;
  signer: string | null;
}

/**
 * What stands against who files: a broker acts for the accounts that it keeps, and for pledges in favour of such; a
 * trustee for every account.
 */
export async function faultsOfFiler(
  db: Queryable,
  filer: Filer,
  inQuestion: CaseInQuestion,
  situation: CaseSituation,
): Promise<RefusalCode[]> {
  if (filer.role !== "broker") return [];
  return isKept(filer, inQuestion, situation) ? unrepresented(db, inQuestion, situation) : ["NOT_CUSTODIAN"];
}

function isKept({ signer }: Filer, { kind, facts }: CaseInQuestion, situation: CaseSituation): boolean {
  const rules = rulesOf(kind);
  const holdId = rules.hold?.(facts);
  if (holdId !== undefined)
    return situation.holds.some(({ id, keeper }) => id === holdId && keeper === signer);
  const [account] = rules.accounts(facts);
  return account !== undefined && situation.accounts.get(account)?.keeper === signer;
}

/**
 * A pledge that a broker files is its customer's own act: co-owners who named nobody cannot ask for it (Trust Act 193,
 * Companies Act 686). What the trustee files itself it agrees to.
 */
async function unrepresented(
  db: Queryable,
  { kind, facts }: CaseInQuestion,
  { accounts }: CaseSituation,
): Promise<RefusalCode[]> {
  if (kind !== "PLEDGE") return [];
  const [pledgor] = rulesOf(kind).accounts(facts);
  const personId = pledgor && accounts.get(pledgor)?.record?.personId;
  return personId && (await doRightsRest(db, [personId])) ? ["CO_OWNERS_UNREPRESENTED"] : [];
}
