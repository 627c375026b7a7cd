import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, statSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

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
/** Beyond that it may be somebody's disk. */
const bytesMax = 8 * gigabyte;
const chunk = Buffer.alloc(4 * 1024 ** 2);
const page = chunk.subarray(0, 4096);

/**
 * @param given a mounted small volume; without one root mounts a tmpfs
 * @returns a reason where neither is to be had
 * @throws TypeError when `given` is no small volume of its own
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
  const { blocks, bsize } = statfsSync(path);
  const isOwn = statSync(path).dev !== statSync(dirname(path)).dev;
  if (isOwn && blocks * bsize <= bytesMax) return path;
  throw new TypeError(`${path} is no mounted volume of at most ${bytesMax / gigabyte} GB: a test fills it.`);
}

function useVolume(root: string, unmount: () => void): SmallVolume {
  const folder = mkdtempSync(join(root, "data-"));
  const ballast = join(root, `${folder.slice(-6)}.full`);
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
