/** `0x1a` for 26, as JSON-RPC writes quantities. */
export const quantity = (value: number | bigint): string => `0x${value.toString(16)}`;

/** A JSON-RPC quantity that fits a safe integer: block numbers, times, nonces, indexes. */
export function readQuantity(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`Not a quantity of JSON-RPC: ${text}`);
  return value;
}

/** Whether `readQuantity` takes it. */
export const isQuantity = (value: unknown): value is string =>
  typeof value === "string" && /^0x[0-9a-f]+$/i.test(value) && Number.isSafeInteger(Number(value));

export const hexOf = (bytes: Uint8Array): string =>
  `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;

export const bytesOf = (hex: string): Buffer => Buffer.from(hex.slice(2), "hex");
