const chunkBytes = 1 << 16;
const signature = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const epochMs = Date.UTC(2000, 0, 1);
const dayMs = 86_400_000;
const textOid = 25;

/** Bytes in PostgreSQL's own binary form, which it need not parse. */
export interface CopyBytes {
  /** @param values null or of the form that the type's writer takes */
  row(types: readonly string[], values: readonly unknown[]): void;
  end(): Buffer[];
}

export function createCopyBytes(): CopyBytes {
  const chunks: Buffer[] = [signature];
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let at = 0;
  const room = (bytes: number): void => {
    if (at + bytes <= chunk.length) return;
    chunks.push(chunk.subarray(0, at));
    chunk = Buffer.allocUnsafe(Math.max(chunkBytes, bytes));
    at = 0;
  };
  const int16 = (value: number): void => {
    room(2);
    at = chunk.writeInt16BE(value, at);
  };
  const int32 = (value: number): void => {
    room(4);
    at = chunk.writeInt32BE(value, at);
  };
  const int64 = (value: number | bigint): void => {
    room(8);
    if (typeof value === "bigint") at = chunk.writeBigInt64BE(value, at);
    else {
      at = chunk.writeInt32BE(Math.floor(value / 2 ** 32), at);
      at = chunk.writeUInt32BE(value >>> 0, at);
    }
  };
  /** @param version a byte that goes in front */
  const text = (value: string, version?: number): void => {
    room(5 + value.length * 3);
    const start = at;
    at += 4;
    if (version !== undefined) at = chunk.writeUInt8(version, at);
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
    int32(isEmpty ? 12 : 20 + bytes);
    for (const word of [isEmpty ? 0 : 1, 0, textOid]) int32(word); // dimensions, no nulls, of what
    if (isEmpty) return;
    for (const word of [values.length, 1]) int32(word); // of the one dimension, from 1 on
    for (const value of values) text(value);
  };
  const writers: Readonly<Record<string, (value: never) => void>> = {
    text,
    boolean: sized(1, (value: boolean) => {
      room(1);
      at = chunk.writeUInt8(value ? 1 : 0, at);
    }),
    smallint: sized(2, int16),
    integer: sized(4, int32),
    bigint: sized(8, int64),
    date: sized(4, (isoDay: string) => int32((Date.parse(isoDay) - epochMs) / dayMs)),
    timestamptz: sized(8, (at: Date) => int64(BigInt(at.getTime() - epochMs) * 1_000n)),
    jsonb: (json: string) => text(json, 1),
    "text[]": texts,
  };
  return {
    row: (types, values) => {
      int16(types.length);
      for (let index = 0; index < types.length; index += 1) {
        const value = values[index];
        if (value === null) int32(-1);
        else writers[types[index]!]!(value as never);
      }
    },
    end: () => {
      int16(-1);
      return [...chunks, chunk.subarray(0, at)];
    },
  };
}
