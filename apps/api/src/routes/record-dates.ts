import { isConstraint } from "@genbo/database/commands";
import { taxStatusOn } from "@genbo/database/investors";
import { findIssue } from "@genbo/database/issues";
import {
  findRecordDate,
  listRecordDates,
  listStateOf,
  recordDateConstraint,
  recordDatePart,
} from "@genbo/database/record-dates";
import { changesOf, type ListState, readingOfList } from "@genbo/database/record-dates-revise";
import { registerPage } from "@genbo/database/register-read";
import { holdsOf } from "@genbo/database/register-read-holds";
import type { Position } from "@genbo/database/register-read-position";
import type { RegisterRow } from "@genbo/database/register-row";
import { particularsAt } from "@genbo/database/vault-at";
import { holdKinds } from "@genbo/domain/entry-kinds";
import { newId } from "@genbo/domain/ids";
import { dayOfIso, endOfDay, isoOfDay, jstDay } from "@genbo/domain/jst";
import type { ProfileName } from "@genbo/domain/profiles";
import { type RecordDateTerms, recordDateFaults } from "@genbo/domain/record-dates";
import type { CallOf, Handlers } from "../call.ts";
import { command } from "../command.ts";
import type { ApiContext } from "../context.ts";
import { asOfPosition, knownWire } from "../moments.ts";
import { invalidField, notFound, ProblemError } from "../problem.ts";
import { auditRead, headAt, pageOf, presentAsOf } from "../reads.ts";
import { numberOf, ruleWire } from "../rules.ts";
import { issueView, seesParticulars } from "../views.ts";
import { listChangeWire, type RecordDateFacts, recordDateRowWire, recordDateWire } from "../wire/register.ts";

type Routes = "setRecordDate" | "listRecordDates" | "readRecordDateList";

export const recordDateHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  setRecordDate: async (call) => {
    try {
      return await setRecordDate(ctx, call);
    } catch (error) {
      if (!isConstraint(error, recordDateConstraint)) throw error;
      throw new ProblemError("ALREADY_EXISTS", "This day is set for this purpose already.", {
        pointer: "/day",
      });
    }
  },
  listRecordDates: async ({ principal, params, query }) => {
    const asOf = await presentAsOf(ctx);
    const issue = await findIssue(ctx.prisma, issueView(principal), params.id);
    if (issue === null) throw notFound();
    const rows = await listRecordDates(ctx.prisma, issue.id, query);
    return { status: 200, body: { ...pageOf(rows, query.limit, recordDateWire, ({ id }) => id), asOf } };
  },
  readRecordDateList: async (call) => {
    const { principal, params, query } = call;
    await headAt(ctx, query.minBlock);
    const found = await findRecordDate(ctx.prisma, params.id);
    const issue = found && (await findIssue(ctx.prisma, issueView(principal), found.issueId));
    if (!found || !issue) throw notFound();
    const { version } = query;
    const lists = found.recordDateLists.filter((list) => version === undefined || list.version === version);
    const [list] = lists;
    if (list === undefined) {
      throw new ProblemError("STATE_CONFLICT", "The list is not frozen yet, or has no such version.");
    }
    const state = listStateOf(found, list);
    const reading = await readingOfList(ctx.pool, state);
    const own = principal.role === "broker" ? { custodianId: principal.custodianId! } : {};
    const page = await registerPage(ctx.pool, reading, { ...own, after: query.cursor, limit: query.limit });
    const earlier = found.recordDateLists.find((each) => each.version === list.version - 1);
    const before = earlier && (await readingOfList(ctx.pool, listStateOf(found, earlier)));
    const changes = before ? await changesOf(ctx.pool, before, reading, own.custodianId) : [];
    const facts = await factsOf(ctx, call, reading, state, page.rows);
    await auditRead(ctx, call, found.id, query.purpose ?? found.purpose, { version: list.version });
    const wire = recordDateWire({ ...found, recordDateLists: lists });
    return {
      status: 200,
      body: {
        ...{ ...wire, items: page.rows.map(recordDateRowWire(facts)), next: page.next },
        ...{ corrections: knownWire(reading).corrections, changes: changes.map(listChangeWire) },
        // The list's own place, not the present one: the frozen list is the same bytes for ever.
        asOf: asOfPosition(reading),
      },
    };
  },
});

/** What else is to be known of holders on that day, as it was known when it closed. */
async function factsOf(
  ctx: ApiContext,
  { principal, query }: CallOf<"readRecordDateList">,
  { block }: Position,
  { issueId, seq, closesAt }: ListState,
  rows: readonly RegisterRow[],
): Promise<RecordDateFacts> {
  const accounts = rows.map(({ account }) => account);
  const persons = [...new Set(rows.map(({ personId }) => personId))];
  const day = isoOfDay(jstDay(closesAt) - 1);
  const withNames = query.names === "true" && seesParticulars(principal);
  if (withNames && query.purpose === undefined)
    throw invalidField("query/purpose", "is needed to read personal data");
  return {
    pledges: await holdsOf(ctx.pool, { issueId, seq }, { side: "account", accounts, kind: holdKinds.PLEDGE }),
    tax: await taxStatusOn(ctx.pool, persons, day, closesAt),
    particulars: withNames ? await particularsAt(ctx.pool, ctx.vaultKeys, block, accounts) : new Map(),
  };
}

const setRecordDate = (ctx: ApiContext, call: CallOf<"setRecordDate">) =>
  command(ctx, call, async () => {
    const { principal, params, body, at } = call;
    const issue = await findIssue(ctx.prisma, issueView(principal), params.id);
    if (issue === null) throw notFound();
    if (issue.state !== "active") throw new ProblemError("ISSUE_NOT_ACTIVE", `The issue is ${issue.state}.`);
    const closesAt = endOfDay(dayOfIso(body.day)!);
    if (closesAt <= at)
      throw invalidField("/day", "has ended: a list is frozen as its day ends, not afterwards");
    const { exerciseUntil = null, noticeOn = null, deedClauseRef = null } = body;
    const terms = { day: body.day, exerciseUntil, noticeOn, deedClauseRef };
    refuseTerms(issue.profile as ProfileName, terms, call);
    const { subject: maker } = principal;
    const date = {
      id: newId("rdt", at),
      issueId: issue.id,
      ...terms,
      closesAt,
      purpose: body.purpose,
      maker,
      at,
    };
    const days = {
      day: midnight(body.day),
      exerciseUntil: exerciseUntil === null ? null : midnight(exerciseUntil),
      noticeOn: noticeOn === null ? null : midnight(noticeOn),
    };
    return {
      answer: { status: 201, body: recordDateWire({ ...date, ...days, createdAt: at, recordDateLists: [] }) },
      target: date.id,
      detail: { issueId: issue.id, day: body.day },
      writes: [recordDatePart(date)],
    };
  });

/** As Prisma reads a date column. */
const midnight = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** @throws ProblemError RECORD_DATE_REFUSED naming every fault, if there are any */
function refuseTerms(profile: ProfileName, terms: RecordDateTerms, call: CallOf<"setRecordDate">): void {
  const faults = recordDateFaults(profile, terms);
  if (faults.length === 0) return;
  const failing = faults.map((code) => ruleWire(numberOf(code), call.language));
  const detail = `${failing.length} requirements are not met: ${faults.join(", ")}.`;
  throw new ProblemError("RECORD_DATE_REFUSED", detail, { failing, target: call.params.id });
}
