import { idempotencyDays } from "@genbo/api-schema/limits";
import { forgetAnswers } from "@genbo/database/commands/idempotency";
import type { ApiContext } from "../context.ts";

const dayMs = 86_400_000;
/** An hour more or less makes no difference to a life of a month. */
const everyMs = 3_600_000;

/**
 * Forgets answers whose Idempotency-Key has lived its time. Not in the local profile: its clock jumps by months, and
 * what was done before a jump must still be found after it.
 */
export function sweepAnswers(ctx: Pick<ApiContext, "pool" | "clock" | "log" | "profile">): {
  close(): void;
} {
  const sweep = async () => {
    const before = new Date(ctx.clock.now().getTime() - idempotencyDays * dayMs);
    const forgotten = await forgetAnswers(ctx.pool, before);
    if (forgotten > 0) ctx.log.info("answers forgotten", { forgotten, before });
  };
  if (ctx.profile === "local") return { close: () => undefined };
  const turn = () => sweep().catch((error) => ctx.log.warn("old answers were not forgotten", { error }));
  turn();
  const timer = setInterval(turn, everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
