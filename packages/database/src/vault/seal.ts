import { createHmac, randomBytes } from "node:crypto";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { rightsRest } from "@genbo/domain/representation";
import { newDataKey, seal, unseal, type VaultKeys } from "./keys.ts";

/** Personal data of a subject, as packages/api-schema/src/investors.ts describes it. */
export type Particulars = Readonly<Record<string, unknown>>;

export interface SealedParticulars {
  personId: string;
  version: number;
  sealed: Buffer;
  /** What stands on chain: HMAC-SHA256 of the particulars' canonical JSON under a random key that only the vault has. */
  commitment: string;
  /** In clear, so that a request in their name is refused without opening the vault. */
  rightsRest: boolean;
}

interface Opened {
  /** Key of the commitment, hex. Whoever is given it and the particulars can check what stands on chain. */
  salt: string;
  particulars: Particulars;
}

const saltBytes = 32;

/** A new subject's own key, wrapped for the table and plain for its first particulars. */
export async function newSubject(
  keys: VaultKeys,
  personId: string,
): Promise<{ dataKey: Buffer; wrapped: Buffer }> {
  const dataKey = newDataKey();
  return { dataKey, wrapped: await keys.wrap(dataKey, personId) };
}

export function sealParticulars(
  dataKey: Buffer,
  personId: string,
  version: number,
  particulars: Particulars,
): SealedParticulars {
  const salt = randomBytes(saltBytes).toString("hex");
  const commitment = commitmentOf({ salt, particulars });
  const plain = Buffer.from(canonicalJson({ salt, particulars }));
  const sealed = seal(dataKey, plain, boundTo(personId, version));
  return { personId, version, commitment, sealed, rightsRest: rightsRest(particulars) };
}

/** What must stand on chain for particulars that were opened. */
export const commitmentOf = ({ salt, particulars }: Opened): string =>
  `0x${createHmac("sha256", Buffer.from(salt, "hex")).update(canonicalJson(particulars)).digest("hex")}`;

/** @throws Error when the key is another subject's, or a byte was changed */
export function openParticulars(dataKey: Buffer, personId: string, version: number, sealed: Buffer): Opened {
  return JSON.parse(unseal(dataKey, sealed, boundTo(personId, version)).toString("utf8")) as Opened;
}

/** A sealed row copied to another person or version does not open. */
const boundTo = (personId: string, version: number): string => `particulars:${personId}:${version}`;
