import type { TransferForStep } from "@genbo/database/issues/transfers";
import { type OrderFacts, orderFacts } from "@genbo/database/issues/transfers-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import { dayOf, jstDay } from "@genbo/domain/jst";
import { decodePolicy } from "@genbo/domain/policy-word";
import type { CallOf } from "../http/call.ts";
import { ProblemError } from "../http/problem.ts";
import { mustTakeEntries } from "../issues/issue-for.ts";
import { numberOf, refuseRules } from "./failing.ts";
import { rulesAtExecution } from "./rules.ts";
import { toldTo } from "./told.ts";

type Step = Pick<
  CallOf<"acceptTransfer" | "approveTransfer" | "relayOrder">,
  "principal" | "at" | "language"
>;

/** With approval to come the rules count then; without it the acceptance executes. @throws ProblemError */
export async function checkAcceptance(db: Queryable, transfer: TransferForStep, step: Step): Promise<void> {
  mustBeHeld(transfer, ["held"]);
  const { facts, policy } = await factsOf(db, transfer);
  if (policy.approvalRequired) return;
  mustBeSettled(transfer, step.at);
  refuseRules(standing(transfer, facts, step), step.language, transfer.id);
}

/** @throws ProblemError */
export async function checkApproval(db: Queryable, transfer: TransferForStep, step: Step): Promise<void> {
  mustBeHeld(transfer, ["held", "accepted"]);
  mustBeSettled(transfer, step.at);
  const { facts, policy } = await factsOf(db, transfer);
  const numbers = standing(transfer, facts, step);
  if (policy.acceptanceRequired && transfer.state === "held") numbers.push(numberOf("HOLD_NOT_ACCEPTED"));
  refuseRules(numbers, step.language, transfer.id);
}

/** @throws ProblemError NOT_YET_HELD, STATE_CONFLICT */
export function mustBeHeld({ id, state }: TransferForStep, states: readonly string[]): void {
  if (state === "requested") {
    throw new ProblemError("NOT_YET_HELD", "The request's operation is not entered yet.", { target: id });
  }
  if (!states.includes(state))
    throw new ProblemError("STATE_CONFLICT", `The transfer is ${state}.`, { target: id });
}

/** Rules that stand against its execution now, as far as the caller is told. */
function standing(
  { lotAcquiredOn, ...order }: TransferForStep,
  facts: OrderFacts,
  { principal, at }: Step,
): number[] {
  const terms = { ...order, ...(lotAcquiredOn !== null && { lotAcquiredOn }) };
  return toldTo(principal, facts, rulesAtExecution(facts, terms, at));
}

/** Nobody acquires before the day that the parties agreed on, and the register must not say so. */
function mustBeSettled({ id, settlementDate }: TransferForStep, now: Date): void {
  if (dayOf(settlementDate) > jstDay(now))
    throw new ProblemError("NOT_YET_SETTLED", `It settles on ${settlementDate}.`, { target: id });
}

async function factsOf(db: Queryable, transfer: TransferForStep) {
  const [facts] = await orderFacts(db, [transfer]);
  const issue = mustTakeEntries(facts!.issue);
  return { facts: facts!, policy: decodePolicy(issue.policy) };
}
