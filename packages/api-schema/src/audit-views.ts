import { z } from "zod";
import { named } from "./named.ts";
import { pageAfter, pageOf } from "./page.ts";
import { clause, id, instant, instantText } from "./primitives.ts";

/** An engagement's field work takes weeks; who needs longer asks again. */
export const auditViewDaysMax = 92;

export const auditView = named(
  "AuditView",
  z.object({
    id: id("avw"),
    issueId: id("iss"),
    auditorId: id("pty"),
    reason: z.string(),
    state: z.enum(["asked", "open", "ended"]),
    until: instantText,
    maker: z.string(),
    checker: z.string().nullable(),
    createdAt: instantText,
    openedAt: instantText.nullable(),
    endedAt: instantText.nullable().describe("When it was ended before its time"),
  }),
  "Names of an issue's holders, open to an auditor for a time",
);
export const newAuditView = named(
  "NewAuditView",
  z.strictObject({
    auditorId: id("pty"),
    reason: clause(400).describe("The engagement or case; it is the purpose of each reading"),
    until: instant.describe(`At most ${auditViewDaysMax} days ahead`),
  }),
);
export const auditViewDecision = named("AuditViewDecision", z.strictObject({}));
export const auditViewPage = named("AuditViewPage", pageOf(auditView));
export const auditViewQuery = pageAfter(id("avw"));
