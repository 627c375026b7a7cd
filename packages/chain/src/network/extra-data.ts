import { bytesOf, hexOf } from "../hex.ts";
import { encodeRlp } from "../rlp.ts";

const vanity = Buffer.alloc(32);
const noVote: readonly Buffer[] = [];
const roundZero = Buffer.alloc(0);
const noSeals: readonly Buffer[] = [];

/**
 * `extraData` of a QBFT genesis block: RLP([32 bytes vanity, validators, no vote, round 0, no seals]). Besu and
 * GoQuorum read the same bytes.
 * @param validators addresses, kept in the order given
 */
export function qbftExtraData(validators: readonly string[]): string {
  return hexOf(encodeRlp([vanity, validators.map(bytesOf), noVote, roundZero, noSeals]));
}
