import { canonicalJson } from "@genbo/domain/canonical-json";
import { newDataKey, seal, unseal, type VaultKeys } from "../vault/keys.ts";

/** Who asks to inspect: personal data, which need not be of anybody in the register. */
export interface Requester {
  name: string;
  address: string;
}

export interface SealedRequester {
  sealed: Buffer;
  wrapped: Buffer;
  /** Of name and address, under the vault's key: tells whether two requests are of one requester, and no more. */
  digest: string;
}

export async function sealRequester(
  keys: VaultKeys,
  inspectionId: string,
  requester: Requester,
): Promise<SealedRequester> {
  const key = newDataKey();
  const plain = Buffer.from(canonicalJson(requester));
  return {
    sealed: seal(key, plain, boundTo(inspectionId)),
    wrapped: await keys.wrap(key, boundTo(inspectionId)),
    digest: requesterDigest(keys, requester),
  };
}

/** @throws Error when the row is another request's, or a byte was changed */
export async function openRequester(
  keys: VaultKeys,
  inspectionId: string,
  row: { requester: Uint8Array; requesterKey: Uint8Array },
): Promise<Requester> {
  const key = await keys.unwrap(Buffer.from(row.requesterKey), boundTo(inspectionId));
  return JSON.parse(unseal(key, Buffer.from(row.requester), boundTo(inspectionId)).toString("utf8"));
}

const boundTo = (inspectionId: string): string => `requester:${inspectionId}`;

/** One spelling of what is written with wide letters or with spaces between. */
const plainOf = (text: string): string => text.normalize("NFKC").replaceAll(/\s/gu, "").toLowerCase();

export const requesterDigest = (keys: VaultKeys, { name, address }: Requester): string =>
  keys.digest(["requester", plainOf(name), plainOf(address)]);
