import { rowErrorsMax } from "@genbo/api-schema/limits";
import type { RowError } from "@genbo/api-schema/problem";
import { type ProblemCode, problemOf } from "@genbo/api-schema/problems";
import { transfersPart } from "@genbo/database/issues/transfers";
import { type OrderFacts, orderFacts } from "@genbo/database/issues/transfers-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { ProblemError } from "../http/problem.ts";
import { rowsInvalid } from "../http/validate.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { rulesStanding } from "../orders/failing.ts";
import { afterEachOther } from "../orders/promised.ts";
import { rulesAgainst } from "../orders/rules.ts";
import {
  beforeIssueDetail,
  draftTransfer,
  earlyDetail,
  isBeforeIssue,
  isEarly,
  strayDate,
  strayDetail,
  type TransferOrder,
} from "../orders/transfer-requests.ts";

type Bulk = CallOf<"requestTransfers">;
type RowFault = RowError & { code: ProblemCode };

export const bulkTransferHandlers = (ctx: ApiContext): Handlers<"requestTransfers"> => ({
  requestTransfers: (call) => command(ctx, call, (db) => requestTransfers(db, call), { long: true }),
});

async function requestTransfers(db: Queryable, call: Bulk): Promise<Outcome<Bulk["route"]>> {
  const { principal, body, at } = call;
  const facts = afterEachOther(await orderFacts(db, body.rows), body.rows);
  const errors = body.rows.flatMap((order, row) => errorsOf(call, order, facts[row]!, row));
  const [first] = errors;
  if (first !== undefined) throw refusalFor(errors, first);
  const drafts = body.rows.map((order, row) => draftTransfer(order, facts[row]!, principal, at));
  const operationId = newId("op", at);
  const rows = drafts.length;
  const issues = new Set(body.rows.map(({ issueId }) => issueId));
  const issueId = issues.size === 1 ? body.rows[0]!.issueId : null;
  const transferIds = drafts.map(({ transfer }) => transfer.id);
  return {
    answer: {
      status: 202,
      body: { operationId, state: "accepted", rows, transferIds, ...(issueId !== null && { issueId }) },
    },
    target: issueId,
    detail: { rows },
    writes: [transfersPart(drafts.map(({ transfer }) => transfer))],
    work: {
      operation: { id: operationId, kind: "transfer.request", issueId, subjectId: null },
      commands: drafts.map((draft) => draft.command),
    },
  };
}

/** What keeps a single request waiting keeps these: nobody is to correct what only has to be sent again. */
function refusalFor(errors: readonly RowFault[], first: RowFault): ProblemError {
  if (!errors.every(({ code }) => problemOf(code).retryable)) return rowsInvalid(errors);
  return new ProblemError(first.code, `${errors.length} rows cannot be taken yet, row ${first.row} first.`, {
    pointer: first.pointer,
    rows: errors.slice(0, rowErrorsMax),
  });
}

function errorsOf(call: Bulk, order: TransferOrder, facts: OrderFacts, row: number): RowFault[] {
  const pointer = `/rows/${row}`;
  const stray = strayDate(order, call.at);
  if (stray !== undefined)
    return [{ row, pointer: `${pointer}/${stray}`, code: "INVALID_FIELD", detail: strayDetail }];
  try {
    mustTakeEntries(facts.issue);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return [{ row, pointer: `${pointer}/issueId`, code: error.code, detail: error.message }];
  }
  if (isBeforeIssue(order, facts))
    return [{ row, pointer: `${pointer}/tradeDate`, code: "INVALID_FIELD", detail: beforeIssueDetail }];
  if (isEarly(order, facts, call.at))
    return [{ row, pointer: `${pointer}/settlementDate`, code: "NOT_YET_SETTLED", detail: earlyDetail }];
  const numbers = rulesAgainst(facts, order, call.principal.partyId, call.at);
  if (numbers.length === 0) return [];
  return [{ row, pointer, code: "TRANSFER_REFUSED", ...rulesStanding(numbers, call.language) }];
}
