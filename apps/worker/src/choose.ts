import { isIssueCall } from "@genbo/chain/issue-calls";
import { isLegalCall } from "@genbo/chain/legal-calls";
import { urgency } from "@genbo/chain/urgency";
import type { Command } from "@genbo/database/outbox/outbox";
import {
  earliestOf,
  queuedCommands,
  queuedStreams,
  type Stream,
  urgentElsewhere,
} from "@genbo/database/outbox/queue";
import type { Transaction } from "@genbo/database/sql/connection";
import { gather, isFull, without } from "./gather.ts";
import { candidatesFirst, candidatesMax, fairEvery, streamsTriedMax } from "./limits.ts";
import { touchedBy, touchesOf } from "./touches.ts";

/** When each stream of each lane was last looked at, as far as this process remembers: whose turn it is. */
export interface Turns {
  /** Begins a lane's turn. */
  order(signer: string, streams: readonly Stream[]): Stream[];
  /** @param gave whether anything of it could go */
  looked(signer: string, stream: Stream, gave: boolean): void;
}

/**
 * The more urgent class goes first, and within a class the contract that was looked at longest ago: no issue waits for
 * the whole of another's work, nor behind those that wait for other lanes. Each `fairEvery`-th turn takes whatever stream
 * was looked at longest ago, so that bulk work goes on under a stream of single commands; a legal act that may go waits
 * for none.
 */
export function createTurns(): Turns {
  const lanes = new Map<string, { turns: number; looks: number; last: Map<string, Look> }>();
  const laneOf = (signer: string) => {
    const lane = lanes.get(signer) ?? { turns: 0, looks: 0, last: new Map<string, Look>() };
    lanes.set(signer, lane);
    return lane;
  };
  return {
    order: (signer, streams) => {
      const lane = laneOf(signer);
      lane.turns += 1;
      const isFair = lane.turns % fairEvery === 0;
      const lookAt = (stream: Stream) => lane.last.get(streamName(stream));
      const classOf = (stream: Stream) =>
        isFair && (stream.priority > urgency.legal || lookAt(stream)?.gave === false)
          ? urgency.few
          : stream.priority;
      const placeOf = (stream: Stream) => lookAt(stream)?.place ?? -1;
      return [...streams].sort((a, b) => classOf(a) - classOf(b) || placeOf(a) - placeOf(b));
    },
    looked: (signer, stream, gave) => {
      const lane = laneOf(signer);
      lane.last.set(streamName(stream), { place: lane.looks, gave });
      lane.looks += 1;
    },
  };
}

interface Look {
  /** Among all of the lane. */
  place: number;
  gave: boolean;
}

const streamName = ({ priority, target }: Stream): string => `${priority} ${target}`;

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
    const gathered = await gatherFirst(passedOver, async (most) => {
      const queued = await queuedCommands(tx, signer, { target, priorities }, most);
      return { queued: await sound(queued), all: queued.length < most };
    });
    const { batch, blockers } = await inOrder(tx, signer, gathered, streams);
    awaited.push(...blockers);
    turns.looked(signer, stream, batch.length > 0);
    if (batch.length > 0) return { batch, awaited };
  }
  return { batch: [], awaited };
}

/**
 * Looks at few commands first: in a file, where all are of one call, these fill a batch, and each that is looked at is
 * read and checked. A batch that is full comes out the same however many more are seen.
 */
async function gatherFirst(
  passedOver: Set<string>,
  look: (most: number) => Promise<{ queued: Command[]; all: boolean }>,
): Promise<Command[]> {
  const { queued, all } = await look(candidatesFirst);
  const seen = new Set(passedOver);
  const few = gather(behindNone(queued), seen);
  if (!all && !isFull(few)) return gather(behindNone((await look(candidatesMax)).queued), passedOver);
  for (const key of seen) passedOver.add(key);
  return few;
}

/** What changes an issue as a whole waits for all that came before it, and then nothing that came after it goes first. */
function behindNone(queued: readonly Command[]): readonly Command[] {
  const [first] = queued;
  if (first === undefined || !isIssueCall(first.call)) return queued;
  const earlier = queued.filter(({ id }) => id < first.id);
  return earlier.length > 0 ? earlier : queued;
}

/** Takes out of a batch what would overtake an earlier command of the same account. */
async function inOrder(
  tx: Transaction,
  signer: string,
  batch: readonly Command[],
  streams: readonly Stream[],
) {
  const [first] = batch;
  if (first === undefined) return { batch: [], blockers: [] };
  const ids = batch.map(({ id }) => id);
  const found = await earliestOf(tx, signer, touchedBy(batch), ids, {
    target: first.target,
    streams: streams.length > 1,
    records: streams.some(({ target }) => target === null),
  });
  const earliest = new Map(found.map((each) => [each.key, each]));
  const legal = (await urgentElsewhere(tx, signer, urgency.legal)).filter(({ call }) => isLegalCall(call));
  const ruled = legal.map(({ id, ...act }) => ({ id, keys: new Set(touchesOf(act).acts) }));
  const waits = new Set<bigint>();
  const blockers: Choice["awaited"] = [];
  for (const command of batch) {
    const { acts, gives } = touchesOf(command);
    const before = [
      ...[...acts, ...gives].map((key) => earliest.get(key)?.inLane),
      ...acts.map((key) => earliest.get(key)?.elsewhere),
      ...ruled.filter(({ keys }) => acts.some((key) => keys.has(key))).map(({ id }) => id),
    ].filter((id) => id !== undefined && id !== null && id < command.id);
    if (before.length > 0) waits.add(command.id);
    for (const id of before) blockers.push({ id: id!, priority: command.priority });
  }
  return { batch: without(batch, waits), blockers };
}
