import { capacities, grounds } from "@genbo/domain/inspections";
import { inspectionStates } from "@genbo/domain/states";
import { z } from "zod";
import { seenDocuments } from "./documents.ts";
import { documentsMax } from "./limits.ts";
import { asOf } from "./moment.ts";
import { named } from "./named.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import {
  addressText,
  clause,
  day,
  hash,
  height,
  id,
  instantText,
  line,
  personId,
  sha256,
  trusteeAgrees,
} from "./primitives.ts";

const capacity = z.enum(capacities);
const ground = z.enum(grounds);
const inspectionState = z.enum(inspectionStates);

const paper = named(
  "Paper",
  z.strictObject({ name: line().describe("Under which it is kept; no name of a person"), sha256 }),
);

export const newInspection = named(
  "NewInspection",
  z.strictObject({
    requester: z.strictObject({
      personId: personId.optional().describe("Of a requester who stands in the register: holders name it"),
      name: line(),
      address: line(),
    }),
    capacity: capacity.describe("As what the requester asks; each register has its own"),
    reason: clause(1_000).describe("The law asks for it. No name of a person"),
    documents: z.array(paper).max(documentsMax).default([]),
  }),
);

const remembered = z.array(z.object({ inspectionId: id("ins"), disclosedOn: day }));

const inspectionFields = z.object({
  id: id("ins"),
  issueId: id("iss"),
  personId: personId.nullable(),
  capacity,
  capacityArticle: z.string(),
  reason: z.string(),
  documents: z.array(paper),
  state: inspectionState,
  ground: ground.nullable(),
  groundArticle: z.string().nullable(),
  explanation: z.string().nullable(),
  shown: z
    .object({ seq: height, head: hash, block: height, hash, time: instantText })
    .nullable()
    .describe("The state of the register that is shown"),
  maker: z.string(),
  checker: z.string().nullable(),
  createdAt: instantText,
  decidedAt: instantText.nullable(),
});
export const inspection = named("Inspection", inspectionFields);
export const inspectionAnswer = named(
  "InspectionAnswer",
  readOf(inspectionFields).extend({
    requester: z
      .object({ name: z.string(), address: z.string() })
      .nullable()
      .describe("Null for who may not see names"),
    remembered: remembered.describe(
      "What the fifth ground of a trust, the third of a bond, looks back at: disclosures in the two years before the request",
    ),
    displays: z
      .array(
        z.object({
          after: z.string(),
          rows: height,
          bytes: height,
          sha256,
          shownBy: z.string(),
          at: instantText,
        }),
      )
      .describe("What was shown, by the hash of its bytes"),
    disclosures: z.array(
      z.object({ disclosedOn: day, evidence: paper, recordedBy: z.string(), at: instantText }),
    ),
  }),
);
export const inspectionPage = named("InspectionPage", pageOf(inspection));
export const inspectionQuery = pageAfter(id("ins")).extend({ state: inspectionState.optional() });
export const inspectionReadQuery = z.strictObject({ purpose: line().optional() });

export const inspectionGrant = named(
  "InspectionGrant",
  z.strictObject({
    asOf: asOf.optional().describe("Which state is shown; the present one if left out"),
    trusteeAgrees,
    documents: seenDocuments,
  }),
);
export const inspectionRefusal = named(
  "InspectionRefusal",
  z.strictObject({ ground, explanation: clause(1_000).describe("The facts that make it stand") }),
);
export const inspectionDecided = named(
  "InspectionDecided",
  z.object({ id: id("ins"), state: inspectionState, groundArticle: z.string().nullable() }),
);

export const newDisclosure = named("NewDisclosure", z.strictObject({ disclosedOn: day, evidence: paper }));
export const disclosure = named("Disclosure", z.object({ inspectionId: id("ins"), disclosedOn: day }));

export const registerShown = named(
  "RegisterShown",
  z
    .string()
    .describe(
      "JSON lines: the issue with its statutory terms, one line a holder with name, address, lots and pledges, the " +
        "end with the next cursor. The same cursor gives the same bytes; their sha256 is kept.",
    ),
);
export const showQuery = pageAfter(addressText);
