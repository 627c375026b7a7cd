import type { MinedCommand, OurTransaction } from "@genbo/database/outbox/mined";
import type { EntryOrigin } from "@genbo/database/register/write";
import type { Placed } from "./lot-logs.ts";

/** Transactions of ours by hash; may hold more than the lot's. */
export type Ours = ReadonlyMap<string, OurTransaction>;

/** Which of our transactions a log of a lot belongs to, and of which of their commands it speaks. */
export interface Origins {
  commandOf(transactionHash: string, ref: string): MinedCommand | undefined;
  callOf(transactionHash: string): string | undefined;
}

export function createOrigins(ours: Ours): Origins {
  // A legal act stands alone in its transaction, and its entries bear the ids of the holds that it ends or carries.
  const lone = ({ commands }: OurTransaction) => (commands.length === 1 ? commands[0] : undefined);
  const byRef = new Map<string, Map<string, MinedCommand>>();
  for (const [hash, { commands }] of ours) {
    byRef.set(hash, new Map(commands.map((command) => [command.ref, command])));
  }
  return {
    commandOf: (hash, ref) => {
      const own = ours.get(hash);
      return own && (byRef.get(hash)?.get(ref) ?? lone(own));
    },
    callOf: (hash) => ours.get(hash)?.call,
  };
}

/** Where an entry stands and who made it; nobody of ours for what a self-custody wallet did by itself. */
export function originOf(placed: Placed, command: MinedCommand | undefined): EntryOrigin {
  return {
    txHash: placed.transaction.hash,
    logIndex: placed.log.index,
    blockNumber: placed.block.number,
    blockHash: placed.block.hash,
    operationId: command?.operationId ?? null,
    maker: command?.maker ?? null,
    checker: command?.checker ?? null,
  };
}
