import type { OperationId } from "@genbo/api-schema/routes";
import type { Question } from "./ask.ts";
import { type Success, traded } from "./successes.ts";
import type { World } from "./world.ts";

type Case = (world: World) => Promise<Success>;

/** An export that was ordered and is rendered. */
export async function readyExport(
  world: World,
  secret: string,
  issueId: string,
  body: object = {},
): Promise<string> {
  const order = { kind: "REGISTER", format: "CSV", ...body };
  const { body: made } = await world.ask(secret, "createExport", { params: { id: issueId }, body: order });
  for (;;) {
    const { body: now } = await world.ask(secret, "getExport", { params: { id: made.id } });
    if (now.state === "ready") return made.id;
    if (now.state !== "rendering") throw new Error(`The export is ${now.state}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const asks = (secret: string, question: Question<OperationId>): Success => ({ secret, question });

const ofReady =
  (headers?: Record<string, string>): Case =>
  async (world) => {
    const { secret } = world.trustee;
    const id = await readyExport(world, secret, (await traded(world)).issueId);
    return asks(secret, { params: { id }, ...(headers && { headers }) });
  };

export const exportSuccesses = {
  createExport: {
    201: async (world: World) =>
      asks(world.auditor.secret, {
        params: { id: (await traded(world)).issueId },
        body: { kind: "ENTRIES", format: "JSONL" },
      }),
  },
  getExport: { 200: ofReady() },
  readExport: { 200: ofReady(), 206: ofReady({ range: "bytes=3-20" }) },
} satisfies Record<string, Record<number, Case>>;
