import { execFileSync, spawnSync } from "node:child_process";
import { chownSync } from "node:fs";

/** How to run PostgreSQL's programs as somebody who may: the server refuses to run as root. */
export interface RunAs {
  uid?: number;
  gid?: number;
  /** Put before the program and its arguments. */
  prefix: readonly string[];
  /** Gives a file or folder to the user who runs the server. */
  own(path: string): void;
}

const user = "postgres";

/**
 * A plain user runs the server as he is. Root runs it as the system user `postgres`, made when missing; where that
 * user cannot walk to one of `paths` (a clone below /root), it keeps the one capability that walking there needs.
 * @throws Error when root has no way to do that on this machine.
 */
export function runAs(paths: readonly string[]): RunAs {
  if (process.getuid?.() !== 0) return { prefix: [], own: () => undefined };
  const ids = { uid: idOf("-u") ?? createUser(), gid: idOf("-g") ?? 0 };
  const own = (path: string) => chownSync(path, ids.uid, ids.gid);
  for (const path of paths.slice(1)) own(path);
  if (paths.every((path) => spawnSync("test", ["-x", path], ids).status === 0))
    return { ...ids, prefix: [], own };
  const capability = "+dac_override";
  const prefix = [
    "setpriv",
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    "--clear-groups",
    `--inh-caps=${capability}`,
    `--ambient-caps=${capability}`,
  ];
  const [program = "", ...args] = [...prefix, "test", "-x", ...paths.slice(0, 1)];
  if (spawnSync(program, args).status === 0) return { prefix, own };
  throw new Error(
    `PostgreSQL refuses to run as root, and its user "${user}" cannot read ${paths[0]}. ` +
      "Run Genbo as a plain user, or keep it in a folder that everybody may enter.",
  );
}

function idOf(flag: "-u" | "-g"): number | undefined {
  const found = spawnSync("id", [flag, user], { encoding: "utf8" });
  return found.status === 0 ? Number(found.stdout) : undefined;
}

function createUser(): number {
  try {
    execFileSync("groupadd", ["-f", user], { stdio: "pipe" });
    execFileSync("useradd", ["--system", "--no-create-home", "-g", user, user], { stdio: "pipe" });
  } catch (cause) {
    throw new Error(`PostgreSQL refuses to run as root, and the system user "${user}" could not be made.`, {
      cause,
    });
  }
  const uid = idOf("-u");
  if (uid === undefined) throw new Error(`The system user "${user}" was made but cannot be found.`);
  return uid;
}
