import { operationStates, rowStates } from "@genbo/domain/states";
import { z } from "zod";
import { named } from "./named.ts";
import { pageAfter, pageOf, pageQuery, readOf } from "./page.ts";
import { chainWait } from "./platform.ts";
import { hash, height, id, instantText } from "./primitives.ts";

export const operationState = z.enum(operationStates);

export const operationKinds = [
  "party.create",
  "issue.approve",
  "issuance",
  "wallet.register",
  "particulars.change",
  "transfer.request",
  "transfer.accept",
  "transfer.approve",
  "transfer.reject",
  "transfer.cancel",
  "case.approve",
  "custody.consent",
  "custody.approve",
  "anchor.publish",
  "settlement.offer",
  "settlement.accept",
  "settlement.approve",
  "settlement.reject",
  "settlement.attest",
  "settlement.settle",
  "settlement.return",
  "cash.mint",
  "order.relay",
  "change.propose",
  "change.approve",
  "change.pause",
  "change.begin",
  "change.carry",
] as const;
export type OperationKind = (typeof operationKinds)[number];

export const rowState = z.enum(rowStates);

export const operationRow = named(
  "OperationRow",
  z.object({
    row: height.describe("Row of the request, from 0"),
    state: rowState,
    code: z.string().nullable().describe("Why the row was refused: a code of the catalogue of refusals"),
    ref: hash.describe("The reference under which the chain names this row"),
    txHash: hash.nullable(),
  }),
);

const operationFields = z.object({
  id: id("op"),
  kind: z.enum(operationKinds),
  state: operationState,
  code: z.string().nullable().describe("Why it was refused or failed"),
  issueId: z.string().nullable(),
  subjectId: z
    .string()
    .nullable()
    .describe("The issue, investor, wallet or transfer that it is about; for a root issue:kind:day"),
  waitsFor: z
    .object({ reason: chainWait, since: instantText.nullable() })
    .nullable()
    .describe(
      "What it waits for beyond its turn: the chain makes no blocks; it is kept and entered once they come",
    ),
  maker: z.string(),
  checker: z.string().nullable(),
  rows: height,
  rowsEntered: height,
  rowsRefused: height,
  acceptedAt: instantText,
  updatedAt: instantText,
  enteredAt: instantText
    .nullable()
    .describe("Perfection: when the last row stood irrevocably in the register"),
});
export const operation = named("Operation", operationFields);

/** The answer of every write that ends on chain. */
export const accepted = named(
  "Accepted",
  z.object({
    operationId: id("op"),
    state: operationState,
    rows: height,
    issueId: z.string().optional(),
    transferId: z.string().optional(),
    caseId: z.string().optional(),
    custodyChangeId: z.string().optional(),
    settlementId: z.string().optional(),
    changeId: z.string().optional(),
    transferIds: z.array(z.string()).optional().describe("One for each row of a bulk request, in its order"),
    walletAddress: z.string().optional(),
  }),
  "Follow the operation at the Location header until it is entered, refused or failed",
);

export const operationAnswer = named(
  "OperationAnswer",
  readOf(operationFields).extend({
    results: z.array(operationRow).describe("The first 100 rows; refused and failed rows first"),
  }),
);
export const operationPage = named("OperationPage", pageOf(operation));
export const operationRowPage = named("OperationRowPage", pageOf(operationRow));
export const operationQuery = pageAfter(id("op")).extend({
  state: operationState.optional(),
  kind: z.enum(operationKinds).optional(),
});
export const operationRowQuery = pageQuery.extend({ state: rowState.optional() });
