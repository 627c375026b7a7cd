import { type Seal, type SealCheck, verifySeals } from "@genbo/database/commands/audit-seal";
import { createPool } from "@genbo/database/sql/connection";
import { readArgs } from "./read-args.ts";
import { findPlatform } from "./whereabouts.ts";

const usage = `Usage: genbo audit [--noted SEQ:HASH] [--data DIR] [--json]
  Recomputes the chain of seals over the audit trail. Exit code 0 when it holds, 1 when it does not.
  --noted SEQ:HASH  the last seal that an earlier run printed: it must still be there
  --data DIR        the platform's data folder; with DATABASE_URL and CHAIN_RPC_URLS set, that of its keys`;

/** `genbo audit`: has anybody altered, removed or slipped in a row of the audit trail (ADR 0002)? */
export async function audit(args: readonly string[]): Promise<void> {
  const { values } = readArgs(usage, {
    args,
    options: {
      data: { type: "string" },
      noted: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const { data, json } = values;
  const noted = values.noted === undefined ? undefined : sealOf(values.noted);
  const pool = createPool(findPlatform(data).databaseAs("genbo_worker"), { max: 1, statementTimeoutMs: 0 });
  const check = await verifySeals(pool, noted).finally(() => pool.end());
  const holds = check.brokenAt === undefined && check.missed === 0;
  console.log(json ? JSON.stringify({ holds, ...check }) : sentenceOf(check));
  if (!holds) process.exitCode = 1;
}

function sealOf(text: string): Seal {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new Error(`${text} is no seal such as 1234:0a1b…\n${usage}`);
  return { seq: Number(seq), hash };
}

function sentenceOf({ sealed, last, unsealed, missed, brokenAt }: SealCheck): string {
  if (brokenAt !== undefined)
    return `Broken at seal ${brokenAt}: its row was altered or removed, or the seal is not the one noted. ${sealed} before it hold.`;
  if (missed > 0)
    return `${missed} rows stand before the last seal and under none: somebody put them in later.`;
  const note =
    last === undefined ? "" : `\nNote it where the database's owner cannot write: ${last.seq}:${last.hash}`;
  return `The audit trail holds: ${sealed} rows sealed, ${unsealed} not yet.${note}`;
}
