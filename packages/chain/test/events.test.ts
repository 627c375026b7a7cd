import fc from "fast-check";
import { expect, test } from "vitest";
import { contractInterface } from "../src/abi.ts";
import { decodeLog, topics } from "../src/events.ts";
import { hexOf } from "../src/hex.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(hexOf);
const address = bytes(20);
const word = bytes(32);
const seq = fc.integer({ min: 0, max: 2 ** 32 });

const token = contractInterface("SecurityToken");
const registry = contractInterface("HolderRegistry");
const factory = contractInterface("TokenFactory");
const anchor = contractInterface("RegisterAnchor");

/** What the contract would emit, as the node gives it. */
const logOf = (codec: typeof token, event: string, values: unknown[]) => {
  const { topics: logTopics, data } = codec.encodeEventLog(event, values);
  return { address: `0x${"ab".repeat(20)}`, topics: logTopics, data, index: 0 };
};

test("Entry", () => {
  const entry = fc.record({
    seq: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    kind: fc.integer({ min: 0, max: 255 }),
    basis: fc.integer({ min: 0, max: 65_535 }),
    units: fc.bigInt({ min: 0n, max: 2n ** 96n - 1n }),
    from: address,
    to: address,
    ref: word,
    data: word,
    hash: bytes(28),
  });
  fc.assert(
    fc.property(entry, ({ hash, ...fields }) => {
      const { seq, kind, basis, units, from, to, ref, data } = fields;
      const head = `${hash}${seq.toString(16).padStart(8, "0")}`;
      const fromUnits = (BigInt(from) << 96n) | units;
      const toLine = (BigInt(to) << 96n) | BigInt((basis << 8) | kind);
      const log = logOf(token, "Entry", [ref, fromUnits, toLine, data, head]);
      expect(decodeLog(log)).toEqual({ type: "entry", ...fields, head });
    }),
  );
});

test("Rejected, from token and registry alike", () => {
  fc.assert(
    fc.property(seq, word, fc.integer({ min: 0, max: 255 }), (row, ref, code) => {
      for (const codec of [token, registry]) {
        expect(decodeLog(logOf(codec, "Rejected", [row, ref, code]))).toEqual({
          type: "rejected",
          row,
          ref,
          code,
        });
      }
    }),
  );
});

test("Recorded, HeadMoved, IssueCreated", () => {
  fc.assert(
    fc.property(address, word, word, seq, (wallet, record, particulars, number) => {
      expect(decodeLog(logOf(registry, "Recorded", [wallet, record, particulars]))).toEqual({
        type: "recorded",
        wallet,
        record,
        particulars,
      });
      expect(decodeLog(logOf(registry, "HeadMoved", [number, record]))).toEqual({
        type: "headMoved",
        seq: number,
        head: record,
      });
      const created = [record, wallet, particulars, BigInt(number), BigInt(record), 1000n];
      expect(decodeLog(logOf(factory, "IssueCreated", created))).toEqual({
        type: "issueCreated",
        ref: record,
        token: wallet,
        termsHash: particulars,
        cap: BigInt(number),
        policy: record,
        issuerRole: 1000n,
      });
    }),
  );
});

test("Anchored", () => {
  const days = fc.integer({ min: 0, max: 65_535 });
  const kinds = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(word, kinds, days, word, word, (subject, kind, day, root, supersedes) => {
      expect(decodeLog(logOf(anchor, "Anchored", [subject, kind, day, root, supersedes]))).toEqual({
        type: "anchored",
        ...{ subject, kind, day, root, supersedes },
      });
    }),
  );
});

test("topics are those of the ABI", () => {
  expect(topics.entry).toBe(token.getEvent("Entry")?.topicHash);
  expect(topics.rejected).toBe(token.getEvent("Rejected")?.topicHash);
  expect(topics.recorded).toBe(registry.getEvent("Recorded")?.topicHash);
  expect(topics.headMoved).toBe(registry.getEvent("HeadMoved")?.topicHash);
  expect(topics.anchored).toBe(anchor.getEvent("Anchored")?.topicHash);
  expect(topics.issueCreated).toBe(factory.getEvent("IssueCreated")?.topicHash);
});

test("an event of ours that the register does not read is passed over; a payload of the wrong length is named", () => {
  expect(
    decodeLog(logOf(token, "Transfer", [`0x${"11".repeat(20)}`, `0x${"22".repeat(20)}`, 1n])),
  ).toBeUndefined();
  const short = {
    address: `0x${"ab".repeat(20)}`,
    topics: [topics.entry, `0x${"00".repeat(32)}`],
    data: "0x00",
    index: 7,
  };
  expect(() => decodeLog(short)).toThrow("log 7");
});
