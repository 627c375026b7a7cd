import { registerPage } from "@genbo/database/register/read";
import { positionOf } from "@genbo/database/register/read-position";
import { createPool, type Pool } from "@genbo/database/sql/connection";
import type { Ground } from "./ground.ts";
import { openConnection, type RequestParts, requestBytes } from "./http-load.ts";
import { openRecorder, type Recorded } from "./statements.ts";

export interface ReadTarget {
  stack: Pick<Ground, "urls" | "folder" | "clock">;
  owner: Pool;
  /** Of a key that reads the whole register. */
  secret: string;
  issueId: string;
}

export interface PageTimes {
  overHttp: number[];
  /** The statement that reads the page, alone. */
  bare: number[];
}

export interface PageReader {
  /** Reads so many pages, each as of another past instant, over HTTP and bare in turn. */
  measure(reads: number): Promise<PageTimes>;
  /** Reads the whole register as of the present, page by page: over HTTP, and by the statements alone. */
  wholeList(): Promise<{ rows: number; ms: number; bareMs: number }>;
  close(): Promise<void>;
}

const pageRows = 100;
/** The most that one page has. */
const longPageRows = 1_000;
const warmUps = 20;

export async function pageReader(target: ReadTarget): Promise<PageReader> {
  const { stack, secret, issueId } = target;
  const recorder = await openRecorder(stack);
  const http = await openConnection(stack.urls.api);
  const pool = createPool(stack.urls.database.genbo_api, { max: 1 });
  const request = (query: Record<string, string>): RequestParts => ({
    method: "GET",
    path: `/v1/issues/${issueId}/register?${new URLSearchParams(query)}`,
    secret,
  });
  const ask = async (query: Record<string, string>): Promise<string> => {
    const { status, body } = await http.send(requestBytes(request(query)));
    if (status !== 200) throw new Error(`${status}: ${body}`);
    return body;
  };
  const measure = async (reads: number): Promise<PageTimes> => {
    const instants = await pastInstants(target, reads + warmUps);
    const queries = instants.map((asOf) => ({ asOf, limit: String(pageRows) }));
    const times: PageTimes = { overHttp: [], bare: [] };
    for (const [turn, query] of queries.entries()) {
      const page = pageStatement(await recorder.record(request(query)));
      const [overHttp, bare] = [await timed(() => ask(query)), await timed(() => pool.query(page))];
      if (turn < warmUps) continue;
      times.overHttp.push(overHttp);
      times.bare.push(bare);
    }
    return times;
  };
  return {
    measure,
    wholeList: async () => {
      let rows = 0;
      let cursor: string | null = null;
      const started = performance.now();
      do {
        const page: { items: unknown[]; next: string | null } = JSON.parse(
          await ask({ limit: String(longPageRows), ...(cursor !== null && { cursor }) }),
        );
        rows += page.items.length;
        cursor = page.next;
      } while (cursor !== null);
      const ms = performance.now() - started;
      const at = (await positionOf(pool, issueId))!;
      const bareMs = await timed(async () => {
        for (let after: string | null = ""; after !== null; )
          after = (await registerPage(pool, at, { after, limit: longPageRows })).next;
      });
      return { rows, ms, bareMs };
    },
    close: async () => {
      http.close();
      await recorder.close();
      await pool.end();
    },
  };
}

export async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

function pageStatement({ statements }: Recorded) {
  const page = statements.find(({ name }) => name.startsWith("register-page"));
  if (page === undefined) throw new Error("The api read no page of the register.");
  return page;
}

/** Instants spread at random over the time in which the issue has entries. */
async function pastInstants({ owner, issueId }: ReadTarget, count: number): Promise<string[]> {
  const found = await owner.query<{ first: Date; last: Date }>(
    "select min(block_time) as first, max(block_time) as last from entry where issue_id = $1",
    [issueId],
  );
  const { first, last } = found.rows[0]!;
  const span = last.getTime() - first.getTime();
  return Array.from({ length: count }, () => new Date(first.getTime() + Math.random() * span).toISOString());
}
