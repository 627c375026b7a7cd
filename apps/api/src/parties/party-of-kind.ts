import { findParty } from "@genbo/database/parties/parties";
import type { Role } from "@genbo/domain/permissions";
import type { ApiContext } from "../context.ts";
import { invalidField } from "../http/problem.ts";

/** A party that a body names for its kind. @throws ProblemError INVALID_FIELD for one of another kind, or none */
export async function partyOfKind(ctx: ApiContext, id: string, kind: Role, pointer: string) {
  const party = await findParty(ctx.prisma, id);
  if (party?.kind !== kind) throw invalidField(pointer, `is the id of no ${kind.replace("-", " ")}`);
  return party;
}
