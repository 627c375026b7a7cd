import type { AnchorRow } from "@genbo/database/anchors";
import type { Queryable } from "@genbo/database/connection";
import type { NewEvent } from "@genbo/database/events-write";
import { loadStates } from "@genbo/database/register-write-load";
import { type AccountParty, accountParties, type RegistryRow } from "@genbo/database/register-write-registry";
import {
  type ActivatedIssue,
  brokersOf,
  type KnownIssue,
  knownIssues,
} from "@genbo/database/register-write-subjects";
import type { SettlementNews } from "@genbo/database/settlements-settle";
import type { Log } from "@genbo/domain/log";
import { decodeRecord } from "@genbo/domain/registry-record";
import { touchedBy } from "@genbo/register/fold";
import type { IssueState } from "@genbo/register/state";
import { anchorsOf } from "./fold-anchors.ts";
import { entriesOf, type Fault, type FoldedIssue, foldIssue } from "./fold-issue.ts";
import { type FoldedRegistry, foldRegistry } from "./fold-registry.ts";
import type { Lot } from "./lot.ts";
import { decodePlaced, type PlacedEvent, splitLogs } from "./lot-logs.ts";
import { activationNotice, entryNotice, recordNotice } from "./notices.ts";
import type { Origins } from "./origins.ts";

/** What a lot's logs come to. */
export interface FoldedLot {
  issues: FoldedIssue[];
  registry: FoldedRegistry;
  activated: ActivatedIssue[];
  anchors: AnchorRow[];
  faults: { issueId: string | null; fault: Fault }[];
  notices: NewEvent[];
  /** What the Settlement contract says; no part of any register. */
  settlements: SettlementNews[];
  /** All decoded logs of ours, quarantined issues' included. */
  logs: PlacedEvent[];
  /** Issue by token address. */
  byToken: ReadonlyMap<string, KnownIssue>;
}

/** Folds the logs of registry, factory and known tokens. Reads the database, writes nothing. */
export async function foldLot(
  db: Queryable,
  lot: Lot,
  start: { seq: number; head: string },
  origins: Origins,
  log: Log,
): Promise<FoldedLot> {
  const split = splitLogs(lot.blocks, lot.deployment, lot.only);
  const registryLogs = decodePlaced(split.registry);
  const registry = lot.quarantined.has(null)
    ? { rows: [], ...start, fault: undefined }
    : foldRegistry(start, registryLogs, origins);

  const factoryLogs = decodePlaced(split.factory);
  const { byToken, activated } = await findIssues(db, lot, factoryLogs, [...split.tokens.keys()], log);
  const tokenLogs = new Map<KnownIssue, PlacedEvent[]>();
  for (const [address, logs] of split.tokens) {
    const issue = byToken.get(address);
    if (issue !== undefined) tokenLogs.set(issue, decodePlaced(logs));
  }

  const parties = await partiesOf(db, [...tokenLogs.values()].flat(), registry.rows);
  const issues = await foldIssues(db, lot, tokenLogs, parties, origins);
  const brokers = await brokersOf(db, [...new Set([...parties.values()].map(({ custodian }) => custodian))]);
  const keepers = { parties, brokers };
  const faults = [
    ...(registry.fault === undefined ? [] : [{ issueId: null, fault: registry.fault }]),
    ...issues.flatMap(({ issue, fault }) => (fault === undefined ? [] : [{ issueId: issue.id, fault }])),
  ];
  const notices = [
    ...activated.map(({ issue, made, at }) => activationNotice(issue, made, at)),
    ...registry.rows.map((row) => recordNotice(row, keepers)),
    ...issues.flatMap(({ issue, rows }) => rows.map((row) => entryNotice(issue, row, keepers))),
  ];
  const logs = [...registryLogs, ...factoryLogs, ...[...tokenLogs.values()].flat()];
  const anchors = anchorsOf(decodePlaced(split.anchors), log);
  const made = activated.map((each) => each.made);
  const settlements = settlementNews(decodePlaced(split.settlement));
  return {
    issues,
    registry,
    activated: made,
    anchors,
    faults,
    notices,
    settlements,
    logs,
    byToken,
  };
}

const settlementNews = (logs: readonly PlacedEvent[]): SettlementNews[] =>
  logs.flatMap((placed) => {
    if (!("event" in placed)) return [];
    const { event, block } = placed;
    const blockNumber = block.number;
    switch (event.type) {
      case "funded":
      case "attested":
      case "settled":
      case "returned":
        return [{ type: event.type, instructionId: event.id, leg: event.leg, blockNumber }];
      default:
        return [];
    }
  });

interface Activation {
  issue: KnownIssue;
  made: ActivatedIssue;
  at: Date;
}

/** The issues behind the lot's tokens, those that the lot creates included. */
async function findIssues(
  db: Queryable,
  lot: Lot,
  factoryLogs: readonly PlacedEvent[],
  tokens: readonly string[],
  log: Log,
): Promise<{ byToken: Map<string, KnownIssue>; activated: Activation[] }> {
  const created = factoryLogs.flatMap((placed) =>
    "event" in placed && placed.event.type === "issueCreated"
      ? [{ ...placed.event, block: placed.block }]
      : [],
  );
  if (tokens.length === 0 && created.length === 0) return { byToken: new Map(), activated: [] };
  const known = await knownIssues(
    db,
    tokens,
    created.map(({ ref }) => ref),
  );
  const byToken = new Map(known.flatMap((issue) => (issue.token === null ? [] : [[issue.token, issue]])));
  const byRef = new Map(known.map((issue) => [issue.ref, issue]));
  const activated: Activation[] = [];
  for (const { ref, token, block } of created) {
    const issue = byRef.get(ref);
    const codeHash = lot.facts.codeHashes.get(token);
    if (issue === undefined || codeHash === undefined) {
      log.warn("a token of an issue that is not ours", { token, ref });
      continue;
    }
    byToken.set(token, issue);
    if (issue.token !== null) continue;
    const made = { id: issue.id, token, codeHash, blockNumber: block.number };
    activated.push({ issue, made, at: new Date(block.time * 1000) });
  }
  return { byToken, activated };
}

/** Who stands behind the accounts that the lot touches, after the lot's own records. */
async function partiesOf(
  db: Queryable,
  logs: readonly PlacedEvent[],
  lines: readonly RegistryRow[],
): Promise<Map<string, AccountParty>> {
  const accounts = touchedBy(entriesOf(logs)).accounts;
  const parties = await accountParties(db, [...accounts]);
  for (const { wallet, record } of lines) {
    const { personId, custodian } = decodeRecord(record);
    parties.set(wallet, { person: personId, custodian });
  }
  return parties;
}

async function foldIssues(
  db: Queryable,
  lot: Lot,
  tokenLogs: ReadonlyMap<KnownIssue, PlacedEvent[]>,
  parties: ReadonlyMap<string, AccountParty>,
  origins: Origins,
): Promise<FoldedIssue[]> {
  const open = [...tokenLogs].filter(([issue]) => !lot.quarantined.has(issue.id));
  const touched = open.map(([issue, logs]) => ({ issueId: issue.id, ...touchedBy(entriesOf(logs)) }));
  const personOf = (account: string) => parties.get(account)?.person;
  const states = await loadStates(db, touched, personOf);
  return open.map(([issue, logs]) =>
    foldIssue(issue, states.get(issue.id) as IssueState, logs, personOf, origins),
  );
}
