import type { Capacity, Ground } from "@genbo/domain/inspections";
import type { ProfileName } from "@genbo/domain/profiles";
import type { StateOfInspection } from "@genbo/domain/states";
import { insertPart, type Part } from "../commands/statement.ts";
import type {
  Inspection,
  InspectionDisclosure,
  InspectionDisplay,
  Prisma,
  PrismaClient,
} from "../generated/client.ts";
import type { Position } from "../register/read-position.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { given, type Page, pageById } from "../sql/page.ts";
import type { SealedRequester } from "./inspections-requester.ts";

/** A document by its hash; its name holds no name of a person. */
export interface Paper {
  name: string;
  /** 64 hex digits. */
  sha256: string;
}

export interface NewInspection {
  id: string;
  issueId: string;
  personId: string | null;
  requester: SealedRequester;
  capacity: Capacity;
  reason: string;
  documents: readonly Paper[];
  maker: string;
  at: Date;
}

export const inspectionPart = (row: NewInspection): Part =>
  insertPart<NewInspection>(
    "inspection",
    {
      id: ["text", (of) => of.id],
      issue_id: ["text", (of) => of.issueId],
      person_id: ["text", (of) => of.personId],
      requester: ["bytea", (of) => of.requester.sealed],
      requester_key: ["bytea", (of) => of.requester.wrapped],
      requester_digest: ["text", (of) => of.requester.digest],
      capacity: ["text", (of) => of.capacity],
      reason: ["text", (of) => of.reason],
      documents: ["jsonb", (of) => JSON.stringify(of.documents)],
      state: ["text", () => "open"],
      maker: ["text", (of) => of.maker],
      created_at: ["timestamptz", (of) => of.at],
    },
    [row],
  );

export interface InspectionGrant {
  id: string;
  checker: string;
  /** What will be shown. */
  position: Pick<Position, "seq" | "head" | "block" | "hash" | "time">;
  at: Date;
}

/** Grants an open request; a guard, so that it is decided once only. */
export const grantInspectionPart = ({ id, checker, position, at }: InspectionGrant): Part => ({
  name: "grant_inspection",
  sql: (param, from) => `update inspection set state = 'granted', checker = ${param(checker, "text")},
      shown_seq = ${param(position.seq, "bigint")}, shown_head = ${param(position.head, "text")},
      shown_block = ${param(position.block, "bigint")}, shown_hash = ${param(position.hash, "text")},
      shown_time = ${param(position.time, "timestamptz")}, decided_at = ${param(at, "timestamptz")}
    from ${from} where id = ${param(id, "text")} and state = 'open' returning 1`,
});

export interface InspectionRefusal {
  id: string;
  checker: string;
  ground: Ground;
  explanation: string;
  at: Date;
}

export const refuseInspectionPart = ({ id, checker, ground, explanation, at }: InspectionRefusal): Part => ({
  name: "refuse_inspection",
  sql: (param, from) => `update inspection set state = 'refused', checker = ${param(checker, "text")},
      ground = ${param(ground, "text")}, explanation = ${param(explanation, "text")},
      decided_at = ${param(at, "timestamptz")}
    from ${from} where id = ${param(id, "text")} and state = 'open' returning 1`,
});

export interface NewDisclosure {
  inspectionId: string;
  /** JST day. */
  disclosedOn: string;
  evidence: Paper;
  recordedBy: string;
  at: Date;
}

export const disclosurePart = (row: NewDisclosure): Part =>
  insertPart<NewDisclosure>(
    "inspection_disclosure",
    {
      inspection_id: ["text", (of) => of.inspectionId],
      disclosed_on: ["date", (of) => of.disclosedOn],
      evidence: ["jsonb", (of) => JSON.stringify(of.evidence)],
      recorded_by: ["text", (of) => of.recordedBy],
      at: ["timestamptz", (of) => of.at],
    },
    [row],
  );

export interface NewDisplay {
  inspectionId: string;
  after: string;
  rows: number;
  bytes: number;
  sha256: string;
  shownBy: string;
  at: Date;
}

/** Keeps what is shown, by its hash. Nothing is shown before it is written. */
export async function writeDisplay(db: Queryable, row: NewDisplay): Promise<void> {
  await db.query({
    name: "write-display",
    text: `insert into inspection_display (inspection_id, after, rows, bytes, sha256, shown_by, at)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [row.inspectionId, row.after, row.rows, row.bytes, row.sha256, row.shownBy, row.at],
  });
}

/** Whose requests are remembered together: those that one trustee had for registers of one kind. */
export interface Memory {
  inspectionId: string;
  trusteeId: string;
  profile: ProfileName;
  personId: string | null;
  requesterDigest: string;
}

export interface Remembered {
  inspectionId: string;
  /** JST day. */
  disclosedOn: string;
}

/**
 * Disclosures for gain of what the same requester was shown earlier: the same person of the register, or the same name
 * and address. From `since` until `until`, both JST days.
 */
export async function rememberedDisclosures(
  db: Queryable,
  of: Memory,
  since: string,
  until: string,
): Promise<Remembered[]> {
  const found = await db.query<Remembered>({
    name: "remembered-disclosures",
    text: `select d.inspection_id as "inspectionId", d.disclosed_on as "disclosedOn"
      from inspection_disclosure d join inspection i on i.id = d.inspection_id join issue s on s.id = i.issue_id
      where i.id <> $1 and s.trustee_id = $2 and s.profile = $3 and (i.requester_digest = $4 or i.person_id = $5)
        and d.disclosed_on between $6::date and $7::date
      order by d.disclosed_on, d.id`,
    values: [of.inspectionId, of.trusteeId, of.profile, of.requesterDigest, of.personId, since, until],
  });
  return found.rows;
}

export type InspectionRow = Narrowed<
  Inspection,
  { capacity: Capacity; ground: Ground | null; state: StateOfInspection }
> & { issue: { trusteeId: string; profile: ProfileName } };
export type InspectionWithAll = InspectionRow & {
  displays: InspectionDisplay[];
  disclosures: InspectionDisclosure[];
};

/** Which requests a party sees: for the issues that it is trustee of, or all. */
export type InspectionView = { as: "trustee"; partyId: string } | { as: "everything" };

const visible = (view: InspectionView): Prisma.InspectionWhereInput =>
  view.as === "trustee" ? { issue: { trusteeId: view.partyId } } : {};

const issueFields = { issue: { select: { trusteeId: true, profile: true } } } as const;
const all = {
  ...issueFields,
  displays: { orderBy: { id: "asc" } },
  disclosures: { orderBy: { id: "asc" } },
} as const;

export interface InspectionFilter extends Page {
  issueId: string;
  state?: string | undefined;
}

/** Requests of an issue, oldest first; one more than `limit`, if there are more. */
export const listInspections = (
  prisma: PrismaClient,
  view: InspectionView,
  { issueId, state, ...page }: InspectionFilter,
): Promise<InspectionRow[]> =>
  prisma.inspection.findMany({
    ...pageById(page, visible(view), { issueId }, given({ state })),
    include: issueFields,
  }) as Promise<InspectionRow[]>;

export const findInspection = (
  prisma: PrismaClient,
  view: InspectionView,
  id: string,
): Promise<InspectionWithAll | null> =>
  prisma.inspection.findFirst({
    where: { AND: [{ id }, visible(view)] },
    include: all,
  }) as Promise<InspectionWithAll | null>;
