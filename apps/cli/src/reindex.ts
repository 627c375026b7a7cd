import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { type Env, inheritedEnv, unwatched, writeEnv } from "@genbo/domain/env";
import { exitOf, tether } from "@genbo/domain/tether";
import { readArgs } from "./read-args.ts";
import { burstFlags } from "./supervisor-service.ts";
import { findPlatform } from "./whereabouts.ts";

const usage = `Usage: genbo reindex [--data DIR] [--switch] [--open-breaks] [--anew] [--json]
       genbo reindex --drop-old
  Rebuilds the register from block 0 beside the live one and compares them. Exit code 0 equal (or switched),
  1 the register differs, 2 it could not be done.
  --switch       puts the rebuilt register in the live one's place, whole, between two blocks
  --open-breaks  stops new entries of issues whose register differs
  --anew         begins at block 0 even where a rebuild that was interrupted could go on
  --drop-old     drops the tables that the last switch replaced
  --data DIR     the platform's data folder; with DATABASE_URL and CHAIN_RPC_URLS set, that of its keys`;

const flag = { type: "boolean", default: false } as const;
const flags = ["switch", "open-breaks", "anew", "drop-old", "json"] as const;
const program = resolve(import.meta.dirname, "../../indexer/src/reindex-main.ts");

/** `genbo reindex`: the indexer's own code in a process of its own, as the owner of the schema. @throws Error for the user */
export async function reindex(args: readonly string[]): Promise<void> {
  const { values } = readArgs(usage, {
    args,
    options: {
      data: { type: "string" },
      switch: flag,
      "open-breaks": flag,
      anew: flag,
      "drop-old": flag,
      json: flag,
    },
  });
  const given = flags.filter((flag) => values[flag]).map((flag) => `--${flag}`);
  const child = spawn(process.execPath, [...burstFlags, program, ...given], {
    env: { ...inheritedEnv(), ...writeEnv(whereToWork(values.data)) },
    stdio: "inherit",
  });
  tether(child, "TERM");
  // It stops between two lots; a terminal's Ctrl-C reaches it by itself.
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => undefined);
  const { code } = await exitOf(child);
  process.exitCode = code ?? 2;
}

/** As the owner of the schema. */
function whereToWork(data: string | undefined): Partial<Env> {
  const { profile, folder, chainRpcUrls, databaseAs } = findPlatform(data);
  return {
    ...unwatched,
    profile,
    dataDir: folder.root,
    keystoreDir: folder.keystore,
    keystorePasswordFile: folder.keystorePasswordFile,
    masterKeyFile: folder.masterKeyFile,
    databaseUrl: databaseAs("genbo"),
    chainRpcUrls,
  };
}
