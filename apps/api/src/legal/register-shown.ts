import { approvedUnitsAt } from "@genbo/database/issues/issue-units";
import type { IssueWithState } from "@genbo/database/issues/issues";
import type { InspectionWithAll } from "@genbo/database/legal/inspections";
import { registerPage } from "@genbo/database/register/read";
import { canonicalJson } from "@genbo/domain/canonical-json";
import type { ApiContext } from "../context.ts";
import { type BookHolder, bookHolders, bookTerms } from "../register/register-book.ts";

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
  const place = { ...at, block, time: inspection.shownTime! };
  const holders = await bookHolders(ctx, issue.profile, place, { rows: page.rows, custodianId: null });
  const shown = holders.map((holder) => ({ type: "holder", ...statutory(holder) }));
  const header = await headerOf(ctx, inspection, issue, { seq: at.seq, after: cursor ?? "" });
  const lines = [header, ...shown, endOf(page.rows.length, page.next)];
  return { text: lines.map((line) => `${canonicalJson(line)}\n`).join(""), rows: page.rows.length };
}

const headerOf = async (
  ctx: ApiContext,
  inspection: InspectionWithAll,
  issue: IssueWithState,
  { seq, after }: { seq: number; after: string },
) => ({
  type: "register",
  inspectionId: inspection.id,
  issueId: issue.id,
  profile: issue.profile,
  name: issue.name,
  symbol: issue.symbol,
  ...(await bookTerms(ctx, issue, { seq, knownSeq: seq })),
  totalUnits: await approvedUnitsAt(ctx.pool, issue, seq),
  unitPriceYen: issue.unitPriceYen,
  seq,
  head: inspection.shownHead,
  block: Number(inspection.shownBlock),
  hash: inspection.shownHash,
  time: inspection.shownTime,
  after,
});

const endOf = (rows: number, next: string | null) => ({ type: "end", rows, next });

/** What the law has the register say; of persons name and address alone, and no attachments. */
const statutory = ({ account, name, address, units, lots, pledges, marks, coOwners }: BookHolder) => ({
  account,
  name,
  address,
  units,
  lots,
  pledges: pledges.map((pledge) => ({
    holdId: pledge.holdId,
    name: pledge.name,
    address: pledge.address,
    units: pledge.units,
    waiting: pledge.waiting,
    rank: pledge.rank,
  })),
  marks,
  coOwners,
});
