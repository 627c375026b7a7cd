import type { RowError } from "@genbo/api-schema/problem";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import { issuedUnits, ratioLinesOf } from "@genbo/database/issues/issue-units";
import { type IssueForCommand, issueForCommand } from "@genbo/database/issues/issues";
import { type OrderFacts, orderFacts } from "@genbo/database/issues/transfers-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import { approvedUnits } from "@genbo/domain/approved-units";
import { newId, refOf } from "@genbo/domain/ids";
import { dayOf, dayOrNone, jstDay } from "@genbo/domain/jst";
import { type RefusalCode, refusalOf } from "@genbo/domain/refusals";
import { encodeMove, zeroAddress } from "@genbo/domain/words";
import { otherPerson } from "../access/four-eyes.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { rowsInvalid } from "../http/validate.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { ruleWire } from "../orders/failing.ts";
import { rulesAtExecution } from "../orders/rules.ts";
import { toldToIssuer } from "../orders/told.ts";
import { isStray, strayDetail } from "../orders/transfer-requests.ts";

type IssueUnits = CallOf<"issueUnits">;
type Row = IssueUnits["body"]["rows"][number];

export const issuanceHandlers = (ctx: ApiContext): Handlers<"issueUnits"> => ({
  issueUnits: (call) => command(ctx, call, (db) => issueUnits(db, call), { long: true }),
});

async function issueUnits(db: Queryable, call: IssueUnits): Promise<Outcome<IssueUnits["route"]>> {
  const { principal, params, body, at } = call;
  const found = await issueForCommand(db, params.id);
  if (found === undefined || found.issuerId !== principal.partyId) throw notFound();
  const issue = mustTakeEntries(found);
  // The trustee, who keeps the register (Trust Act 186), has approved these units with the issue and its total.
  const { checker } = issue;
  const approved = { id: issue.id, subjects: [checker], since: issue.createdAt };
  await otherPerson(db, principal, approved, "You approved this issue for its trustee.");
  await checkRows(db, call, issue);
  await checkSupply(db, issue, body.rows);
  const operationId = newId("op", at);
  const rows = body.rows.length;
  return {
    answer: { status: 202, body: { operationId, state: "accepted", rows, issueId: issue.id } },
    target: issue.id,
    detail: { rows, ...(body.opening && { opening: true }) },
    work: {
      operation: {
        id: operationId,
        kind: "issuance",
        issueId: issue.id,
        subjectId: issue.id,
        ...(checker !== null && { checker }),
      },
      commands: body.rows.map((row, index) =>
        commandOf(row, index, operationId, principal.signer!, issue.token),
      ),
    },
  };
}

const commandOf = (
  row: Row,
  index: number,
  operationId: string,
  signer: string,
  token: string,
): NewCommand => ({
  signer,
  call: "issue",
  target: token,
  ref: refOf(operationId, index),
  args: {
    to: row.to,
    units: String(row.units),
    // 0 lets the contract take the day of the block.
    data: encodeMove({ acquiredOn: dayOrNone(row.acquiredOn) }),
  },
});

/** Names every wrong row at once. @throws ProblemError ROWS_INVALID */
async function checkRows(
  db: Queryable,
  { body, at, language }: IssueUnits,
  issue: IssueForCommand,
): Promise<void> {
  const orders = body.rows.map(({ to }) => ({ issueId: issue.id, from: zeroAddress, to }));
  const facts = await orderFacts(db, orders);
  const errors = body.rows.flatMap((row, index): RowError[] => {
    const at0 = `/rows/${index}`;
    const error = (field: string, detail: string): RowError[] => [
      { row: index, pointer: `${at0}/${field}`, code: "INVALID_FIELD", detail },
    ];
    if (row.units < issue.minUnits)
      return error("units", `is below the issue's minimum of ${issue.minUnits}`);
    if (row.acquiredOn !== undefined && dayOf(row.acquiredOn) > jstDay(at)) {
      return error("acquiredOn", "lies in the future");
    }
    if (row.acquiredOn !== undefined && !body.opening && isStray(row.acquiredOn, at))
      return error("acquiredOn", strayDetail);
    const told = toldToIssuer(issue.profile, rulesOfReceiver(facts[index]!, row, at));
    const failing = [...new Set(told)].map((number) => ruleWire(number, language));
    const [first] = failing;
    return first ? [{ row: index, pointer: at0, code: first.code, detail: first.detail, failing }] : [];
  });
  if (errors.length > 0) throw rowsInvalid(errors);
}

/** An issuance has no sender: of the rules of a transfer those of the issue and of the receiver hold. */
const ofReceiver: ReadonlySet<RefusalCode> = new Set([
  "LOT_SIZE",
  "MAX_UNITS_PER_PERSON",
  "MAX_HOLDERS",
  "RATIO_IN_PROGRESS",
  "RECEIVER_INVALID",
  "RECEIVER_NOT_REGISTERED",
  "RECEIVER_CHECK_LAPSED",
  "RECEIVER_FROZEN",
  "RECEIVER_CLASS",
]);

const rulesOfReceiver = (facts: OrderFacts, row: Row, at: Date): number[] =>
  rulesAtExecution(facts, { from: zeroAddress, to: row.to, units: row.units }, at).filter((number) =>
    ofReceiver.has(refusalOf(number).code),
  );

/**
 * What was issued and what is on its way never exceed what the trustee approved, both in the units of now (Trust Act
 * 197(1)(iii)). @throws ProblemError SUPPLY_EXCEEDED
 */
async function checkSupply(db: Queryable, issue: IssueForCommand, rows: readonly Row[]): Promise<void> {
  const asked = rows.reduce((sum, row) => sum + row.units, 0n);
  const lines = (await ratioLinesOf(db, [issue.id])).get(issue.id)!;
  const left = approvedUnits(issue.totalUnits, lines) - (await issuedUnits(db, issue.id, lines));
  if (asked > left) {
    throw new ProblemError("SUPPLY_EXCEEDED", `${asked} units are asked for, ${left} are left.`, {
      target: issue.id,
    });
  }
}
