import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A volume of its own that a test may fill to the last byte, because nothing else lies on it. */
export interface SmallVolume {
  /** A folder on it for this test alone. */
  folder: string;
  /** Leaves no room. */
  fill(): Promise<void>;
  empty(): Promise<void>;
  remove(): void;
}

const gigabyte = 1024 ** 3;
/** Room for a cluster and some hundred runs' log. */
const bytes = gigabyte / 2;
/** A volume of half a gigabyte has less than that for files. */
const bytesMin = 0.8 * bytes;
/** Beyond that it may be somebody's disk. */
const bytesMax = 8 * gigabyte;
/** Of everything that a test puts on the volume. */
const prefix = "genbo-full-disk-";
const chunk = Buffer.alloc(4 * 1024 ** 2);
const page = chunk.subarray(0, 4096);

/**
 * @param given a mounted small volume; without one root mounts a tmpfs
 * @returns a reason where neither is to be had
 * @throws TypeError when `given` is no small volume of its own that this user may write to
 */
export function openSmallVolume(given: string | undefined): SmallVolume | string {
  if (given !== undefined) return useVolume(checked(given), () => undefined);
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "no volume to fill: run as root on Linux, or mount a small one and name it with --volume";
  const root = mkdtempSync(join(tmpdir(), "genbo-volume-"));
  const drop = () => rmSync(root, { recursive: true, force: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=755`, "genbo-test", root], {
      stdio: "pipe",
    });
  } catch (error) {
    drop();
    return `no volume to fill: ${error instanceof Error ? error.message.trim() : error}`;
  }
  return useVolume(root, () => {
    execFileSync("umount", [root], { stdio: "pipe" });
    drop();
  });
}

function checked(path: string): string {
  const { size, isOwn } = lookAt(path);
  if (!isOwn || size > bytesMax)
    throw new TypeError(
      `${path} is no mounted volume of at most ${bytesMax / gigabyte} GB: a test fills it.`,
    );
  if (size < bytesMin) throw new TypeError(`${path} has ${size} bytes; the database needs ${bytesMin}.`);
  return path;
}

function lookAt(path: string): { size: number; isOwn: boolean } {
  try {
    accessSync(path, constants.W_OK);
    const { blocks, bsize } = statfsSync(path);
    return { size: blocks * bsize, isOwn: statSync(path).dev !== statSync(join(path, "..")).dev };
  } catch (error) {
    throw new TypeError(`No volume that you may write to: ${error instanceof Error ? error.message : error}`);
  }
}

function useVolume(root: string, unmount: () => void): SmallVolume {
  // Of a test that was killed: its ballast leaves no room for this one.
  for (const name of readdirSync(root))
    if (name.startsWith(prefix)) rmSync(join(root, name), { recursive: true });
  const folder = mkdtempSync(join(root, prefix));
  const ballast = join(root, `${prefix}ballast`);
  return {
    folder,
    fill: async () => {
      const file = await open(ballast, "w");
      try {
        for (const part of [chunk, page]) await writeUntilFull(file, part);
      } finally {
        await file.close();
      }
    },
    empty: () => rm(ballast, { force: true }),
    remove: () => {
      rmSync(ballast, { force: true });
      rmSync(folder, { recursive: true, force: true });
      unmount();
    },
  };
}

async function writeUntilFull(file: FileHandle, part: Buffer): Promise<void> {
  try {
    for (;;) await file.write(part);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
