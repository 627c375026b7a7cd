import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { oldSchema, registerTables } from "@genbo/database/reconcile/rebuild-tables";
import { inheritedEnv, writeEnv } from "@genbo/domain/env";
import type { Failpoint } from "@genbo/domain/failpoints";
import { type Exit, exitOf } from "@genbo/domain/tether";
import { afterAll, expect, test } from "vitest";
import { startMarket } from "../../../test/support/market-stack.ts";
import { leadRebuild } from "../src/rebuild-lead.ts";

const program = resolve(import.meta.dirname, "../src/reindex-main.ts");
const failpointDir = mkdtempSync(join(tmpdir(), "genbo-reindex-"));
const { stack, market } = await startMarket();
const { rows } = stack;
const issue = await market.issue();
const wallets = await market.wallets(0, 10);
const issueAll = () =>
  market.run(
    "issuance",
    wallets.map((to) => market.issueRow(issue, to, 3n)),
    { issueId: issue.id },
  );
await issueAll();
afterAll(() => rmSync(failpointDir, { recursive: true, force: true }));

const live = async () => ({
  entries: await rows("select * from entry order by issue_id, seq"),
  holdings: await rows("select * from holding_period order by issue_id, account, from_seq"),
  places: await rows(
    "select relname, oid from pg_class where relnamespace = 'public'::regnamespace and relname = any($1) order by 1",
    [registerTables],
  ),
});

interface Ended extends Exit {
  said: string;
}
async function run(...args: string[]): Promise<Ended> {
  const env = { ...stack.env("genbo_indexer"), databaseUrl: stack.database.urls.genbo, failpointDir };
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...inheritedEnv(), ...writeEnv(env) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => parts.push(part));
  const exit = await exitOf(child);
  return { ...exit, said: Buffer.concat(parts).toString() };
}

test.each(["reindex.built", "reindex.compared", "reindex.switching"] as Failpoint[])(
  "killed at %s the live register is as it was, and a second run comes to its end",
  async (point) => {
    const before = await live();
    writeFileSync(join(failpointDir, point), "");
    expect(await run("--switch", "--anew")).toMatchObject({ signal: "SIGKILL" });
    expect(await live()).toEqual(before);
    expect(await issueAll()).toMatchObject({ state: "entered", rows_entered: 10 });

    const again = await run("--switch");
    expect(again.said).toContain("Going on with the rebuild that is there");
    expect(again.said).toContain("Switched");
    expect(again.code).toBe(0);
    expect(await issueAll()).toMatchObject({ state: "entered", rows_entered: 10 });
  },
  60_000,
);

test("killed just after the switch it is done, and a second run finds it equal", async () => {
  writeFileSync(join(failpointDir, "reindex.switched"), "");
  const { places } = await live();
  expect(await run("--switch")).toMatchObject({ signal: "SIGKILL" });
  expect((await live()).places).not.toEqual(places);
  expect(await rows("select 1 from pg_namespace where nspname = $1", [oldSchema])).toHaveLength(1);
  expect(await run()).toMatchObject({ code: 0 });
  const ids = await rows<{ id: bigint }>("select id from event order by id");
  expect(ids.map(({ id }) => Number(id))).toEqual(ids.map((_, index) => index + 1));
}, 60_000);

test("while one rebuilds, another one is refused", async () => {
  const leadership = await leadRebuild(stack.database.urls.genbo);
  const second = await run();
  await leadership.resign();
  expect(second.said).toContain("Another reindex is under way");
  expect(second.code).toBe(2);
  expect(await run()).toMatchObject({ code: 0 });
}, 60_000);
