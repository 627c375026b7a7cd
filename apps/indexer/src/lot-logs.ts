import type { ChainBlock, ChainTransaction } from "@genbo/chain/blocks";
import { type ChainLog, decodeLog, type RegisterEvent, topics, UndecodableLog } from "@genbo/chain/events";

/** A log with the block and the transaction that hold it. */
export interface Placed {
  block: ChainBlock;
  transaction: ChainTransaction;
  log: ChainLog;
}
/** A log of ours, decoded; or why it could not be. */
export type PlacedEvent = Placed & ({ event: RegisterEvent } | { undecodable: string });

/** The logs of a lot of blocks by whose they are, each in the order of the chain. */
export interface LotLogs {
  registry: Placed[];
  factory: Placed[];
  anchors: Placed[];
  settlement: Placed[];
  /** By address. Strangers' contracts may emit what looks like ours: whoever folds them must know the address. */
  tokens: Map<string, Placed[]>;
}

const tokenTopics = new Set<string>([topics.entry, topics.rejected]);

/** @param only the one contract whose logs count; every one of ours when left out */
export function splitLogs(
  blocks: readonly ChainBlock[],
  contracts: { registry: string; factory: string; anchor: string; settlement: string } | undefined,
  only?: string,
): LotLogs {
  const logs: LotLogs = { registry: [], factory: [], anchors: [], settlement: [], tokens: new Map() };
  if (contracts === undefined) return logs;
  for (const block of blocks) {
    for (const transaction of block.transactions) {
      for (const log of transaction.logs) {
        if (only !== undefined && log.address !== only) continue;
        const placed = { block, transaction, log };
        if (log.address === contracts.registry) logs.registry.push(placed);
        else if (log.address === contracts.factory) logs.factory.push(placed);
        else if (log.address === contracts.anchor) logs.anchors.push(placed);
        else if (log.address === contracts.settlement) logs.settlement.push(placed);
        else if (tokenTopics.has(log.topics[0] ?? "")) {
          const own = logs.tokens.get(log.address);
          if (own === undefined) logs.tokens.set(log.address, [placed]);
          else own.push(placed);
        }
      }
    }
  }
  return logs;
}

/** Decodes logs of one of our contracts; events that the register does not read are left out. */
export function decodePlaced(logs: readonly Placed[]): PlacedEvent[] {
  const decoded: PlacedEvent[] = [];
  for (const placed of logs) {
    try {
      const event = decodeLog(placed.log);
      if (event !== undefined) decoded.push({ ...placed, event });
    } catch (error) {
      if (!(error instanceof UndecodableLog)) throw error;
      decoded.push({ ...placed, undecodable: error.message });
    }
  }
  return decoded;
}
