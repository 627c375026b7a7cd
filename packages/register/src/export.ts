import type { Word } from "@genbo/domain/words";
import type { EntryFields, RegistryFields } from "./head.ts";

/**
 * An export of an issue's register (docs/export.md): JSON lines from which a stranger recomputes every head and
 * holding. No personal data: persons are random numbers, particulars are commitments.
 */
export const exportFormat = "genbo-register-export";
export const exportVersion = 3;

/** The first line: whose register, up to where, and what it comes to. */
export interface HeaderLine {
  type: "header";
  format: typeof exportFormat;
  version: typeof exportVersion;
  issue: string;
  /** What the issue is called on chain: sha256 of `issue`. */
  ref: Word;
  token: string;
  chainId: number;
  genesis: Word;
  registry: string;
  /** The block after which token and registry stood so. */
  block: number;
  hash: Word;
  /** Unix seconds. */
  time: number;
  /** Number and head of the last line of the registry, and of the last entry. */
  records: number;
  recordsHead: Word;
  entries: number;
  head: Word;
  units: bigint;
  holders: number;
  accounts: number;
}

/** The block of a line. */
interface Mined {
  block: number;
  hash: Word;
  /** Unix seconds. Block time is legal time. */
  time: number;
}

/** A line of the HolderRegistry: every one from the first, since its chain of heads has no beginning elsewhere. */
export interface RecordLine extends RegistryFields, Mined {
  type: "record";
  head: Word;
}

export interface EntryLine extends EntryFields, Mined {
  type: "entry";
  head: Word;
  /** The issue's figures after this entry. */
  totalUnits: bigint;
  totalHolders: number;
  totalAccounts: number;
}

/** The last line. An export without it is not whole. */
export interface EndLine {
  type: "end";
  records: number;
  entries: number;
  /** Root of the Merkle tree over the holdings (merkle.ts), lots included. */
  root: Word;
  /** Of all bytes before this line, as 64 hex digits. */
  sha256: string;
}

export type ExportLine = HeaderLine | RecordLine | EntryLine | EndLine;

/** The text of a line, without its line break. Amounts are decimal strings. */
export const lineText = (line: ExportLine): string =>
  JSON.stringify(line, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));

type Kind =
  | "word"
  | "digest"
  | "address"
  | "count"
  | "number"
  | "byte"
  | "short"
  | "amount"
  | "issue"
  | "format"
  | "version";
type Shape<L> = Record<Exclude<keyof L, "type">, Kind>;

const mined = { block: "count", hash: "word", time: "count" } as const;
const shapes: { [T in ExportLine["type"]]: Shape<Extract<ExportLine, { type: T }>> } = {
  header: {
    ...{ format: "format", version: "version", issue: "issue", ref: "word", token: "address" },
    ...{ chainId: "count", genesis: "word", registry: "address", ...mined },
    ...{ records: "count", recordsHead: "word", entries: "count", head: "word" },
    ...{ units: "amount", holders: "count", accounts: "count" },
  },
  record: { seq: "number", wallet: "address", record: "word", particulars: "word", head: "word", ...mined },
  entry: {
    ...{ seq: "number", kind: "byte", basis: "short", units: "amount", from: "address", to: "address" },
    ...{ ref: "word", data: "word", head: "word", ...mined },
    ...{ totalUnits: "amount", totalHolders: "count", totalAccounts: "count" },
  },
  end: { records: "count", entries: "count", root: "word", sha256: "digest" },
};

const amountEnd = 2n ** 96n;
const readers: Record<Kind, (value: unknown) => unknown> = {
  word: text(/^0x[0-9a-f]{64}$/),
  digest: text(/^[0-9a-f]{64}$/),
  address: text(/^0x[0-9a-f]{40}$/),
  issue: text(/^iss_[0-9a-f]{32}$/),
  format: text(new RegExp(`^${exportFormat}$`)),
  version: (value) => (value === exportVersion ? value : undefined),
  count: integer(2 ** 48),
  number: integer(2 ** 32),
  byte: integer(2 ** 8),
  short: integer(2 ** 16),
  amount: (value) => {
    const units =
      typeof value === "string" && /^(0|[1-9][0-9]{0,28})$/.test(value) ? BigInt(value) : amountEnd;
    return units < amountEnd ? units : undefined;
  },
};

/**
 * Reads a line: exactly the fields of its type, each of its form, else undefined. It must be the text that its values
 * are written as: of a field that stands twice another reader would take the other value.
 */
export function parseLine(bytes: Uint8Array): ExportLine | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const json = jsonOf(text);
  if (json === undefined || !Object.hasOwn(shapes, String(json.type))) return undefined;
  const type = json.type as ExportLine["type"];
  const shape = Object.entries<Kind>(shapes[type]);
  if (Object.keys(json).length !== shape.length + 1) return undefined;
  const line: Record<string, unknown> = { type };
  for (const [name, kind] of shape) {
    const value = readers[kind](json[name]);
    if (value === undefined) return undefined;
    line[name] = value;
  }
  if (JSON.stringify(json) !== text) return undefined;
  return line as unknown as ExportLine;
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function integer(end: number) {
  return (value: unknown) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < end ? value : undefined;
}

function text(form: RegExp) {
  return (value: unknown) => (typeof value === "string" && form.test(value) ? value : undefined);
}
