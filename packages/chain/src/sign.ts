import { bytesOf, hexOf } from "./hex.ts";
import { keccak } from "./keccak.ts";
import { encodeRlp, rlpInteger } from "./rlp.ts";
import type { Signer } from "./signer.ts";

/** A legacy (type 0) transaction: the one form that Berlin chains of every client take. Gas is free. */
export interface TransactionRequest {
  chainId: number;
  nonce: number;
  gasLimit: number;
  /** null creates a contract. */
  to: string | null;
  data: Uint8Array;
}

export interface SignedTransaction {
  raw: Buffer;
  /** 0x and 64 lower-case hex digits. */
  hash: string;
}

/** Signs with EIP-155 replay protection. The same request and key always give the same bytes. */
export async function signTransaction(
  signer: Signer,
  request: TransactionRequest,
): Promise<SignedTransaction> {
  const fields = fieldsOf(request);
  const empty = Buffer.alloc(0);
  const digest = keccak(encodeRlp([...fields, rlpInteger(request.chainId), empty, empty]));
  const { r, s, yParity } = await signer.sign(digest);
  const v = BigInt(request.chainId) * 2n + 35n + BigInt(yParity);
  const raw = encodeRlp([...fields, rlpInteger(v), trim(r), trim(s)]);
  return { raw, hash: hexOf(keccak(raw)) };
}

function fieldsOf({ nonce, gasLimit, to, data }: TransactionRequest): Uint8Array[] {
  const target = to === null ? Buffer.alloc(0) : bytesOf(to);
  const free = rlpInteger(0);
  return [rlpInteger(nonce), free, rlpInteger(gasLimit), target, free, data];
}

/** RLP integers have no leading zero; one signature in 256 has one in r or s. */
function trim(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start += 1;
  return bytes.subarray(start);
}
