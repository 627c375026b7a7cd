import { type Postgres, startPostgres } from "@genbo/database/server/embedded";
import { createPool } from "@genbo/database/sql/connection";
import { databaseTrouble, isDatabaseUnavailable } from "@genbo/database/sql/unavailable";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSmallVolume, type SmallVolume } from "../../../test/support/small-volume.ts";

const found = openSmallVolume(undefined);
const volume: SmallVolume | undefined = typeof found === "string" ? undefined : found;
if (typeof found === "string") console.warn(`NOT TRIED: a full disk: ${found}`);

let postgres: Postgres;
beforeAll(async () => {
  if (volume !== undefined)
    postgres = await startPostgres({ dataDir: `${volume.folder}/data`, password: "p" });
});
afterAll(async () => {
  await postgres?.stop();
  volume?.remove();
});

test.skipIf(volume === undefined)(
  "a full disk is named with what to do; nothing half done stays, and the same statement succeeds once there is room",
  async () => {
    const { host, port, user, password } = postgres;
    const pool = createPool(`postgres://${user}:${password}@${host}:${port}/postgres`, { max: 1 });
    await pool.query("create table kept as select 1 as n");
    // More than fits into pages that exist already.
    const write = () => pool.query("insert into kept select n from generate_series(1, 200000) n");
    await volume!.fill();
    const error = await write().then(
      () => undefined,
      (refused: unknown) => refused,
    );
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(databaseTrouble(error)).toMatch(/disk is full: make room|does not answer/);
    await volume!.empty();
    const count = async () => (await pool.query("select count(*)::int as rows from kept")).rows[0].rows;
    // Where it was the log that found no room, the server recovers first.
    await expect.poll(() => count().catch(() => undefined), { timeout: 30_000 }).toBe(1);
    await write();
    expect(await count()).toBe(200_001);
    await pool.end();
  },
  60_000,
);

test("a folder of somebody's disk is not taken for a volume to fill, nor one that is not there", () => {
  expect(() => openSmallVolume(import.meta.dirname)).toThrow("no mounted volume");
  expect(() => openSmallVolume(`${import.meta.dirname}/nowhere`)).toThrow("ENOENT");
});
