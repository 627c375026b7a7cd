import type { inspection, inspectionAnswer } from "@genbo/api-schema/inspections";
import type { InspectionRow, InspectionWithAll } from "@genbo/database/legal/inspections";
import { capacitiesOf, groundsOf } from "@genbo/domain/inspections";
import type { z } from "zod";
import { dayWire } from "./day.ts";

type InspectionWire = z.input<typeof inspection>;
type AnswerWire = z.input<typeof inspectionAnswer>;

export const inspectionWire = (row: InspectionRow): InspectionWire => {
  const { capacity, ground } = row;
  const { profile } = row.issue;
  return {
    id: row.id,
    issueId: row.issueId,
    personId: row.personId,
    capacity,
    capacityArticle: capacitiesOf[profile][capacity]!.article,
    reason: row.reason,
    documents: row.documents as unknown as InspectionWire["documents"],
    state: row.state,
    ground,
    groundArticle: ground && groundsOf[profile][ground]!.article,
    explanation: row.explanation,
    shown: shownWire(row),
    maker: row.maker,
    checker: row.checker,
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
};

const shownWire = (row: InspectionRow): InspectionWire["shown"] =>
  row.shownSeq === null
    ? null
    : {
        seq: Number(row.shownSeq),
        head: row.shownHead!,
        block: Number(row.shownBlock),
        hash: row.shownHash!,
        time: row.shownTime!.toISOString(),
      };

export const displayWire = (row: InspectionWithAll["displays"][number]): AnswerWire["displays"][number] => ({
  after: row.after,
  rows: row.rows,
  bytes: row.bytes,
  sha256: row.sha256,
  shownBy: row.shownBy,
  at: row.at.toISOString(),
});

export const disclosureWire = (
  row: InspectionWithAll["disclosures"][number],
): AnswerWire["disclosures"][number] => ({
  disclosedOn: dayWire(row.disclosedOn),
  evidence: row.evidence as unknown as AnswerWire["disclosures"][number]["evidence"],
  recordedBy: row.recordedBy,
  at: row.at.toISOString(),
});
