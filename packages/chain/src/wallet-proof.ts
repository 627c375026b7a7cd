import { TypedDataEncoder, verifyTypedData } from "ethers";

/** What a wallet signs to show that its key is its holder's own: once, until the deadline, for this registry alone. */
export interface WalletProof {
  wallet: string;
  /** 32 random bytes that the platform has given for this proof. */
  challenge: string;
  /** Unix seconds. */
  deadline: number;
}

/** Where the wallet is to be registered: a signature for another chain or registry is none here. */
export interface ProofPlace {
  chainId: number;
  registry: string;
}

const statement = "I keep the key of this wallet myself. Enter it as mine in the register of holders.";
const types = {
  WalletProof: [
    { name: "statement", type: "string" },
    { name: "wallet", type: "address" },
    { name: "challenge", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
};

const domainOf = ({ chainId, registry }: ProofPlace) => ({
  name: "Genbo",
  version: "1",
  chainId,
  verifyingContract: registry,
});

/** For `eth_signTypedData_v4`. */
export const proofToSign = (place: ProofPlace, proof: WalletProof): Record<string, unknown> =>
  TypedDataEncoder.getPayload(domainOf(place), types, { statement, ...proof });

/** What a contract wallet is asked about (ERC-1271). */
export const digestOfProof = (place: ProofPlace, proof: WalletProof): string =>
  TypedDataEncoder.hash(domainOf(place), types, { statement, ...proof });

/** Whose key signed, in lower case; undefined for what no key makes, such as the upper of the two values of s. */
export function signerOfProof(place: ProofPlace, proof: WalletProof, signature: string): string | undefined {
  try {
    return verifyTypedData(domainOf(place), types, { statement, ...proof }, signature).toLowerCase();
  } catch {
    return undefined;
  }
}

/** Half of the order of secp256k1 (EIP-2): whoever sees a signature can make a second one, whose s lies above. */
const lowestHalf = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
export const isMalleable = (signature: string): boolean =>
  signature.length === 132 && BigInt(`0x${signature.slice(66, 130)}`) > lowestHalf;

/** isValidSignature(bytes32,bytes), which is also what it answers. */
const magicValue = "1626ba7e";

/** The call that asks a contract wallet about a signature. */
export function signatureQuestion(digest: string, signature: string): string {
  const bytes = signature.slice(2);
  const length = (bytes.length / 2).toString(16).padStart(64, "0");
  const padded = bytes.padEnd(Math.ceil(bytes.length / 64) * 64, "0");
  return `0x${magicValue}${digest.slice(2)}${"40".padStart(64, "0")}${length}${padded}`;
}
export const isMagicValue = (answer: string): boolean => answer === `0x${magicValue.padEnd(64, "0")}`;
