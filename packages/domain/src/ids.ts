import { hash, randomBytes, randomFillSync } from "node:crypto";

/** What an id names: issue, operation, investor, transfer, party, API key, record date, break, case, … */
export const idPrefixes = [
  "iss",
  "op",
  "inv",
  "trf",
  "pty",
  "key",
  "rdt",
  "brk",
  "rec",
  "req",
  "cas",
  "stl",
  "chg",
  "ins",
  "crt",
  "avw",
  "cus",
  "exp",
  "wpf",
] as const;
export type IdPrefix = (typeof idPrefixes)[number];

/** `iss_` + a UUIDv7 (RFC 9562) without dashes: ids of one kind sort by the time they were made. */
export function newId(prefix: IdPrefix, now: Date): string {
  const bytes = freshBytes(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return `${prefix}_${bytes.toString("hex")}`;
}

/** Random bytes are fetched many at once: a call for each id cost a request a tenth of its time. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Each byte of the pool is handed out once. */
function freshBytes(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += count;
  return Buffer.from(pool.subarray(used - count, used));
}

/** True when `text` has the form that `newId(prefix)` makes. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return (
    text.startsWith(`${prefix}_`) &&
    /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(text.slice(prefix.length + 1))
  );
}

/** The 32-byte reference that stands on chain for an id, or for one row of its batch: sha256 of `id` or `id:row`. */
export function refOf(id: string, row?: number): string {
  const name = row === undefined ? id : `${id}:${row}`;
  return `0x${hash("sha256", name)}`;
}

/** A new person id: 12 random bytes, never derived from personal data. */
export function newPersonId(): string {
  return `0x${randomBytes(12).toString("hex")}`;
}

/** The ref under which the registry reports a wallet: `bytes32(uint160(wallet))`. */
export function refOfWallet(wallet: string): string {
  return `0x${"0".repeat(24)}${wallet.slice(2).toLowerCase()}`;
}
