import { openApiDocument } from "@genbo/api-schema/openapi";
import { problemMarkdown } from "@genbo/api-schema/problem-page";
import { routeTable } from "@genbo/api-schema/routes";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { clockSkewMs } from "@genbo/database/server/clock-skew";
import { platformStatus, registerHead } from "@genbo/database/server/status";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { ProblemError } from "../http/problem.ts";
import { chainStateWire } from "../wire/chain-state.ts";

type Routes = "health" | "ready" | "status" | "openApi" | "problemPage";

/** A status must not hang because the chain does. */
const chainTimeoutMs = 1_000;

export const platformHandlers = (ctx: ApiContext): Handlers<Routes> => {
  const document = JSON.stringify(openApiDocument(ctx.version));
  return {
    health: async () => ({ status: 200, body: { alive: true, version: ctx.version } }),
    ready: async () => {
      const [database, keystore] = await Promise.all([
        answers(ctx.pool.query("select 1")),
        answers(ctx.keystore.list()),
      ]);
      const deployment = database && (await readDeployment(ctx.pool)) !== undefined;
      const checks = { database, deployment, keystore };
      const missing = Object.entries(checks).flatMap(([name, good]) => (good ? [] : [name]));
      if (missing.length > 0) throw new ProblemError("NOT_READY", `Not there yet: ${missing.join(", ")}.`);
      return { status: 200, body: { ready: true, checks } };
    },
    status: async () => {
      const [register, deployment, waiting, head, clockSkew] = await Promise.all([
        registerHead(ctx.pool),
        readDeployment(ctx.pool),
        platformStatus(ctx.pool),
        chainHead(ctx),
        clockSkewMs(ctx.pool),
      ]);
      const { openBreaks, ...counts } = waiting;
      return {
        status: 200,
        body: {
          version: ctx.version,
          profile: ctx.profile,
          time: ctx.clock.now().toISOString(),
          chain: {
            chainId: deployment?.chainId ?? null,
            genesisHash: deployment?.genesisHash ?? null,
            head,
            reachable: head !== null,
            ...chainStateWire(ctx.chain.progress()),
            nodes: ctx.chain.health(),
          },
          register: {
            block: register?.block ?? null,
            hash: register?.hash ?? null,
            time: register?.time.toISOString() ?? null,
          },
          clockSkewMs: clockSkew,
          // The node may be read before the indexer has told us of a newer block.
          lagBlocks: head === null || register === null ? null : Math.max(0, head - register.block),
          ...counts,
          openBreaks: openBreaks.map(({ openedAt, ...each }) => ({
            ...each,
            openedAt: openedAt.toISOString(),
          })),
        },
      };
    },
    openApi: async () => ({ status: 200, text: document }),
    problemPage: async ({ params }) => ({ status: 200, text: problemMarkdown(params.code, routeTable) }),
  };
};

const answers = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  );

async function chainHead(ctx: ApiContext): Promise<number | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), chainTimeoutMs);
  });
  const head = await Promise.race([ctx.chain.head().catch(() => null), late]);
  clearTimeout(timer);
  return head;
}
