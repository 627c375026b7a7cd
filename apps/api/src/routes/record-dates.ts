import { isConstraint } from "@genbo/database/commands/commands";
import { presentTerms } from "@genbo/database/issues/issue-terms";
import {
  findRecordDate,
  listRecordDates,
  recordDateConstraint,
  recordDatePart,
} from "@genbo/database/record-dates/record-dates";
import { changesOf } from "@genbo/database/record-dates/revise";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { dayOf, endOfDay } from "@genbo/domain/jst";
import type { ProfileName } from "@genbo/domain/profiles";
import { type DeedOnRecordDates, type RecordDateTerms, recordDateFaults } from "@genbo/domain/record-dates";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { auditRead, headAt, pageOf, presentAsOf } from "../http/reads.ts";
import { activeIssueFor, issueFor } from "../issues/issue-for.ts";
import { requirementsUnmet } from "../orders/failing.ts";
import { purposeOfNames } from "../register/holder.ts";
import { asOfPosition, knownWire } from "../register/moments.ts";
import { listAt, listPage } from "../register/record-date-list.ts";
import { recordDateRowWire } from "../wire/record-date-list.ts";
import { listChangeWire, recordDateWire } from "../wire/register.ts";

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
    const issue = await issueFor(ctx, principal, params.id);
    const rows = await listRecordDates(ctx.prisma, issue.id, query);
    return { status: 200, body: { ...pageOf(rows, query.limit, recordDateWire, ({ id }) => id), asOf } };
  },
  readRecordDateList: async (call) => {
    const { principal, params, query } = call;
    await headAt(ctx, query.minBlock);
    const found = await findRecordDate(ctx.prisma, params.id);
    if (!found) throw notFound();
    const issue = await issueFor(ctx, principal, found.issueId);
    const lists = found.recordDateLists.filter(
      ({ version }) => query.version === undefined || version === query.version,
    );
    const list = lists[0] && (await listAt(ctx, found, lists[0].version));
    if (lists[0] === undefined || list === undefined) {
      throw new ProblemError("STATE_CONFLICT", "The list is not frozen yet, or has no such version.");
    }
    const { version } = lists[0];
    const stated = query.names === "true" ? await purposeOfNames(ctx, call, issue.id, query.purpose) : null;
    const custodianId = principal.role === "broker" ? principal.custodianId! : null;
    const { cursor: after = "", limit } = query;
    const page = await listPage(ctx, list, { custodianId, names: stated !== null, after, limit });
    const before = await listAt(ctx, found, version - 1);
    const { reading } = list;
    const changes = before
      ? await changesOf(ctx.pool, before.reading, reading, custodianId ?? undefined)
      : [];
    await auditRead(ctx, call, found.id, stated ?? query.purpose ?? found.purpose, { version });
    const wire = recordDateWire({ ...found, recordDateLists: lists });
    return {
      status: 200,
      body: {
        ...wire,
        items: page.rows.map(recordDateRowWire),
        next: page.next,
        corrections: knownWire(reading).corrections,
        changes: changes.map(listChangeWire),
        // The list's own place, not the present one: the frozen list is the same bytes for ever.
        asOf: asOfPosition(reading),
      },
    };
  },
});

const setRecordDate = (ctx: ApiContext, call: CallOf<"setRecordDate">) =>
  command(ctx, call, async (db) => {
    const { principal, params, body, at } = call;
    const issue = await activeIssueFor(ctx, principal, params.id);
    const closesAt = endOfDay(dayOf(body.day));
    if (closesAt <= at)
      throw invalidField("/day", "has ended: a list is frozen as its day ends, not afterwards");
    const { exerciseUntil = null, noticeOn = null, deedClauseRef = null } = body;
    const terms = { day: body.day, exerciseUntil, noticeOn, deedClauseRef };
    const deed = await deedOf(db, issue.id);
    refuseTerms(issue.profile, terms, deed, call);
    const { subject: maker } = principal;
    const date = {
      id: newId("rdt", at),
      issueId: issue.id,
      ...terms,
      deed,
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
      answer: {
        status: 201,
        body: recordDateWire({
          ...date,
          ...days,
          deed: deed && { ...deed },
          createdAt: at,
          recordDateLists: [],
        }),
      },
      target: date.id,
      detail: { issueId: issue.id, day: body.day },
      writes: [recordDatePart(date)],
    };
  });

/** What the deed has instead of the law, as the issue's terms now stand (TA 189(5)). */
async function deedOf(db: Queryable, issueId: string): Promise<DeedOnRecordDates | null> {
  const { terms } = await presentTerms(db, issueId);
  return (terms as { recordDates?: DeedOnRecordDates | null }).recordDates ?? null;
}

/** As Prisma reads a date column. */
const midnight = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** @throws ProblemError RECORD_DATE_REFUSED naming every fault, if there are any */
function refuseTerms(
  profile: ProfileName,
  terms: RecordDateTerms,
  deed: DeedOnRecordDates | null,
  call: CallOf<"setRecordDate">,
): void {
  const faults = recordDateFaults(profile, terms, deed);
  if (faults.length === 0) return;
  const { detail, failing } = requirementsUnmet(faults, call.language);
  throw new ProblemError("RECORD_DATE_REFUSED", detail, { failing, target: call.params.id });
}
