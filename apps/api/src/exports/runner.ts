import { findIssue } from "@genbo/database/issues/issues";
import {
  claimExport,
  finishExport,
  giveBackExport,
  type RegisterExport,
  renewExport,
} from "@genbo/database/register/exports";
import type { ApiContext } from "../context.ts";
import { renderExport } from "./content.ts";

/** Longer than a part takes to make on a busy machine; what a process leaves behind is taken up by another then. */
const leaseS = 60;
/** How often it looks for what others left behind; an order made here is begun at once. */
const lookMs = 5_000;

export interface ExportRunner {
  /** An export was ordered. */
  wake(): void;
  close(): Promise<void>;
}

/** Thrown inside a rendering to end it when the process stops: another process takes it up. */
class Stopped extends Error {}

/** Renders exports that were ordered, one at a time: it shares the process with the requests. */
export function runExports(ctx: ApiContext): ExportRunner {
  let isStopped = false;
  let isAsked = false;
  let running: Promise<void> | undefined;

  const render = async (order: RegisterExport): Promise<void> => {
    const issue = await findIssue(ctx.prisma, { as: "everything" }, order.issueId);
    const found = await renderExport(ctx, order, issue!.profile, async () => {
      if (isStopped) throw new Stopped();
      await renewExport(ctx.pool, order.id, leaseS);
    });
    await finishExport(ctx.pool, order.id, found, ctx.clock.now());
  };

  const drain = async (): Promise<void> => {
    while (isAsked && !isStopped) {
      isAsked = false;
      for (let order = await claimExport(ctx.pool, leaseS); order && !isStopped; ) {
        const { id } = order;
        await render(order).catch(async (error) => {
          if (error instanceof Stopped) return;
          ctx.log.error("an export could not be rendered", { exportId: id, error });
          await giveBackExport(ctx.pool, id);
        });
        order = await claimExport(ctx.pool, leaseS);
      }
    }
  };

  const wake = () => {
    isAsked = true;
    if (running !== undefined || isStopped) return;
    running = drain()
      // A database that does not answer: the timer asks again.
      .catch((error) => ctx.log.warn("exports wait", { error }))
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(wake, lookMs);
  timer.unref();
  return {
    wake,
    close: async () => {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
