import type { World } from "./world.ts";

let count = 0;

/** An issue with one holder. */
async function heldIssue(world: World): Promise<string> {
  const issueId = await world.activeIssue();
  count += 1;
  const { account } = await world.open(world.broker, `export-${count}`);
  await world.ledger.issue(issueId, account, 10n);
  return issueId;
}

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

const asked = (secret: string, question: object) => ({ secret, question });

const ofReady =
  (headers: Record<string, string> = {}) =>
  async (world: World) => {
    const { secret } = world.trustee;
    const id = await readyExport(world, secret, await heldIssue(world));
    return asked(secret, { params: { id }, headers });
  };

export const exportSuccesses = {
  createExport: {
    201: async (world: World) =>
      asked(world.auditor.secret, {
        params: { id: await heldIssue(world) },
        body: { kind: "ENTRIES", format: "JSONL" },
      }),
  },
  getExport: { 200: ofReady() },
  readExport: { 200: ofReady(), 206: ofReady({ range: "bytes=3-20" }) },
};
