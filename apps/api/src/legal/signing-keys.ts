import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSecret, writeOnce } from "@genbo/chain/keystore";
import { calculateJwkThumbprint, exportJWK, type JWK } from "jose";

/** A party's key for what it signs off the chain. */
export interface SigningKey {
  /** Thumbprint of the public key (RFC 7638). */
  kid: string;
  key: KeyObject;
  /** The public key. */
  jwk: JWK;
}

export interface SigningKeys {
  /** A party's key, made when it is first asked for. */
  keyOf(partyId: string): Promise<SigningKey>;
}

/**
 * ES256 keys in files of `dir` (mode 0600), each sealed under the secret in `secretFile`. The chain's signers are of
 * another curve and another use: no signature of one can pass for one of the other.
 */
export function openSigningKeys(dir: string, secretFile: string): SigningKeys {
  const opened = new Map<string, Promise<SigningKey>>();
  const open = async (partyId: string): Promise<SigningKey> => {
    const passphrase = await readSecret(secretFile);
    const path = join(dir, `${partyId}.es256.pem`);
    const pem = (await readOrUndefined(path)) ?? (await make(dir, path, passphrase));
    return signingKey(createPrivateKey({ key: pem, passphrase }));
  };
  return {
    keyOf: (partyId) => {
      const found = opened.get(partyId) ?? open(partyId);
      opened.set(partyId, found);
      // What failed may be mended: the next one tries again.
      found.catch(() => opened.delete(partyId));
      return found;
    },
  };
}

async function make(dir: string, path: string, passphrase: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase });
  // Another process may have made it meanwhile: the first one written counts.
  return (await writeOnce(dir, path, String(pem))) ? String(pem) : await readFile(path, "utf8");
}

async function signingKey(key: KeyObject): Promise<SigningKey> {
  const jwk = await exportJWK(createPublicKey(key));
  return { kid: await calculateJwkThumbprint(jwk), key, jwk };
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
