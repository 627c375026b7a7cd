import type { HeardSettlement, SettlementNews } from "@genbo/database/issues/settlements-settle";
import type { EndedOperation } from "@genbo/database/outbox/ended";
import type { NewEvent } from "@genbo/database/outbox/events-write";
import type { FrozenList } from "@genbo/database/record-dates/freeze";
import type { NewBreak } from "@genbo/database/register/breaks-write";
import type { EntryRow } from "@genbo/database/register/write";
import type { RegistryRow } from "@genbo/database/register/write-registry";
import type { ActivatedIssue, KnownIssue } from "@genbo/database/register/write-subjects";
import { entryKindOf, entryKinds } from "@genbo/domain/entry-kinds";
import { instantOf } from "@genbo/domain/instant-of";
import { legalBasisOf } from "@genbo/domain/legal-basis";
import { issuerKeepsRegister } from "@genbo/domain/profiles";
import { zeroAddress } from "@genbo/domain/words";
import type { ChainEntry } from "@genbo/register/state";
import type { AccountParties } from "./account-parties.ts";

/** Whose account an address is, as far as the registry and the parties say. */
export interface Keepers {
  parties: Pick<AccountParties, "custodianOf">;
  /** Broker (party id) by custodian id. */
  brokers: ReadonlyMap<number, string>;
}

interface At {
  blockNumber: number;
  at: Date;
}

/** An entry concerns the brokers of both sides and, as far as it may, the issuer. Ids and addresses only, no personal data. */
export function entryNotice(issue: KnownIssue, { step, origin }: EntryRow, keepers: Keepers): NewEvent {
  const { entry, effect } = step;
  const partyIds = issuerHears(issue, entry) ? [issue.issuerId] : [];
  for (const side of [entry.from, entry.to]) {
    const broker = brokerOf(side, keepers);
    if (broker !== undefined && !partyIds.includes(broker)) partyIds.push(broker);
  }
  return {
    kind: "entry",
    issueId: issue.id,
    partyIds,
    subjectId: origin.operationId,
    data: {
      seq: entry.seq,
      kind: entryKindOf(entry.kind),
      basis: legalBasisOf(entry.basis)?.name,
      units: entry.units.toString(),
      from: entry.from === zeroAddress ? null : entry.from,
      to: entry.to === zeroAddress ? null : entry.to,
      holdId: effect.holdId,
      operationId: origin.operationId,
    },
    blockNumber: origin.blockNumber,
    at: instantOf(entry.blockTime),
  };
}

/** Whoever hears of every entry adds up the register: a trust's issuer hears of what names no account and of the units that it issues. */
function issuerHears({ profile }: KnownIssue, { kind, from, to }: ChainEntry): boolean {
  if (issuerKeepsRegister(profile) || kind === entryKinds.ISSUE) return true;
  return from === zeroAddress && to === zeroAddress;
}

export function recordNotice(row: RegistryRow, keepers: Keepers): NewEvent {
  const broker = brokerOf(row.wallet, keepers);
  return {
    kind: "wallet.recorded",
    issueId: null,
    partyIds: broker === undefined ? [] : [broker],
    subjectId: row.wallet,
    data: { seq: row.seq, wallet: row.wallet, operationId: row.operationId },
    blockNumber: row.block.number,
    at: instantOf(row.block.time),
  };
}

export const activationNotice = (issue: KnownIssue, made: ActivatedIssue, at: Date): NewEvent => ({
  kind: "issue.active",
  issueId: issue.id,
  partyIds: [issue.issuerId],
  subjectId: issue.id,
  data: { token: made.token, codeHash: made.codeHash },
  blockNumber: made.blockNumber,
  at,
});

export const operationNotice = (operation: EndedOperation, { blockNumber, at }: At): NewEvent => ({
  kind: `operation.${operation.state}`,
  issueId: operation.issueId,
  partyIds: [operation.partyId],
  subjectId: operation.id,
  data: {
    operation: operation.kind,
    code: operation.code,
    rowsEntered: operation.rowsEntered,
    rowsRefused: operation.rowsRefused,
  },
  blockNumber,
  at,
});

export const recordDateNotice = (list: FrozenList, { blockNumber, at }: At): NewEvent => ({
  kind: list.version === 1 ? "recordDate.frozen" : "recordDate.revised",
  issueId: list.issueId,
  partyIds: [],
  subjectId: list.recordDateId,
  data: {
    version: list.version,
    seq: list.seq,
    knownSeq: list.knownSeq,
    units: list.units.toString(),
    holders: list.holders,
  },
  blockNumber,
  at,
});

/** A payment came in, everything moved, or a leg went back. */
export const settlementNotices = (
  news: readonly SettlementNews[],
  heard: readonly HeardSettlement[],
  { blockNumber, at }: At,
): NewEvent[] => {
  const byInstruction = new Map(heard.map((each) => [each.instructionId, each]));
  return news.flatMap(({ type, instructionId, leg }): NewEvent[] => {
    const settlement = byInstruction.get(instructionId);
    if (settlement === undefined) return [];
    const { id: subjectId, issueId, partyIds } = settlement;
    return [{ kind: `settlement.${type}`, issueId, partyIds, subjectId, data: { leg }, blockNumber, at }];
  });
};

export const breakNotice = ({ id, issueId, kind, blockNumber, at }: NewBreak): NewEvent => ({
  kind: "break.opened",
  issueId,
  partyIds: [],
  subjectId: id,
  data: { kind },
  blockNumber,
  at,
});

const brokerOf = (account: string, { parties, brokers }: Keepers): string | undefined =>
  brokers.get(parties.custodianOf(account));
