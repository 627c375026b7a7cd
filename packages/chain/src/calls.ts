import type { Word } from "@genbo/domain/words";
import { selectorOf } from "./keccak.ts";

/** What a row of a batch call may hold; each call takes the fields of its own row (contracts/interfaces). */
export interface CallRow {
  from?: string;
  to?: string;
  account?: string;
  controller?: string;
  units?: bigint;
  kind?: number;
  expiryMinutes?: number;
  /** Of a delivery, nothing. */
  behind?: Word;
  wallet?: string;
  record?: Word;
  particulars?: Word;
  ref: Word;
  data?: Word;
}

type Field = Exclude<keyof CallRow, undefined>;
type Kind = "address" | "uint96" | "uint32" | "uint8" | "bytes32";

const kinds: Record<Field, Kind> = {
  from: "address",
  to: "address",
  account: "address",
  controller: "address",
  units: "uint96",
  kind: "uint8",
  expiryMinutes: "uint32",
  behind: "bytes32",
  wallet: "address",
  record: "bytes32",
  particulars: "bytes32",
  ref: "bytes32",
  data: "bytes32",
};

/** The fields of each batch call's row, in the order of the contract's struct. */
const rowFields = {
  issue: ["to", "units", "ref", "data"],
  redeem: ["from", "units", "ref", "data"],
  custodiedTransfer: ["from", "to", "units", "ref", "data"],
  requestTransfers: ["from", "to", "units", "expiryMinutes", "ref", "data"],
  createDvpHolds: ["account", "to", "controller", "units", "kind", "expiryMinutes", "ref", "data", "behind"],
  acceptTransfers: ["ref"],
  approveTransfers: ["ref"],
  rejectTransfers: ["ref"],
  cancelTransfers: ["ref"],
  setRecords: ["wallet", "record", "particulars"],
} as const satisfies Record<string, readonly Field[]>;

export type BatchCall = keyof typeof rowFields;
export const batchCalls = Object.keys(rowFields) as BatchCall[];
export const isBatchCall = (call: string): call is BatchCall => Object.hasOwn(rowFields, call);

interface Shape {
  fields: readonly Field[];
  selector: string;
}
const shapes = new Map<BatchCall, Shape>(
  batchCalls.map((call) => {
    const fields: readonly Field[] = rowFields[call];
    const types = fields.map((field) => kinds[field]).join(",");
    const row = fields.length === 1 ? types : `(${types})`;
    return [call, { fields, selector: selectorOf(`${call}(${row}[],bool)`) }];
  }),
);

/** Bytes of one row of a call in its calldata. */
export const rowBytes = (call: BatchCall): number => rowFields[call].length * 32;

/** Selector, offset of the rows, `atomic` and their count: what a batch costs before its first row. */
export const batchOverheadBytes = 4 + 3 * 32;

/**
 * The calldata of a batch call: `call(rows, atomic)`. Every row is static, so rows lie one after another.
 * @throws RangeError naming the field when a row lacks one or a value does not fit
 */
export function encodeBatch(call: BatchCall, rows: readonly CallRow[], atomic: boolean): Buffer {
  const { fields, selector } = shapes.get(call) as Shape;
  const bytes = Buffer.alloc(batchOverheadBytes + rows.length * fields.length * 32);
  bytes.write(selector, 0, "hex");
  bytes.writeUInt8(0x40, 35);
  bytes.writeUInt8(atomic ? 1 : 0, 67);
  bytes.writeUInt32BE(rows.length, 96);
  let at = batchOverheadBytes;
  for (const row of rows) {
    for (const field of fields) {
      writeField(bytes, at, field, row[field]);
      at += 32;
    }
  }
  return bytes;
}

/** Checks one row as `encodeBatch` would. @throws RangeError */
export function checkRow(call: BatchCall, row: CallRow): void {
  const scratch = Buffer.alloc(32);
  for (const field of rowFields[call]) writeField(scratch, 0, field, (row as CallRow)[field]);
}

const forms = { address: /^0x[0-9a-fA-F]{40}$/, bytes32: /^0x[0-9a-fA-F]{64}$/ };

function writeField(bytes: Buffer, at: number, field: Field, value: CallRow[Field]): void {
  const kind = kinds[field];
  if (kind === "uint96" && typeof value === "bigint" && value >= 0n && value < 2n ** 96n) {
    bytes.writeUInt32BE(Number(value >> 64n), at + 20);
    bytes.writeBigUInt64BE(BigInt.asUintN(64, value), at + 24);
  } else if (
    (kind === "uint32" || kind === "uint8") &&
    typeof value === "number" &&
    Number.isInteger(value) &&
    value >= 0 &&
    value < (kind === "uint32" ? 2 ** 32 : 2 ** 8)
  ) {
    bytes.writeUInt32BE(value, at + 28);
  } else if (kind === "address" && typeof value === "string" && forms.address.test(value)) {
    bytes.write(value.slice(2), at + 12, "hex");
  } else if (kind === "bytes32" && typeof value === "string" && forms.bytes32.test(value)) {
    bytes.write(value.slice(2), at, "hex");
  } else {
    throw new RangeError(`${field} is no ${kind}: ${String(value)}`);
  }
}
