import { setImmediate as turn } from "node:timers/promises";
import type { IssueCreatedEvent } from "@genbo/chain/events";
import type { SettlementNews } from "@genbo/database/issues/settlements-settle";
import type { NewEvent } from "@genbo/database/outbox/events-write";
import type { AnchorRow } from "@genbo/database/register/anchors";
import { accountParties, type RegistryRow } from "@genbo/database/register/write-registry";
import {
  type ActivatedIssue,
  type AgreedIssue,
  brokersOf,
  type KnownIssue,
  knownIssues,
} from "@genbo/database/register/write-subjects";
import type { Queryable } from "@genbo/database/sql/connection";
import type { RowsToWrite } from "@genbo/database/sql/copy-rows";
import { instantOf } from "@genbo/domain/instant-of";
import type { Log } from "@genbo/domain/log";
import { decodeRecord } from "@genbo/domain/registry-record";
import { zeroAddress } from "@genbo/domain/words";
import { touchedBy } from "@genbo/register/fold";
import { anchorsOf } from "./fold-anchors.ts";
import { entriesOf, type Fault, type FoldedIssue } from "./fold-issue.ts";
import { foldIssues, type TokenLine } from "./fold-issues.ts";
import type { FoldMemory } from "./fold-memory.ts";
import { type FoldedRegistry, foldRegistry } from "./fold-registry.ts";
import type { Lot } from "./lot.ts";
import { decodePlaced, type PlacedEvent, splitLogs } from "./lot-logs.ts";
import { activationNotice, type Keepers, recordNotice } from "./notices.ts";
import type { Origins } from "./origins.ts";

/** What a lot's logs come to. */
export interface FoldedLot {
  /** The lines of issues and what follows from them, ready to be written. */
  added: readonly RowsToWrite[];
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

/** Folds the logs of registry, factory and known tokens. Reads the database, writes nothing; `memory` moves on. */
export async function foldLot(
  db: Queryable,
  lot: Lot,
  start: { seq: number; head: string },
  origins: Origins,
  memory: FoldMemory,
  log: Log,
): Promise<FoldedLot> {
  const split = splitLogs(lot.blocks, lot.deployment, lot.only);
  const registryLogs = decodePlaced(split.registry);
  const registry = lot.quarantined.has(null)
    ? { rows: [], ...start, fault: undefined }
    : foldRegistry(start, registryLogs, origins);

  const factoryLogs = decodePlaced(split.factory);
  const { byToken, activated, strange } = await findIssues(
    db,
    lot,
    factoryLogs,
    [...split.tokens.keys()],
    memory,
    log,
  );
  const lines: TokenLine[] = [];
  for (const [address, logs] of split.tokens) {
    const issue = byToken.get(address);
    if (issue === undefined) continue;
    const decoded = decodePlaced(logs);
    lines.push({ issue, logs: decoded, touched: { issueId: issue.id, ...touchedBy(entriesOf(decoded)) } });
    await turn();
  }

  const keepers = await keepersOf(db, lines, registry.rows, memory);
  const open = lines.filter(({ issue }) => !lot.quarantined.has(issue.id));
  const { added, issues, entered } = await foldIssues(db, open, memory, origins, keepers);
  const faults = [
    ...(registry.fault === undefined ? [] : [{ issueId: null, fault: registry.fault }]),
    ...strange,
    ...issues.flatMap(({ issue, fault }) => (fault === undefined ? [] : [{ issueId: issue.id, fault }])),
  ];
  const notices = [
    ...activated.map(({ issue, made, at }) => activationNotice(issue, made, at)),
    ...registry.rows.map((row) => recordNotice(row, keepers)),
    ...entered,
  ];
  const logs = [...registryLogs, ...factoryLogs, ...lines.flatMap((line) => line.logs)];
  const anchors = anchorsOf(decodePlaced(split.anchors), log);
  const made = activated.map((each) => each.made);
  const settlements = settlementNews(decodePlaced(split.settlement));
  return {
    added,
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
  memory: FoldMemory,
  log: Log,
): Promise<{ byToken: Map<string, KnownIssue>; activated: Activation[]; strange: FoldedLot["faults"] }> {
  const created = factoryLogs.flatMap((placed) =>
    "event" in placed && placed.event.type === "issueCreated" ? [{ event: placed.event, placed }] : [],
  );
  const asked = tokens.filter((token) => !memory.issues.has(token));
  const refs = created.map(({ event }) => event.ref);
  const known = asked.length === 0 && refs.length === 0 ? [] : await knownIssues(db, asked, refs);
  for (const issue of known) if (issue.token !== null) memory.issues.set(issue.token, issue);
  const byToken = new Map<string, KnownIssue>();
  for (const token of tokens) {
    const issue = memory.issues.get(token);
    if (issue !== undefined) byToken.set(token, issue);
  }
  const byRef = new Map(known.map((issue) => [issue.ref, issue]));
  const activated: Activation[] = [];
  const strange: FoldedLot["faults"] = [];
  for (const { event, placed } of created) {
    const { ref, token } = event;
    const { block } = placed;
    const issue = byRef.get(ref);
    const codeHash = lot.facts.codeHashes.get(token);
    if (issue === undefined || codeHash === undefined) {
      log.warn("a token of an issue that is not ours", { token, ref });
      continue;
    }
    const differs = differingTerms(issue, event);
    if (differs.length > 0) {
      const message = `the token of the issue has another ${differs.join(", ")}`;
      strange.push({ issueId: issue.id, fault: { kind: "TERMS_DIFFER", message, placed, nextSeq: 1 } });
      continue;
    }
    const active = { ...issue, token };
    byToken.set(token, active);
    if (issue.token !== null) continue;
    memory.issues.set(token, active);
    const made = { id: issue.id, token, codeHash, blockNumber: block.number };
    activated.push({ issue: active, made, at: instantOf(block.time) });
  }
  return { byToken, activated, strange };
}

/** The factory creates what the registrar's key asks for, whatever was approved. */
function differingTerms(issue: AgreedIssue, event: IssueCreatedEvent): string[] {
  const created = { ...event, cap: String(event.cap), issuerRole: String(event.issuerRole) };
  const terms = ["termsHash", "cap", "policy", "issuerRole"] as const;
  return terms.filter((term) => created[term] !== issue[term]);
}

/** Who stands behind the accounts that the lot touches, after the lot's own records, and who keeps them. */
async function keepersOf(
  db: Queryable,
  lines: readonly TokenLine[],
  records: readonly RegistryRow[],
  { parties, brokers }: FoldMemory,
): Promise<Keepers> {
  const accounts = new Set<string>();
  for (const { touched } of lines)
    for (const account of touched.accounts) if (!parties.has(account)) accounts.add(account);
  accounts.delete(zeroAddress);
  for (const [account, party] of await accountParties(db, [...accounts])) parties.set(account, party);
  for (const { wallet, record } of records) {
    const { personId, custodian } = decodeRecord(record);
    parties.set(wallet, { person: personId, custodian });
  }
  const custodians = new Set<number>();
  for (const account of [...accounts, ...records.map(({ wallet }) => wallet)])
    custodians.add(parties.custodianOf(account));
  const unknown = [...custodians].filter((custodian) => custodian > 0 && !brokers.has(custodian));
  for (const [custodian, broker] of await brokersOf(db, unknown)) brokers.set(custodian, broker);
  return { parties, brokers };
}
