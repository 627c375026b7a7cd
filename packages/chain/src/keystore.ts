import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { addressOf, localSigner, randomSecretKey, type Signer } from "./signer.ts";

export interface KeystoreEntry {
  label: string;
  /** 0x and 40 lower-case hex digits. */
  address: string;
}

export interface Keystore {
  /** Makes a key under `label` and returns its address; the address that is there when the label was used before. */
  createSigner(label: string): Promise<string>;
  /** @throws Error when no key of this address is kept here */
  signerFor(address: string): Promise<Signer>;
  /** The address under `label`, or undefined. */
  find(label: string): Promise<string | undefined>;
  list(): Promise<KeystoreEntry[]>;
}

/** One file a key: what is secret is sealed, and the rest is bound to it as additional data. */
interface KeyFile extends KeystoreEntry {
  version: 1;
  salt: string;
  iv: string;
  sealed: string;
}

const labelForm = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** A shorter secret could be guessed: the file is made by a program (32 random bytes as hex), not by a person. */
const secretLengthMin = 32;

/** Signers in files of `dir`, each sealed with AES-256-GCM under the secret in `secretFile` (mode 0600). */
export function openKeystore(dir: string, secretFile: string): Keystore {
  const opened = new Map<string, Signer>();

  const list = async (): Promise<KeyFile[]> => {
    const names = await readdir(dir).catch(ifMissing<string[]>([]));
    const files = names.filter((name) => name.endsWith(".json")).sort();
    return Promise.all(
      files.map(async (name) => JSON.parse(await readFile(join(dir, name), "utf8")) as KeyFile),
    );
  };

  const find = async (label: string) => {
    const text = await readFile(fileOf(dir, label), "utf8").catch(ifMissing(undefined));
    return text === undefined ? undefined : (JSON.parse(text) as KeyFile).address;
  };

  const createSigner = async (label: string) => {
    const known = await find(label);
    if (known !== undefined) return known;
    const secretKey = randomSecretKey();
    const file = seal(await readSecret(secretFile), label, secretKey);
    const made = await writeOnce(dir, fileOf(dir, label), JSON.stringify(file));
    // Another process may have made the label's key meanwhile: the first one written counts.
    return made ? file.address : ((await find(label)) as string);
  };

  const signerFor = async (address: string) => {
    const known = opened.get(address);
    if (known !== undefined) return known;
    const file = (await list()).find((each) => each.address === address);
    if (file === undefined) throw new Error(`The keystore has no key of ${address}.`);
    const signer = localSigner(unseal(await readSecret(secretFile), file));
    opened.set(address, signer);
    return signer;
  };

  return {
    createSigner,
    signerFor,
    find,
    list: async () => (await list()).map(({ label, address }) => ({ label, address })),
  };
}

function fileOf(dir: string, label: string): string {
  if (!labelForm.test(label)) throw new Error(`A signer's label has 1 to 64 of a-z, 0-9, _ and -: ${label}`);
  return join(dir, `${label}.json`);
}

function seal(secret: string, label: string, secretKey: Uint8Array): KeyFile {
  const address = addressOf(secretKey);
  const [salt, iv] = [randomBytes(32), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", fileKey(secret, salt), iv).setAAD(
    boundData({ label, address }),
  );
  const sealed = Buffer.concat([cipher.update(secretKey), cipher.final(), cipher.getAuthTag()]);
  const [saltHex, ivHex, sealedHex] = [salt, iv, sealed].map((bytes) => bytes.toString("hex")) as [
    string,
    string,
    string,
  ];
  return { version: 1, label, address, salt: saltHex, iv: ivHex, sealed: sealedHex };
}

function unseal(secret: string, file: KeyFile): Uint8Array {
  const sealed = Buffer.from(file.sealed, "hex");
  const key = fileKey(secret, Buffer.from(file.salt, "hex"));
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(file.iv, "hex"), { authTagLength: 16 });
  decipher.setAAD(boundData(file)).setAuthTag(sealed.subarray(-16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  } catch (cause) {
    throw new Error(`The key "${file.label}" does not open: another keystore secret, or a damaged file.`, {
      cause,
    });
  }
}

/** A file that was renamed or relabelled does not open. */
const boundData = ({ label, address }: KeystoreEntry): Buffer =>
  Buffer.from(`genbo-keystore-1:${label}:${address}`);

const fileKey = (secret: string, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, salt, "genbo keystore", 32));

/** The secret under which what this folder keeps is sealed. @throws Error when others can read it, or it is too short */
export async function readSecret(path: string): Promise<string> {
  const { mode } = await stat(path);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new Error(`Others can read the keystore's secret: chmod 600 ${path}`);
  }
  const secret = (await readFile(path, "utf8")).trim();
  if (secret.length < secretLengthMin) {
    throw new Error(`The keystore's secret is too short: put 32 random bytes as hex into ${path}.`);
  }
  return secret;
}

/** Writes a file whole and durably, or not at all when `path` exists. @returns whether it was written */
export async function writeOnce(dir: string, path: string, content: string): Promise<boolean> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await handle.close();
    await link(temporary, path);
    await syncDirectory(dir);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
  }
}

/** A new name in a folder outlives a power cut only once the folder itself is on disk. */
async function syncDirectory(dir: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(dir, "r");
  await handle.sync().finally(() => handle.close());
}

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException | undefined)?.code;

function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) === "ENOENT") return value;
    throw error;
  };
}
