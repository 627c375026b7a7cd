import { keccakHex } from "../keccak.ts";

/**
 * GoQuorum gives validators their turns in the order of their addresses: by bytes as long as a node runs, but by
 * checksummed text (ERC-55, where `B` comes before `a`) from its first restart on. Where the two orders differ, nodes
 * that were restarted and nodes that were not expect different proposers: turns time out, and a validator whose blocks
 * nobody expects has no vote either.
 */
export function haveOneOrder(one: string, other: string): boolean {
  return one < other === checksummed(one) < checksummed(other);
}

/** One in seventeen. Two such addresses have one order: where they differ first, neither has a letter. */
export const isDigitsFirst = (address: string): boolean => /^0x\d{6}/.test(address);

/** @param address 0x and 40 lower-case hex digits */
function checksummed(address: string): string {
  const hash = keccakHex(Buffer.from(address.slice(2)));
  return address.replace(/[a-f]/g, (digit, at: number) =>
    Number.parseInt(hash[at] as string, 16) < 8 ? digit : digit.toUpperCase(),
  );
}
