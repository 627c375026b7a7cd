import type { Difference } from "@genbo/database/reconcile/reconciliations";
import { rootsToMakeAgain } from "@genbo/database/register/roots";
import { rootOfState } from "@genbo/database/register/tree";
import type { Pool } from "@genbo/database/sql/connection";
import { anchorKinds } from "@genbo/domain/anchors";
import { stateOf } from "./make-roots.ts";

/** Roots of closes and record dates that do not come out of the register's past states any more. */
export async function rootsThatDiffer(
  pool: Pool,
  issueId: string,
  since: { after: number; turn: string },
): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const made of await rootsToMakeAgain(pool, issueId, since)) {
    const root = await rootOfState(pool, await stateOf(pool, made));
    if (root === made.root) continue;
    const { kind, day, version } = made;
    const name = kind === anchorKinds.DAY_CLOSE ? "close" : "record date";
    const register = `${name} ${day}, version ${version}: ${root}`;
    differences.push({ what: "root made", account: null, register, other: made.root });
  }
  return differences;
}
