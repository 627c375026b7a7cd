import { z } from "zod";
import { named } from "./named.ts";
import { pageAfter, pageOf } from "./page.ts";
import { addressText, clause, height, id, instantText } from "./primitives.ts";

const breakStates = ["open", "closing", "closed"] as const;

export const registerBreak = named(
  "Break",
  z.object({
    id: id("brk"),
    issueId: id("iss").nullable().describe("Null for the registry, and for the chain as a whole"),
    kind: z.string(),
    state: z
      .enum(breakStates)
      .describe("`closing` once one person has given a reason: a second one closes it"),
    detail: z
      .record(z.string(), z.unknown())
      .describe("What register and chain say, the number expected next, and what to do"),
    block: height,
    openedAt: instantText,
    reason: z.string().nullable(),
    closedBy: z.string().nullable(),
    closedChecker: z.string().nullable(),
    closedAt: instantText.nullable(),
    resumedAt: instantText.nullable().describe("What it held back has entered the register"),
  }),
  "Register and chain disagree. While it is open nothing enters that issue; the others go on",
);
export const breakPage = named("BreakPage", pageOf(registerBreak));
export const breakQuery = pageAfter(id("brk")).extend({
  state: z.enum(["open", "closed"]).optional().describe("`open` has those that are closing"),
  issueId: id("iss").optional(),
});
export const breakClosing = named("BreakClosing", z.strictObject({ reason: clause(1_000) }));

const difference = z.object({
  what: z.string(),
  account: addressText.nullable(),
  register: z.string(),
  other: z.string().describe("What the contract says, or the other part of the register"),
});
const reconciliationFields = z.object({
  id: id("rec"),
  issueId: id("iss"),
  askedBy: z.string().nullable().describe("Null for the daily one"),
  askedAt: instantText,
  comparedAt: instantText
    .nullable()
    .describe("Register and contract are compared; the holders' particulars are opened next"),
  doneAt: instantText.nullable(),
  seq: height.nullable().describe("The last entry of the state that was compared"),
  block: height.nullable(),
  holdings: height.nullable(),
  differences: z
    .array(difference)
    .nullable()
    .describe("The first hundred. Null until it is compared; empty where all is equal once it is done"),
  particulars: z
    .object({
      opened: height.describe("Holders whose name and address are those that the chain committed to"),
      erased: height.describe("Holders whose key was destroyed: nobody can open theirs any more"),
      erasedAccounts: z.array(addressText).describe("The first hundred"),
    })
    .nullable()
    .describe("Null until they are opened"),
  breakId: id("brk").nullable().describe("The break that the differences opened"),
});
export const reconciliation = named("Reconciliation", reconciliationFields);
export const reconciliationPage = named("ReconciliationPage", pageOf(reconciliation));
export const reconciliationQuery = pageAfter(id("rec"));
