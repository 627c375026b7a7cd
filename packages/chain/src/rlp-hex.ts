/** RLP of hex text without `0x`: what JSON-RPC gives is text already, and taking it apart costs more than hashing it. */
export const rlpText = (hex: string): string =>
  hex.length === 2 && hex < "80" ? hex : prefix(0x80, hex.length / 2) + hex;

/** A list of items that are encoded already. */
export const rlpList = (items: string): string => prefix(0xc0, items.length / 2) + items;

/** A quantity of JSON-RPC (`0x0`, `0x1a`): big-endian, no leading zero, zero as nothing. */
export function rlpQuantity(quantity: string): string {
  const digits = quantity.slice(2).replace(/^0+/, "");
  return rlpText(digits.length % 2 === 0 ? digits : `0${digits}`);
}

/** The items of an encoded list, each as it is encoded. @throws Error when it is not one list and nothing else */
export function rlpItems(list: string): string[] {
  const { start, end } = itemAt(list, 0);
  if (!(Number.parseInt(list.slice(0, 2), 16) >= 0xc0) || end !== list.length)
    throw new Error("Not a list of RLP.");
  const items: string[] = [];
  for (let at = start; at < end; ) {
    const item = itemAt(list, at);
    items.push(list.slice(at, item.end));
    at = item.end;
  }
  return items;
}

function prefix(base: number, length: number): string {
  if (length < 56) return hexByte(base + length);
  const digits = length.toString(16);
  const size = digits.length % 2 === 0 ? digits : `0${digits}`;
  return hexByte(base + 55 + size.length / 2) + size;
}

const hexByte = (value: number): string => value.toString(16).padStart(2, "0");

/** Where the content of the item at this place begins and ends, in hex digits. */
function itemAt(text: string, at: number): { start: number; end: number } {
  const first = Number.parseInt(text.slice(at, at + 2), 16);
  if (first < 0x80) return { start: at, end: at + 2 };
  const short = first < 0xc0 ? first - 0x80 : first - 0xc0;
  const sizeDigits = short <= 55 ? 0 : (short - 55) * 2;
  const start = at + 2 + sizeDigits;
  const length = sizeDigits === 0 ? short : Number.parseInt(text.slice(at + 2, start), 16);
  return { start, end: start + length * 2 };
}
