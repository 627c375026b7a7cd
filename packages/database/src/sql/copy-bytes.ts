import type { Column } from "./bulk.ts";

const chunkBytes = 1 << 16;
const signature = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const epochMs = Date.UTC(2000, 0, 1);
const epochDay = epochMs / 86_400_000;
const textOid = 25;
/** The longest value of a fixed size, with its length in front. */
const fixedBytesMax = 12;

/** Rows in PostgreSQL's own binary form, which it need not parse. */
export interface CopyBytes<Row> {
  row(row: Row): void;
  end(): Buffer[];
}

type Write = (value: never) => void;

/** @param columns whose values are null or of the form that the writer of their type takes */
export function createCopyBytes<Row>(columns: readonly Column<Row>[]): CopyBytes<Row> {
  const chunks: Buffer[] = [signature];
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let at = 0;
  /** Besides what is asked for there is always room for a whole row of values of a fixed size. */
  const spare = 2 + columns.length * fixedBytesMax;
  const room = (bytes: number): void => {
    if (at + bytes + spare <= chunk.length) return;
    chunks.push(chunk.subarray(0, at));
    chunk = Buffer.allocUnsafe(Math.max(chunkBytes, bytes + spare));
    at = 0;
  };
  const int16 = (value: number): void => {
    chunk[at++] = value >>> 8;
    chunk[at++] = value;
  };
  const int32 = (value: number): void => {
    chunk[at++] = value >>> 24;
    chunk[at++] = value >>> 16;
    chunk[at++] = value >>> 8;
    chunk[at++] = value;
  };
  const int64 = (value: number | bigint): void => {
    const whole = Number(value);
    if (Number.isSafeInteger(whole)) {
      int32(Math.floor(whole / 2 ** 32));
      int32(whole);
    } else at = chunk.writeBigInt64BE(BigInt(value), at);
  };
  const text = (value: string): void => {
    room(4 + value.length * 3);
    const start = at;
    at += 4;
    at += chunk.write(value, at);
    chunk.writeInt32BE(at - start - 4, start);
  };
  const sized = <V>(bytes: number, write: (value: V) => void) => {
    return (value: V): void => {
      int32(bytes);
      write(value);
    };
  };
  const texts = (values: readonly string[]): void => {
    const bytes = values.reduce((sum, value) => sum + 4 + Buffer.byteLength(value), 0);
    const isEmpty = values.length === 0;
    room(24);
    int32(isEmpty ? 12 : 20 + bytes);
    for (const word of [isEmpty ? 0 : 1, 0, textOid]) int32(word); // dimensions, no nulls, of what
    if (isEmpty) return;
    for (const word of [values.length, 1]) int32(word); // of the one dimension, from 1 on
    for (const value of values) text(value);
  };
  const microseconds = (at: Date): number | bigint => {
    const ms = at.getTime() - epochMs;
    return Number.isSafeInteger(ms * 1_000) ? ms * 1_000 : BigInt(ms) * 1_000n;
  };
  const writers: Readonly<Record<string, Write>> = {
    text,
    boolean: sized(1, (value: boolean) => {
      chunk[at++] = value ? 1 : 0;
    }),
    smallint: sized(2, int16),
    integer: sized(4, int32),
    bigint: sized(8, int64),
    /** Days since 1970. */
    date: sized(4, (day: number) => int32(day - epochDay)),
    timestamptz: sized(8, (at: Date) => int64(microseconds(at))),
    json: text,
    "text[]": texts,
  };
  const fields = columns.map(({ type, of }) => ({ of, write: writers[type] as Write }));
  return {
    row: (row) => {
      room(0);
      int16(fields.length);
      for (const { of, write } of fields) {
        const value = of(row);
        if (value === null) int32(-1);
        else write(value as never);
      }
    },
    end: () => {
      room(0);
      int16(-1);
      return [...chunks, chunk.subarray(0, at)];
    },
  };
}
