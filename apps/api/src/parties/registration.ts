import type { newInvestor, rowConflict } from "@genbo/api-schema/investors";
import { problemOf } from "@genbo/api-schema/problems";
import type { Part } from "@genbo/database/commands/statement";
import {
  customersByNumber,
  type InvestorRow,
  investorsPart,
  type NewInvestor,
  taxStatusPart,
} from "@genbo/database/parties/investors";
import type { Queryable } from "@genbo/database/sql/connection";
import type { VaultKeys } from "@genbo/database/vault/keys";
import { newSubject, type Particulars, sealParticulars } from "@genbo/database/vault/seal";
import {
  latestParticulars,
  type NewParticulars,
  type NewSubject,
  particularsPart,
  subjectsPart,
} from "@genbo/database/vault/vault";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { newId, newPersonId } from "@genbo/domain/ids";
import { classBitsOf } from "@genbo/domain/investor-class";
import { isoOfDay, jstDay } from "@genbo/domain/jst";
import { refusal } from "@genbo/domain/refusals";
import type { z } from "zod";

export type Applicant = z.output<typeof newInvestor>;
export type RowConflict = z.input<typeof rowConflict>;

/** Who registers, and when. */
export interface Registrar {
  brokerId: string;
  at: Date;
}

/** What a registration comes to: new rows to write, who was there already, and rows that contradict what stands. */
export interface Registration {
  items: { row: number; investor: InvestorRow }[];
  created: number;
  unchanged: number;
  conflicts: RowConflict[];
  writes: Part[];
}

/** Evidence of a person's first particulars: the registration itself. */
const firstEvidence = "REGISTRATION";

/**
 * Decides about applicants by the broker's own customer numbers: a number that is there with the same data changes
 * nothing, one with other data is a conflict, and the others become investors with sealed particulars.
 */
export async function register(
  db: Queryable,
  keys: VaultKeys,
  registrar: Registrar,
  applicants: readonly Applicant[],
): Promise<Registration> {
  const numbers = [...new Set(applicants.map(({ externalId }) => externalId))];
  const known = await customersByNumber(db, registrar.brokerId, numbers);
  const persons = [...known.values()].map(({ personId }) => personId);
  const particulars = await latestParticulars(db, keys, persons);
  const said = new Map<string, { investor: InvestorRow; data: string }>();
  for (const investor of known.values()) {
    const value = particulars.get(investor.personId)?.value ?? null;
    said.set(investor.externalId, { investor, data: dataOf(investor, value) });
  }
  const result: Registration = { items: [], created: 0, unchanged: 0, conflicts: [], writes: [] };
  const admitted: { investor: NewInvestor; particulars: Particulars }[] = [];
  applicants.forEach((applicant, row) => {
    const standing = said.get(applicant.externalId);
    if (standing === undefined) {
      if (applicant.validUntil <= registrar.at) {
        result.conflicts.push(lapsed(row));
        return;
      }
      if (isUnborn(applicant.particulars, registrar.at)) {
        result.conflicts.push(unborn(row));
        return;
      }
      const { investor, ...rest } = admit(registrar, applicant);
      said.set(applicant.externalId, { investor, data: dataOf(investor, rest.particulars) });
      admitted.push({ investor: { ...investor, at: registrar.at }, ...rest });
      result.items.push({ row, investor });
      result.created += 1;
    } else if (
      standing.data ===
      dataOf({ ...applicant, classBits: classBitsOf(applicant.classes) }, applicant.particulars)
    ) {
      result.items.push({ row, investor: standing.investor });
      result.unchanged += 1;
    } else {
      result.conflicts.push(contradicts(row, standing.investor.id));
    }
  });
  if (admitted.length > 0) result.writes = await sealedParts(keys, registrar, admitted);
  return result;
}

/** All that a registration says of a person, as one text to compare. */
function dataOf(
  facts: { classBits: number; country: number; taxCategory: string; validUntil: Date },
  particulars: Particulars | null,
): string {
  const { classBits, country, taxCategory, validUntil } = facts;
  return canonicalJson([classBits, country, taxCategory, validUntil, particulars]);
}

function admit(
  { brokerId, at }: Registrar,
  applicant: Applicant,
): { investor: InvestorRow; particulars: Particulars } {
  const { externalId, country, taxCategory, validUntil, particulars } = applicant;
  const investor = {
    id: newId("inv", at),
    brokerId,
    externalId,
    personId: newPersonId(),
    classBits: classBitsOf(applicant.classes),
    country,
    taxCategory,
    flags: 0,
    validUntil,
    createdAt: at,
  };
  return { investor, particulars };
}

async function sealedParts(
  keys: VaultKeys,
  { at }: Registrar,
  admitted: readonly { investor: NewInvestor; particulars: Particulars }[],
): Promise<Part[]> {
  const subjects: NewSubject[] = [];
  const versions: NewParticulars[] = [];
  const effectiveOn = isoOfDay(jstDay(at));
  for (const { investor, particulars } of admitted) {
    const { personId } = investor;
    const { dataKey, wrapped } = await newSubject(keys, personId);
    subjects.push({ personId, wrapped, at });
    const sealed = sealParticulars(dataKey, personId, 1, particulars);
    versions.push({ ...sealed, effectiveOn, evidenceRef: firstEvidence, at, operationId: null });
  }
  return [
    investorsPart(admitted.map(({ investor }) => investor)),
    subjectsPart(subjects),
    particularsPart(versions),
    taxStatusPart(admitted.map(({ investor }) => ({ ...investor, effectiveOn, at }))),
  ];
}

/** Whether a person is to be born, or established, on a later day. */
export const isUnborn = ({ bornOn }: Applicant["particulars"], at: Date): boolean =>
  bornOn !== null && bornOn > isoOfDay(jstDay(at));

const unborn = (row: number): RowConflict => ({
  row,
  code: "INVALID_FIELD",
  pointer: `/rows/${row}/particulars/bornOn`,
  detail: "The day of birth or establishment lies in the future.",
  fix: problemOf("INVALID_FIELD").fix.en,
});

const contradicts = (row: number, id: string): RowConflict => ({
  row,
  code: "ALREADY_EXISTS",
  pointer: `/rows/${row}`,
  detail: "The customer number is registered with other data.",
  fix: `${problemOf("ALREADY_EXISTS").fix.en} PATCH /v1/investors/${id}/particulars`,
});

const lapsed = (row: number): RowConflict => ({
  row,
  code: "VALIDITY_PAST",
  pointer: `/rows/${row}/validUntil`,
  detail: refusal("VALIDITY_PAST").en,
  fix: refusal("VALIDITY_PAST").fix,
});
