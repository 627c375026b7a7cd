import type { Word } from "@genbo/domain/words";
import { topicOf } from "./keccak.ts";

/** A log as JSON-RPC gives it, with what decoding needs. */
export interface ChainLog {
  address: string;
  topics: readonly string[];
  data: string;
  /** Place in the block. */
  index: number;
}

export const topics = {
  entry: topicOf("Entry(bytes32,uint256,uint256,bytes32,bytes32)"),
  rejected: topicOf("Rejected(uint256,bytes32,uint8)"),
  recorded: topicOf("Recorded(address,bytes32,bytes32)"),
  headMoved: topicOf("HeadMoved(uint64,bytes32)"),
  issueCreated: topicOf("IssueCreated(bytes32,address,bytes32,uint96,uint256,uint64)"),
  anchored: topicOf("Anchored(bytes32,uint8,uint16,bytes32,bytes32)"),
  funded: topicOf("Funded(bytes32,uint256)"),
  attested: topicOf("Attested(bytes32,uint256,bytes32)"),
  settled: topicOf("Settled(bytes32,bytes32)"),
  returned: topicOf("Returned(bytes32,uint256)"),
} as const;

/** Fields as in `contracts/interfaces/ISecurityToken.sol`; addresses in lower case. */
export interface EntryEvent {
  type: "entry";
  seq: number;
  kind: number;
  basis: number;
  units: bigint;
  from: string;
  to: string;
  ref: Word;
  data: Word;
  head: Word;
}
export interface RejectedEvent {
  type: "rejected";
  /** Index in the batch. */
  row: number;
  ref: Word;
  code: number;
}
export interface RecordedEvent {
  type: "recorded";
  wallet: string;
  record: Word;
  particulars: Word;
}
export interface HeadMovedEvent {
  type: "headMoved";
  seq: number;
  head: Word;
}
export interface IssueCreatedEvent {
  type: "issueCreated";
  ref: Word;
  token: string;
  termsHash: Word;
  cap: bigint;
  policy: Word;
  issuerRole: bigint;
}
export interface AnchoredEvent {
  type: "anchored";
  /** The issue's ref. */
  subject: Word;
  /** 1 record date, 2 day close, 3 document. */
  kind: number;
  /** Days since 1970-01-01 (JST). */
  day: number;
  root: Word;
  /** 32 zero bytes for the first root of its subject, kind and day. */
  supersedes: Word;
}
/** What became of a leg of a settlement, or of all of them. `id` is the instruction's. */
export interface SettlementEvent {
  type: "funded" | "attested" | "settled" | "returned";
  id: Word;
  /** Null for what concerns all legs. */
  leg: number | null;
}
export type RegisterEvent =
  | EntryEvent
  | RejectedEvent
  | RecordedEvent
  | HeadMovedEvent
  | IssueCreatedEvent
  | AnchoredEvent
  | SettlementEvent;

/** A log whose topic is ours and whose payload is not: never a stranger's, whose address is filtered before. */
export class UndecodableLog extends Error {
  override readonly name = "UndecodableLog";
}

/** Decodes a log of one of our contracts; undefined for an event that the register does not read. @throws UndecodableLog */
export function decodeLog(log: ChainLog): RegisterEvent | undefined {
  const decoder = decoders.get(log.topics[0] ?? "");
  if (decoder === undefined) return undefined;
  const { words, decode } = decoder;
  if (log.data.length !== 2 + words * 64) {
    throw new UndecodableLog(
      `log ${log.index} of ${log.address} has ${(log.data.length - 2) / 64} words, not ${words}`,
    );
  }
  return decode(log.data.toLowerCase(), log.topics[1] ?? "", log.topics[2] ?? "");
}

interface Decoder {
  words: number;
  /** @param topic the first indexed argument, where the event has any, and the second */
  decode(data: string, topic: string, second: string): RegisterEvent;
}

const decoders = new Map<string, Decoder>([
  [topics.entry, { words: 4, decode: decodeEntry }],
  [
    topics.rejected,
    {
      words: 2,
      decode: (data, ref) => ({ type: "rejected", row: integer(data, 0), ref, code: integer(data, 1) }),
    },
  ],
  [
    topics.recorded,
    {
      words: 2,
      decode: (data, topic) => ({
        type: "recorded",
        wallet: `0x${topic.slice(26)}`,
        record: word(data, 0),
        particulars: word(data, 1),
      }),
    },
  ],
  [
    topics.headMoved,
    { words: 2, decode: (data) => ({ type: "headMoved", seq: integer(data, 0), head: word(data, 1) }) },
  ],
  [
    topics.issueCreated,
    {
      words: 5,
      decode: (data, ref) => ({
        type: "issueCreated",
        ref,
        token: address(data, 0),
        termsHash: word(data, 1),
        cap: BigInt(word(data, 2)),
        policy: word(data, 3),
        issuerRole: BigInt(word(data, 4)),
      }),
    },
  ],
  [
    topics.anchored,
    {
      words: 3,
      decode: (data, subject, kind) => ({
        type: "anchored",
        subject: subject as Word,
        kind: Number(kind),
        day: integer(data, 0),
        root: word(data, 1),
        supersedes: word(data, 2),
      }),
    },
  ],
  [topics.funded, { words: 1, decode: (data, id) => ({ type: "funded", id, leg: integer(data, 0) }) }],
  [topics.attested, { words: 2, decode: (data, id) => ({ type: "attested", id, leg: integer(data, 0) }) }],
  [topics.settled, { words: 0, decode: (_, id) => ({ type: "settled", id, leg: null }) }],
  [topics.returned, { words: 1, decode: (data, id) => ({ type: "returned", id, leg: integer(data, 0) }) }],
]);

/** Words: from 160 bits | units 96; to 160 bits | zero 72 | basis 16 | kind 8; data; head, whose last 32 bits are seq. */
function decodeEntry(data: string, ref: string): EntryEvent {
  const [fromUnits, toLine, head] = [word(data, 0), word(data, 1), word(data, 3)];
  return {
    type: "entry",
    seq: Number.parseInt(head.slice(-8), 16),
    kind: Number.parseInt(toLine.slice(-2), 16),
    basis: Number.parseInt(toLine.slice(-6, -2), 16),
    units: BigInt(`0x${fromUnits.slice(42)}`),
    from: fromUnits.slice(0, 42),
    to: toLine.slice(0, 42),
    ref,
    data: word(data, 2),
    head,
  };
}

const word = (data: string, index: number): Word => `0x${data.slice(2 + index * 64, 2 + (index + 1) * 64)}`;

const address = (data: string, index: number): string =>
  `0x${data.slice(2 + index * 64 + 24, 2 + (index + 1) * 64)}`;

function integer(data: string, index: number): number {
  const value = Number.parseInt(data.slice(2 + index * 64, 2 + (index + 1) * 64), 16);
  if (!Number.isSafeInteger(value)) throw new UndecodableLog(`word ${index} is too large: ${value}`);
  return value;
}
