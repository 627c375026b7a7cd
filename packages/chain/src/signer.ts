import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hexOf } from "./hex.ts";
import { keccak } from "./keccak.ts";

export interface Signature {
  r: Uint8Array;
  s: Uint8Array;
  yParity: 0 | 1;
}

/** A key that signs for one lane. A local file today; a KMS or HSM keeps to the same port. */
export interface Signer {
  /** 0x and 40 lower-case hex digits. */
  readonly address: string;
  /** Signs a 32-byte digest (ECDSA over secp256k1, low s). */
  sign(digest: Uint8Array): Promise<Signature>;
}

/** Signs with a key in memory, by RFC 6979, so that the same transaction always has the same bytes. */
export function localSigner(secretKey: Uint8Array): Signer {
  return {
    address: addressOf(secretKey),
    sign: async (digest) => {
      const bytes = secp256k1.sign(digest, secretKey, { prehash: false, format: "recovered" });
      return { yParity: bytes[0] === 0 ? 0 : 1, r: bytes.subarray(1, 33), s: bytes.subarray(33, 65) };
    },
  };
}

/** The account of a secret key: the last 20 bytes of the hash of its uncompressed public key. */
export function addressOf(secretKey: Uint8Array): string {
  const point = secp256k1.getPublicKey(secretKey, false);
  return hexOf(keccak(point.subarray(1)).subarray(12));
}
