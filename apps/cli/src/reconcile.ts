import { readFileSync } from "node:fs";
import type { WireAnswer } from "@genbo/api-schema/wire";
import { type Client, createClient } from "./client.ts";
import { readArgs } from "./read-args.ts";

const usage = "Usage: genbo reconcile ISSUE --url URL --key-file FILE [--json]";

type Reconciliation = WireAnswer<"reconcileIssue">;

/** 100,000 holdings take half a minute. */
const waitMsMax = 300_000;
const pauseMs = 200;

/** `genbo reconcile ISSUE --url URL --key-file FILE`: exit code 1 when register and contract disagree. */
export async function reconcile(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArgs(usage, {
    args,
    allowPositionals: true,
    options: {
      url: { type: "string" },
      "key-file": { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [issueId] = positionals;
  const keyFile = values["key-file"];
  if (issueId === undefined || values.url === undefined || keyFile === undefined) throw new Error(usage);
  const client = createClient({ url: values.url, secret: readFileSync(keyFile, "utf8").trim() });
  const done = await reconcileAndWait(client, issueId);
  console.log(values.json ? JSON.stringify(done) : sentencesOf(done));
  if (done.differences?.length !== 0) process.exitCode = 1;
}

/** Asks for a reconciliation and waits for the indexer's answer. @throws Error after five minutes */
export async function reconcileAndWait(client: Client, issueId: string): Promise<Reconciliation> {
  const params = { id: issueId };
  const { body: asked } = await client.call("reconcileIssue", { params });
  for (const until = Date.now() + waitMsMax; Date.now() < until; ) {
    const { body } = await client.call("listReconciliations", { params });
    const found = body.items.find(({ id }) => id === asked.id);
    if (found !== undefined && found.doneAt !== null) return found;
    await new Promise((done) => setTimeout(done, pauseMs));
  }
  throw new Error(`The indexer has not answered reconciliation ${asked.id}.`);
}

function sentencesOf({ differences, holdings, seq, block, breakId, particulars }: Reconciliation): string {
  const erased = particulars?.erased ? ` Particulars of ${particulars.erased} holders were erased.` : "";
  if (differences?.length === 0)
    return `Equal: ${holdings} holdings and every figure at entry ${seq}, block ${block}; particulars of ${particulars?.opened} holders opened.${erased}`;
  const lines = (differences ?? []).map(
    ({ what, account, register, other }) =>
      `  ${what} ${account ?? ""}: the register says ${register}, not ${other}`,
  );
  return [
    `Register and contract disagree at block ${block}${breakId === null ? "" : `; break ${breakId}`}:`,
    ...lines,
  ].join("\n");
}
