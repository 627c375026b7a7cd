import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRpc } from "@genbo/chain/rpc";
import { reconcileAndWait } from "../reconcile.ts";
import { verifyFile } from "../verify.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import type { Step } from "./steps.ts";

/** What an auditor does: takes the export away and recomputes it, with nothing of ours but the file and a node. */
export async function proveToStranger(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  { rpcUrl, dataDir }: { rpcUrl: string; dataDir: string },
): Promise<void> {
  const { body: text } = await parties.as.trustee.call("exportRegister", { params: { id: issue.id } });
  const file = join(dataDir, "export.jsonl");
  writeFileSync(file, text);
  const rpc = createRpc([rpcUrl]);
  const { verdict, finding, entries } = await verifyFile(file, rpc).finally(() => rpc.close());
  step.say(`genbo verify ${file} --rpc ${rpcUrl}`);
  step.check(
    `the export's ${entries} entries lead to the contract's head and sums`,
    [verdict, finding],
    ["equal", null],
  );
  const { holdings, differences } = await reconcileAndWait(parties.as.trustee, issue.id);
  step.check(
    `each of ${holdings} holdings is the contract's, and every figure of the issue`,
    differences,
    [],
  );
}
