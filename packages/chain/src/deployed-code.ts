import {
  concat,
  dataLength,
  getBytes,
  hexlify,
  id,
  keccak256,
  TypedDataEncoder,
  toBeHex,
  zeroPadValue,
} from "ethers";
import { type ContractName, contractArtifact } from "./abi.ts";
import type { Addresses } from "./deployment.ts";

/** Which contract stands at each address of a deployment. */
export const contractAt: Readonly<Record<keyof Addresses, ContractName>> = {
  accessManager: "AccessManager",
  holderRegistry: "HolderRegistry",
  corporateActs: "CorporateActs",
  legalActs: "LegalActs",
  securityToken: "SecurityToken",
  tokenFactory: "TokenFactory",
  settlement: "Settlement",
  registerAnchor: "RegisterAnchor",
};

/** Where a deployment stands, which decides what its immutables hold. */
export interface Place {
  chainId: number;
  addresses: Addresses;
}

/** A place in which code on the chain is not what our sources compile to. */
export interface CodeDifference {
  /** The contract's name, or `token of ISSUE-REF`. */
  contract: string;
  address: string;
  /** First byte that differs; null for what is no part of the code. */
  offset: number | null;
  /** The immutable that holds another value. */
  immutable: string | null;
  expected: string;
  found: string;
}

/** As many differences of one contract are enough to see what was done. */
const differencesMax = 20;

/** Holds the code at an address against what our sources compile to, immutables filled in for this deployment. */
export function codeDifferences(name: ContractName, at: At, found: string, place: Place): CodeDifference[] {
  const { deployedBytecode, immutables } = contractArtifact(name);
  if (found === "0x") return bytesDifferences(at, deployedBytecode, found);
  const expected = getBytes(deployedBytecode);
  const is = getBytes(found);
  const values = immutableValues(at.address, place);
  const differences: CodeDifference[] = [];
  for (const { name: immutable, start, length } of immutables) {
    const value = values[immutable];
    const says = value === undefined ? "an immutable of ours" : zeroPadValue(value, length);
    const holds = hexlify(is.slice(start, start + length));
    if (says !== holds) differences.push({ ...at, offset: start, immutable, expected: says, found: holds });
    // Equal from here on: the rest of the comparison is of code alone.
    expected.set(is.slice(start, start + length), start);
  }
  return [...differences, ...bytesDifferences(at, hexlify(expected), found)];
}

/** Where the difference is: a contract's name and address. */
type At = Pick<CodeDifference, "contract" | "address">;

/** Holds code against other code, byte by byte. */
function bytesDifferences(at: At, expected: string, found: string): CodeDifference[] {
  const [should, is] = [getBytes(expected), getBytes(found)];
  const range = (offset: number, to: number) => ({
    ...at,
    offset,
    immutable: null,
    expected: hexlify(should.slice(offset, to)),
    found: hexlify(is.slice(offset, to)),
  });
  if (is.length === 0) return [{ ...range(0, 0), expected: `${should.length} bytes`, found: "no code" }];
  return unequalRanges(should, is)
    .slice(0, differencesMax)
    .map(([from, to]) => range(from, to));
}

/** Ranges of bytes that differ; what one of the two has beyond the other's end is one range. */
function unequalRanges(a: Uint8Array, b: Uint8Array): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    if (a[at] === b[at]) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === at) last[1] = at + 1;
    else ranges.push([at, at + 1]);
  }
  return ranges;
}

const domainName = "Genbo";
const domainVersion = "1";

/** What every immutable of our sources holds, by its name there. @param self the contract's own address */
function immutableValues(self: string, { chainId, addresses }: Place): Readonly<Record<string, string>> {
  const domain = { name: domainName, version: domainVersion, chainId, verifyingContract: self };
  return {
    registry: addresses.holderRegistry,
    _manager: addresses.accessManager,
    legalActs: addresses.legalActs,
    corporateActs: addresses.corporateActs,
    implementation: addresses.securityToken,
    _cachedThis: self,
    _cachedChainId: toBeHex(chainId),
    _cachedDomainSeparator: TypedDataEncoder.hashDomain(domain),
    _hashedName: id(domainName),
    _hashedVersion: id(domainVersion),
    _name: shortString(domainName),
    _version: shortString(domainVersion),
  };
}

/** OpenZeppelin's ShortString: the text from the left, its length in the last byte. */
function shortString(text: string): string {
  const bytes = hexlify(new TextEncoder().encode(text));
  const length = dataLength(bytes);
  return concat([bytes, new Uint8Array(31 - length), toBeHex(length)]);
}

/** keccak256 of code as the node answers it. */
export const hashOfCode = (code: string): string => keccak256(code);
