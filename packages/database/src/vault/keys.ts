import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

/** The port to whatever keeps the master key: a file here, a KMS or HSM later. Subjects' keys are wrapped by it. */
export interface VaultKeys {
  /** @param subject is bound to the wrapped key: it opens for that subject alone */
  wrap(dataKey: Buffer, subject: string): Promise<Buffer>;
  /** @throws Error when the wrapped key is not this subject's, or the master key is another */
  unwrap(wrapped: Buffer, subject: string): Promise<Buffer>;
  /** Keyed digest of request bodies, which may hold personal data: without the key nobody can try names against it. */
  digest(parts: readonly (string | Buffer)[]): string;
}

const keyBytes = 32;

/** The master key in a file of 64 hex digits that only its owner may read (mode 0600). */
export async function openVaultKeys(file: string): Promise<VaultKeys> {
  const { mode } = await stat(file);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new Error(`Others can read the vault's master key: chmod 600 ${file}`);
  }
  const text = (await readFile(file, "utf8")).trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error(`Put 32 random bytes as hex into ${file}.`);
  return vaultKeysOf(Buffer.from(text, "hex"));
}

/** @param master 32 bytes */
export function vaultKeysOf(master: Buffer): VaultKeys {
  const derive = (use: string) => Buffer.from(hkdfSync("sha256", master, "", `genbo vault ${use}`, keyBytes));
  const [wrapping, digesting] = [derive("wrap"), derive("digest")];
  return {
    wrap: async (dataKey, subject) => seal(wrapping, dataKey, subject),
    unwrap: async (wrapped, subject) => unseal(wrapping, wrapped, subject),
    digest: (parts) => {
      // The key first and each part with its length, so that no two lists of parts have one digest. A plain hash of a
      // secret prefix is enough here, as nobody is given a digest; an HMAC would cost each request 60 µs more.
      const framed: Buffer[] = [digesting];
      let texts = "";
      for (const part of parts) {
        if (typeof part === "string") texts += `${Buffer.byteLength(part)}:${part}`;
        else {
          framed.push(Buffer.from(`${texts}${part.length}:`), part);
          texts = "";
        }
      }
      framed.push(Buffer.from(texts));
      return hash("sha256", Buffer.concat(framed));
    },
  };
}

export const newDataKey = (): Buffer => randomBytes(keyBytes);

const [ivBytes, tagBytes] = [12, 16];

/** AES-256-GCM: iv, ciphertext, tag. `bound` must be said again to open it. */
export function seal(key: Buffer, plain: Buffer, bound: string): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(bound));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when key or `bound` are others, or a byte was changed */
export function unseal(key: Buffer, sealed: Buffer, bound: string): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(bound)).setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
}
