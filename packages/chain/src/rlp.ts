export type RlpItem = Uint8Array | readonly RlpItem[];

/** Recursive length prefix (Ethereum Yellow Paper, appendix B). */
export function encodeRlp(item: RlpItem): Buffer {
  if (item instanceof Uint8Array) {
    if (item.length === 1 && (item[0] as number) < 0x80) return Buffer.from(item);
    return Buffer.concat([prefix(0x80, item.length), item]);
  }
  const body = Buffer.concat(item.map(encodeRlp));
  return Buffer.concat([prefix(0xc0, body.length), body]);
}

/** An integer as RLP wants it: big-endian, no leading zero, zero as nothing. */
export function rlpInteger(value: number | bigint): Buffer {
  if (value === 0 || value === 0n) return Buffer.alloc(0);
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function prefix(base: number, length: number): Buffer {
  if (length < 56) return Buffer.from([base + length]);
  const size = rlpInteger(length);
  return Buffer.concat([Buffer.from([base + 55 + size.length]), size]);
}
