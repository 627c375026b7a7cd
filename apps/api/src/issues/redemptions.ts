import { type ChangeRow, wholeHoldings } from "@genbo/database/issues/issue-changes";
import { orderFacts } from "@genbo/database/issues/transfers-facts";
import type { Queryable } from "@genbo/database/sql/connection";
import { type RefusalCode, refusalOf } from "@genbo/domain/refusals";
import { zeroAddress } from "@genbo/domain/words";
import { type Language, ProblemError } from "../http/problem.ts";
import { rowsInvalid } from "../http/validate.ts";
import { numberOf, ruleWire } from "../orders/failing.ts";
import { attached, rulesAtExecution } from "../orders/rules.ts";

/** A redemption of everything is one operation; so many holders have the largest issues. */
const redemptionRowsMax = 100_000;

export interface RedemptionRow {
  from: string;
  units: bigint;
}

/**
 * The rows of a redemption: those that were named, or every holding as it stands now.
 * @throws ProblemError STATE_CONFLICT when these are more than one operation takes
 */
export async function redemptionRows(
  db: Queryable,
  issueId: string,
  facts: ChangeRow["facts"],
): Promise<RedemptionRow[]> {
  const named = facts.rows as { from: string; units: string }[] | undefined;
  if (named !== undefined) return named.map(({ from, units }) => ({ from, units: BigInt(units) }));
  const all = await wholeHoldings(db, issueId, redemptionRowsMax + 1);
  if (all.length > redemptionRowsMax)
    throw new ProblemError(
      "STATE_CONFLICT",
      `More than ${redemptionRowsMax} accounts have units: redeem some that you name first.`,
      { target: issueId },
    );
  return all.map(({ account, units }) => ({ from: account, units }));
}

/** A row of a redemption, with the numbers of what stands against it. */
export interface StandsAgainst {
  row: number;
  from: string;
  numbers: number[];
}

/** A redemption has no receiver: of the rules of a transfer those of the account that gives hold. */
const ofGiver: ReadonlySet<RefusalCode> = new Set([
  "INSUFFICIENT_UNITS",
  "PAUSED",
  "RATIO_IN_PROGRESS",
  "SENDER_NOT_REGISTERED",
  "SENDER_FROZEN",
]);

/** Every row that a rule stands against: units that are pledged or attached are not redeemed. */
export async function againstRedemption(
  db: Queryable,
  issueId: string,
  rows: readonly RedemptionRow[],
  at: Date,
): Promise<StandsAgainst[]> {
  const facts = await orderFacts(
    db,
    rows.map(({ from }) => ({ issueId, from, to: zeroAddress })),
  );
  const taken = new Map<string, bigint>();
  return rows.flatMap(({ from, units }, row): StandsAgainst[] => {
    const before = taken.get(from) ?? 0n;
    taken.set(from, before + units);
    const found = facts[row]!;
    const lacks = before + units > found.from.free ? [numberOf("INSUFFICIENT_UNITS")] : [];
    const rules = rulesAtExecution(found, { from, to: zeroAddress, units }, at).filter((number) =>
      ofGiver.has(refusalOf(number).code),
    );
    const numbers = [...new Set([...lacks, ...rules, ...attached(found, before + units)])];
    return numbers.length > 0 ? [{ row, from, numbers }] : [];
  });
}

/** Names the rows of the body. @throws ProblemError ROWS_INVALID, if anything stands against one */
export function refuseRows(against: readonly StandsAgainst[], language: Language): void {
  const errors = against.map(({ row, numbers }) => {
    const failing = numbers.map((number) => ruleWire(number, language));
    const { code, detail } = failing[0]!;
    return { row, pointer: `/rows/${row}`, code, detail, failing };
  });
  if (errors.length > 0) throw rowsInvalid(errors);
}

/** Accounts that one answer names. */
const namedMax = 100;

/** Names the accounts, of which the body has none. @throws ProblemError CASE_REFUSED, if anything stands against one */
export function refuseAccounts(against: readonly StandsAgainst[], language: Language, target: string): void {
  if (against.length === 0) return;
  const codeOf = (number: number) => refusalOf(number).code;
  const named = against
    .slice(0, namedMax)
    .map(({ from, numbers }) => `${from} ${numbers.map(codeOf).join(", ")}`);
  const more = against.length > namedMax ? `; and ${against.length - namedMax} more` : "";
  const failing = [...new Set(against.flatMap(({ numbers }) => numbers))].map((number) =>
    ruleWire(number, language),
  );
  const detail = `It cannot be carried out for ${against.length} of its rows: ${named.join("; ")}${more}.`;
  throw new ProblemError("CASE_REFUSED", detail, { failing, target });
}
