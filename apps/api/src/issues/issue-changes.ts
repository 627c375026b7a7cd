import type { newChange } from "@genbo/api-schema/issue-changes";
import type { NewCommand } from "@genbo/database/commands/operations-new";
import type { ChangeRow, LeftToCarry } from "@genbo/database/issues/issue-changes";
import { refOf } from "@genbo/domain/ids";
import { documentWord } from "@genbo/domain/issue-changes";
import { dayOf } from "@genbo/domain/jst";
import { decodePolicy } from "@genbo/domain/policy-word";
import { encodeMove } from "@genbo/domain/words";
import type { z } from "zod";
import { checkPolicy, policyWordOf } from "./policies.ts";
import type { RedemptionRow } from "./redemptions.ts";

export type Proposal = z.output<typeof newChange>;

/** What a change asks for, as it is kept: JSON, with the words that go to the chain. */
export type ChangeFacts = Readonly<Record<string, unknown>>;

/** @param presentPolicy in force, whose tracking of persons never changes @throws ProblemError INVALID_FIELD */
export function factsOf(proposal: Proposal, presentPolicy: string): ChangeFacts {
  const { kind, reason: _, ...rest } = proposal;
  if (kind === "REDEMPTION") {
    const { rows } = proposal;
    return {
      paidOn: proposal.paidOn,
      ...(rows && { rows: rows.map((row) => ({ ...row, units: String(row.units) })) }),
    };
  }
  if (kind === "POLICY") {
    const { unitsPerPersonTracked } = decodePolicy(presentPolicy);
    const policy = { ...proposal.policy, unitsPerPersonTracked };
    checkPolicy(policy);
    return { policyWord: policyWordOf(policy, proposal.lot) };
  }
  if (kind === "RATIO") {
    const { numerator, denominator } = proposal;
    return { numerator: String(numerator), denominator: String(denominator) };
  }
  return rest;
}

interface Signers {
  issuer: string;
  trustee: string;
}

/** What an approved change, or an immediate one, does on chain. @param rows of a redemption */
export function changeCommands(
  { kind, ref, facts }: Pick<ChangeRow, "kind" | "ref" | "facts">,
  of: { token: string; operationId: string; signers: Signers; rows: readonly RedemptionRow[] },
): NewCommand[] {
  const { token: target, operationId, signers, rows } = of;
  const say = facts as Record<string, string>;
  const byTrustee = (call: string, args: ChangeFacts, own = ref): NewCommand[] => [
    { signer: signers.trustee, call, target, ref: own, args },
  ];
  switch (kind) {
    case "REDEMPTION": {
      const data = encodeMove({ settlementDate: dayOf(say.paidOn!) });
      return rows.map(({ from, units }, row) => ({
        signer: signers.issuer,
        call: "redeem",
        target,
        ref: refOf(operationId, row),
        args: { from, units: String(units), data },
      }));
    }
    case "POLICY":
      return byTrustee("executePolicy", { policy: say.policyWord });
    case "RATIO":
      return byTrustee("beginRatio", { n: say.numerator, d: say.denominator });
    case "PAUSE":
    case "RESUME":
      return byTrustee("setPaused", { paused: kind === "PAUSE" });
    case "TERMS":
      return byTrustee("changeTerms", { termsHash: say.termsHash ?? `0x${say.sha256}` });
    case "DOCUMENT":
      return byTrustee("setDocument", { uri: say.uri, hash: `0x${say.sha256}` }, documentWord(say.name!));
    default:
      return byTrustee("removeDocument", {}, documentWord(say.name!));
  }
}

/** What the issuer says on chain at once. */
export const noticeCommand = (
  { kind, ref, facts }: Pick<ChangeRow, "kind" | "ref" | "facts">,
  signer: string,
  target: string,
): NewCommand => {
  const say = facts as Record<string, string>;
  return kind === "POLICY"
    ? { signer, call: "proposePolicy", target, ref, args: { policy: say.policyWord } }
    : { signer, call: "proposeRatio", target, ref, args: { n: say.numerator, d: say.denominator } };
};

/** Accounts and holds of one transaction: 1,500,000 gas, and 12,300,000 were attachments to wait on each account. */
const carriedRowsMax = 50;

/** Carries accounts, as many a transaction as fit, and ends the ratio: all by one signer, so in this order. */
export function carryCommands(
  ref: string,
  left: readonly LeftToCarry[],
  { signer, target }: { signer: string; target: string },
): NewCommand[] {
  const batches: LeftToCarry[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const each of left) {
    const size = 1 + each.holdIds.length;
    if (rows + size > carriedRowsMax) {
      batches.push([]);
      rows = 0;
    }
    batches.at(-1)!.push(each);
    rows += size;
  }
  const command = (call: string, args: ChangeFacts): NewCommand => ({ signer, call, target, ref, args });
  return [...batches.map((batch) => command("carry", { rows: batch })), command("endRatio", {})];
}
