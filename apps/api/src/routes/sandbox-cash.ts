import type { NewCommand } from "@genbo/database/commands/operations-new";
import { readDeployment } from "@genbo/database/outbox/deployment";
import { newId, refOf } from "@genbo/domain/ids";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { ProblemError } from "../http/problem.ts";
import { partyOfKind } from "../parties/party-of-kind.ts";

export const sandboxCashHandlers = (ctx: ApiContext): Handlers<"mintSandboxCash"> => ({
  mintSandboxCash: (call) =>
    command(ctx, call, async (db) => {
      const { body, principal, at } = call;
      const deployment = await readDeployment(db);
      if (ctx.profile !== "local" || deployment === undefined || deployment.cash === null)
        throw new ProblemError("NOT_READY", "This platform has no cash of a sandbox.");
      const broker = await partyOfKind(ctx, body.partyId, "broker", "/partyId");
      const operationId = newId("op", at);
      const account = broker.signer!;
      const calls: [signer: string, call: string, args: Record<string, unknown>][] = [
        // The Settlement contract, which holds what is funded, and the broker itself.
        [principal.signer!, "admitCash", {}],
        [principal.signer!, "admitCash", { account }],
        [principal.signer!, "mintCash", { account, yen: String(body.yen) }],
        [account, "allowCash", {}],
      ];
      return {
        answer: {
          status: 202 as const,
          body: { operationId, state: "accepted" as const, rows: calls.length },
        },
        target: broker.id,
        work: {
          operation: { id: operationId, kind: "cash.mint", issueId: null, subjectId: broker.id },
          commands: calls.map(
            ([signer, name, args], row): NewCommand => ({
              signer,
              call: name,
              target: null,
              ref: refOf(operationId, row),
              args,
            }),
          ),
        },
      };
    }),
});
