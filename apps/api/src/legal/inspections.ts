import {
  findInspection,
  type InspectionWithAll,
  type Remembered,
  rememberedDisclosures,
} from "@genbo/database/legal/inspections";
import type { Principal } from "@genbo/database/parties/keys";
import type { Queryable } from "@genbo/database/sql/connection";
import { memoryStart } from "@genbo/domain/inspections";
import { isoOfDay, jstDay } from "@genbo/domain/jst";
import { inspectionView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import { notFound } from "../http/problem.ts";

/** A request that the caller may see. @throws ProblemError NOT_FOUND */
export async function inspectionFor(
  ctx: ApiContext,
  principal: Principal,
  id: string,
): Promise<InspectionWithAll> {
  const row = await findInspection(ctx.prisma, inspectionView(principal), id);
  if (row === null) throw notFound();
  return row;
}

/** Disclosures for gain by the same requester in the two years before its request. */
export const rememberedOf = (db: Queryable, row: InspectionWithAll): Promise<Remembered[]> =>
  rememberedDisclosures(
    db,
    {
      inspectionId: row.id,
      trusteeId: row.issue.trusteeId,
      profile: row.issue.profile,
      personId: row.personId,
      requesterDigest: row.requesterDigest,
    },
    isoOfDay(memoryStart(row.createdAt)),
    isoOfDay(jstDay(row.createdAt)),
  );
