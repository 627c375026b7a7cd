import {
  grantInspectionPart,
  type InspectionWithAll,
  refuseInspectionPart,
} from "@genbo/database/legal/inspections";
import type { Queryable } from "@genbo/database/sql/connection";
import { type Ground, groundsOf, isHolderCapacity, looksBack } from "@genbo/domain/inspections";
import { otherPerson } from "../access/four-eyes.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { ProblemError } from "../http/problem.ts";
import { inspectionFor, rememberedOf } from "../legal/inspections.ts";
import { mayExercise } from "../legal/resting-rights.ts";
import { filedWith, refuseOtherDocuments } from "../legal/seen-documents.ts";
import { positionFor } from "../register/moments.ts";

type Routes = "grantInspection" | "refuseInspection";

export const inspectionDecisionHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  grantInspection: (call) =>
    command(ctx, call, async (db) => {
      const row = await decidable(ctx, call);
      refuseOtherDocuments(call.body.documents, filedWith(row), row.id);
      const agreed = await holderMay(db, call, row);
      const position = await positionFor(ctx, row.issueId, call.body, "");
      const grant = { id: row.id, checker: call.principal.subject, position, at: call.at };
      return {
        answer: { status: 200, body: { id: row.id, state: "granted" as const, groundArticle: null } },
        target: row.id,
        detail: {
          seq: position.seq,
          block: position.block,
          ...(agreed && { trusteeAgrees: true }),
        },
        guard: grantInspectionPart(grant),
      };
    }),
  refuseInspection: (call) =>
    command(ctx, call, async (db) => {
      const row = await decidable(ctx, call);
      const { ground, explanation } = call.body;
      const groundArticle = await lawfulGround(db, row, ground);
      const refusal = { id: row.id, checker: call.principal.subject, ground, explanation, at: call.at };
      return {
        answer: { status: 200, body: { id: row.id, state: "refused" as const, groundArticle } },
        target: row.id,
        detail: { ground },
        guard: refuseInspectionPart(refusal),
      };
    }),
});

/** An open request that a second person decides. */
async function decidable(ctx: ApiContext, { principal, params }: CallOf<Routes>): Promise<InspectionWithAll> {
  const row = await inspectionFor(ctx, principal, params.id);
  const taken = { id: row.id, subjects: [row.maker], since: row.createdAt };
  await otherPerson(ctx.pool, principal, taken, "You took this request in.");
  if (row.state !== "open")
    throw new ProblemError("STATE_CONFLICT", `The inspection is ${row.state}.`, { target: row.id });
  return row;
}

/** Of who asks as a holder; any other interested person, or a creditor, asks in a right of its own. */
async function holderMay(
  db: Queryable,
  { principal, body, language }: CallOf<"grantInspection">,
  { id, personId, capacity }: InspectionWithAll,
): Promise<boolean> {
  if (personId === null || !isHolderCapacity(capacity)) return false;
  const { role } = principal;
  const { trusteeAgrees } = body;
  return mayExercise(db, { personId, role, trusteeAgrees, language, target: id, pointer: "/trusteeAgrees" });
}

/** The article of a ground that the law lists and that stands. @throws ProblemError NO_LAWFUL_GROUND */
async function lawfulGround(db: Queryable, row: InspectionWithAll, ground: Ground): Promise<string> {
  const profile = row.issue.profile;
  const provision = groundsOf[profile][ground];
  if (provision === undefined) {
    const listed = Object.keys(groundsOf[profile]).join(", ");
    throw new ProblemError("NO_LAWFUL_GROUND", `${ground} is none of ${listed}.`, { target: row.id });
  }
  if (looksBack(ground) && (await rememberedOf(db, row)).length === 0) {
    const detail = "No disclosure by this requester is recorded in the two years before the request.";
    throw new ProblemError("NO_LAWFUL_GROUND", detail, { target: row.id });
  }
  return provision.article;
}
