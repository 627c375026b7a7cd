import { createHash } from "node:crypto";
import { get, type IncomingMessage } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { readyExport } from "./support/successes-exports.ts";
import { traded } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

const holders = 200_000;
/** A few pages and what is under way; the file alone has 30 MB or more, and its rows several times as much. */
const extraBytesMax = 20_000_000;
/** How often what is still in use is measured: garbage that nobody has collected yet says nothing. */
const measureMs = 500;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
function usedBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let world: World;
let issueId: string;
let url: string;
/** The export of the last test that made one. */
let id = "";
beforeAll(async () => {
  world = await createWorld();
  ({ issueId } = await traded(world));
  await manyHolders();
  url = await world.app.listen({ host: "127.0.0.1", port: 0 });
}, 240_000);

/** Holders by the hundred thousand, in the rows that the fold would have written. */
async function manyHolders(): Promise<void> {
  const db = world.owner;
  await db.query(
    `insert into holding_period (issue_id, account, person_id, from_seq, units, encumbered, lots, opens)
     select $1, '0x' || lpad(to_hex(n), 40, '0'), '0x' || lpad(to_hex(n), 24, '0'), 3, n, 0,
       jsonb_build_array(jsonb_build_array('2021-08-02', n::text)), true
     from generate_series(1, $2::int) n`,
    [issueId, holders],
  );
  await db.query("analyze holding_period");
}

const ask = (id: string, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const authorization = `Bearer ${world.auditor.secret}`;
    get(`${url}/v1/exports/${id}/content`, { headers: { authorization, ...headers } }, resolve).on(
      "error",
      reject,
    );
  });

/** Reads an answer to its end, or to so many bytes, after which the connection is cut. */
async function readTo(response: IncomingMessage, bytesMax = Infinity) {
  const digest = createHash("sha256");
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    digest.update(chunk.subarray(0, bytesMax - bytes));
    bytes += Math.min(chunk.length, bytesMax - bytes);
    if (bytes === bytesMax) break;
  }
  return { bytes, digest };
}

/** How much more the process held while `act` ran. */
async function growthDuring(act: () => Promise<void>): Promise<number> {
  const before = usedBytes();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, usedBytes());
  }, measureMs);
  await act();
  clearInterval(timer);
  return most - before;
}

describe.each(["CSV_CP932", "XLSX"] as const)("%s", (format) => {
  it("is the same bytes twice, in memory that does not grow with it, and goes on after a cut", async () => {
    const growth = await growthDuring(async () => {
      id = await readyExport(world, world.auditor.secret, issueId, { format });
      const { digest } = await readTo(await ask(id));
      const { body } = await world.ask(world.auditor.secret, "getExport", { params: { id } });
      expect(body.content).toMatchObject({ rows: holders + 1, sha256: digest.digest("hex") });
    });
    expect(growth).toBeLessThan(extraBytesMax);

    const response = await ask(id);
    const { etag = "", "content-length": length } = response.headers;
    const cutAt = Math.floor(Number(length) / 2) + 1;
    const begun = await readTo(response, cutAt);
    response.destroy();
    const rest = await ask(id, { range: `bytes=${cutAt}-`, "if-range": etag });
    expect(rest.statusCode).toBe(206);
    for await (const chunk of rest as AsyncIterable<Buffer>) {
      begun.digest.update(chunk);
      begun.bytes += chunk.length;
    }
    expect([begun.bytes, `"${begun.digest.digest("hex")}"`]).toEqual([Number(length), etag]);
  }, 240_000);
});

it("a client that does not read holds up nothing but itself", async () => {
  const growth = await growthDuring(async () => {
    const response = await ask(id);
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await world.ask(null, "ready")).status).toBe(200);
    response.destroy();
  });
  expect(growth).toBeLessThan(extraBytesMax);
});
