import { isIssueCall } from "@genbo/chain/issue-calls";
import { isLegalCall } from "@genbo/chain/legal-calls";
import { urgency } from "@genbo/chain/urgency";
import type { Transaction } from "@genbo/database/connection";
import type { Command } from "@genbo/database/outbox";
import {
  blockersOf,
  queuedCommands,
  queuedStreams,
  type Stream,
  urgentElsewhere,
} from "@genbo/database/outbox-queue";
import { gather, without } from "./gather.ts";
import { candidatesMax, fairEvery, streamsTriedMax } from "./limits.ts";
import { touchesOf } from "./touches.ts";

/** When each stream of each lane was last served, as far as this process remembers: whose turn it is. */
export interface Turns {
  order(signer: string, streams: readonly Stream[]): Stream[];
  served(signer: string, stream: Stream): void;
}

/**
 * The more urgent class goes first, and within a class the contract that was served longest ago: no issue waits for
 * the whole of another's work. Each `fairEvery`-th batch takes whatever stream was served longest ago, so that bulk
 * work goes on under a stream of single commands; a legal act waits for none.
 */
export function createTurns(): Turns {
  const lanes = new Map<string, { batches: number; last: Map<string, number> }>();
  const laneOf = (signer: string) => {
    const lane = lanes.get(signer) ?? { batches: 0, last: new Map<string, number>() };
    lanes.set(signer, lane);
    return lane;
  };
  return {
    order: (signer, streams) => {
      const { batches, last } = laneOf(signer);
      const isFair = batches % fairEvery === fairEvery - 1;
      const classOf = ({ priority }: Stream) => (isFair && priority > urgency.legal ? urgency.few : priority);
      const lastOf = (stream: Stream) => last.get(nameOf(stream)) ?? -1;
      return [...streams].sort((a, b) => classOf(a) - classOf(b) || lastOf(a) - lastOf(b));
    },
    served: (signer, stream) => {
      const lane = laneOf(signer);
      lane.last.set(nameOf(stream), lane.batches);
      lane.batches += 1;
    },
  };
}

const nameOf = ({ priority, target }: Stream): string => `${priority} ${target}`;

/** Commands for one transaction, and others that have to go before what was passed over. */
export interface Choice {
  batch: Command[];
  /** Ids of what holds others up, with the class of the most urgent of those. */
  awaited: { id: bigint; priority: number }[];
}

/** @param sound drops commands that no contract can carry out */
export async function choose(
  tx: Transaction,
  signer: string,
  turns: Turns,
  sound: (commands: readonly Command[]) => Promise<Command[]>,
): Promise<Choice> {
  const streams = await queuedStreams(tx, signer);
  const awaited: Choice["awaited"] = [];
  const passedOver = new Set<string>();
  for (const stream of turns.order(signer, streams).slice(0, streamsTriedMax)) {
    const { target } = stream;
    const others = streams.filter((each) => each !== stream && each.target === target);
    const priorities = [stream, ...others].map(({ priority }) => priority);
    const queued = await sound(await queuedCommands(tx, signer, { target, priorities }, candidatesMax));
    const gathered = gather(behindNone(queued), passedOver);
    const { batch, blockers } = await inOrder(tx, signer, gathered, streams.length > 1);
    awaited.push(...blockers);
    if (batch.length > 0) {
      turns.served(signer, stream);
      return { batch, awaited };
    }
  }
  return { batch: [], awaited };
}

/** What changes an issue as a whole waits for all that came before it, and then nothing that came after it goes first. */
function behindNone(queued: readonly Command[]): readonly Command[] {
  const [first] = queued;
  if (first === undefined || !isIssueCall(first.call)) return queued;
  const earlier = queued.filter(({ id }) => id < first.id);
  return earlier.length > 0 ? earlier : queued;
}

/** Takes out of a batch what would overtake an earlier command of the same account. */
async function inOrder(tx: Transaction, signer: string, batch: readonly Command[], withinLane: boolean) {
  if (batch.length === 0) return { batch: [], blockers: [] };
  const touching = batch.map(touchesOf);
  const found = await blockersOf(tx, signer, touching, withinLane);
  for (const act of await urgentElsewhere(tx, signer, urgency.legal)) {
    if (!isLegalCall(act.call)) continue;
    const ruled = new Set(touchesOf(act).acts);
    for (const { id, acts } of touching)
      if (act.id < id && acts.some((key) => ruled.has(key))) found.push({ id: act.id, blocked: id });
  }
  const byId = new Map(batch.map((command) => [command.id, command]));
  return {
    batch: without(batch, new Set(found.map(({ blocked }) => blocked))),
    blockers: found.map(({ id, blocked }) => ({ id, priority: byId.get(blocked)!.priority })),
  };
}
