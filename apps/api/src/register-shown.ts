import type { InspectionWithAll } from "@genbo/database/inspections";
import type { IssueWithState } from "@genbo/database/issues";
import { registerPage } from "@genbo/database/register-read";
import { type HoldAt, holdsOf } from "@genbo/database/register-read-holds";
import { type ParticularsAt, particularsAt } from "@genbo/database/vault-at";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { holdKinds } from "@genbo/domain/entry-kinds";
import { isoOfDay } from "@genbo/domain/jst";
import type { ApiContext } from "./context.ts";

export interface ShownPage {
  /** JSON lines: the same page of the same request has the same bytes. */
  text: string;
  rows: number;
}

/** A page of the register as a granted request sees it: the statutory items, and of persons name and address alone. */
export async function registerShown(
  ctx: ApiContext,
  inspection: InspectionWithAll,
  issue: IssueWithState,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<ShownPage> {
  const block = Number(inspection.shownBlock);
  const at = { issueId: issue.id, seq: Number(inspection.shownSeq) };
  const page = await registerPage(ctx.pool, at, { after: cursor, limit });
  const accounts = page.rows.map(({ account }) => account);
  const pledges = await holdsOf(ctx.pool, at, { side: "account", accounts, kind: holdKinds.PLEDGE });
  const pledgees = pledges.flatMap(({ target }) => (target === null ? [] : [target]));
  const persons = await particularsAt(ctx.pool, ctx.vaultKeys, block, [
    ...new Set([...accounts, ...pledgees]),
  ]);
  const holders = page.rows.map(({ account, units, lots }) => ({
    type: "holder",
    account,
    ...identityOf(persons.get(account)),
    units,
    lots: lots.map((lot) => ({ acquiredOn: isoOfDay(lot.acquiredOn), units: lot.units })),
    pledges: pledges
      .filter((pledge) => pledge.account === account)
      .map((pledge) => pledgeLine(pledge, persons)),
  }));
  const lines = [headerOf(inspection, issue, cursor), ...holders, endOf(page.rows.length, page.next)];
  return { text: lines.map((line) => `${canonicalJson(line)}\n`).join(""), rows: page.rows.length };
}

const headerOf = (inspection: InspectionWithAll, issue: IssueWithState, cursor: string | undefined) => ({
  type: "register",
  inspectionId: inspection.id,
  issueId: issue.id,
  profile: issue.profile,
  name: issue.name,
  symbol: issue.symbol,
  terms: issue.terms,
  totalUnits: issue.totalUnits,
  unitPriceYen: issue.unitPriceYen,
  seq: Number(inspection.shownSeq),
  head: inspection.shownHead,
  block: Number(inspection.shownBlock),
  hash: inspection.shownHash,
  time: inspection.shownTime,
  after: cursor ?? "",
});

const endOf = (rows: number, next: string | null) => ({ type: "end", rows, next });

/** Pledgee and pledged units (Trust Act 201(1), Companies Act 694(1)). */
const pledgeLine = ({ id, target, units }: HoldAt, persons: ReadonlyMap<string, ParticularsAt>) => ({
  holdId: id,
  ...identityOf(target === null ? undefined : persons.get(target)),
  units,
});

/** Name and address, which the register holds; the rest of a person's particulars it does not show. */
function identityOf(person: ParticularsAt | undefined): { name: unknown; address: unknown } {
  const { name = null, address = null } = person?.opened?.particulars ?? {};
  return { name, address };
}
