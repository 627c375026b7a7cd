/** Units of an issue and yen are bigint inside and decimal strings on the wire; both fit PostgreSQL's bigint. */
export const maxUnits = 2n ** 63n - 1n;

/** No sign, no leading zero, no exponent: one number has one spelling, so that body hashes and files compare. */
const decimal = /^(0|[1-9][0-9]{0,18})$/;

/**
 * Reads a whole number from its decimal string.
 * @returns the units (0 ..= 2^63-1), or undefined when the text is anything else
 */
export function parseUnits(text: string): bigint | undefined {
  if (!decimal.test(text)) return undefined;
  const units = BigInt(text);
  return units <= maxUnits ? units : undefined;
}
