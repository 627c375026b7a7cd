import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { ProblemError } from "../http/problem.ts";

export const sandboxHandlers = (ctx: ApiContext): Handlers<"moveClock"> => ({
  moveClock: (call) =>
    command(
      ctx,
      call,
      async () => {
        const { sandbox } = ctx;
        if (sandbox === null) throw new ProblemError("NOT_READY", "This platform has no sandbox clock.");
        const { to } = call.body;
        if (to <= sandbox.now()) {
          throw new ProblemError("CLOCK_NOT_FORWARD", `It is ${sandbox.now().toISOString()} already.`, {
            pointer: "/to",
          });
        }
        // The chain first: a platform ahead of its chain would wait for blocks that cannot come.
        await ctx.chain.setTime(to).catch((error: unknown) => {
          ctx.log.warn("the chain's time was not moved", { error });
          throw new ProblemError("NOT_READY", "The chain does not answer; its time was not moved.");
        });
        await sandbox.advance(to);
        const body = { time: sandbox.now().toISOString(), offsetMs: Math.round(sandbox.offsetMs()) };
        return { answer: { status: 200, body }, target: null, detail: { to: to.toISOString() } };
      },
      { long: true },
    ),
});
