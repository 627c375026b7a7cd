import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRpc } from "@genbo/chain/rpc";
import { reconcileAndWait } from "../reconcile.ts";
import { verifyFile } from "../verify.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import type { Step } from "./steps.ts";

export interface Proof {
  verdict: string;
  entries: number;
  head: string;
}

/** What an auditor does: takes each issue's export away and recomputes it, with nothing of ours but the file and a node. */
export async function proveToStranger(
  step: Step,
  parties: Parties,
  issues: Readonly<Record<string, DemoIssue>>,
  { rpcUrl, dataDir }: { rpcUrl: string; dataDir: string },
): Promise<Record<string, Proof>> {
  const proofs: Record<string, Proof> = {};
  for (const [name, { id }] of Object.entries(issues)) {
    const { body: text } = await parties.as.trustee.call("exportRegister", { params: { id } });
    const file = join(dataDir, `export-${name}.jsonl`);
    writeFileSync(file, text);
    const rpc = createRpc([rpcUrl]);
    const { verdict, finding, entries, head } = await verifyFile(file, rpc).finally(() => rpc.close());
    step.say(`genbo verify ${file} --rpc ${rpcUrl}`);
    step.check(
      `${name}: the export's ${entries} entries lead to the contract's head and sums`,
      [verdict, finding],
      ["equal", null],
    );
    proofs[name] = { verdict, entries, head };
  }
  const found = await Promise.all(
    Object.values(issues).map(({ id }) => reconcileAndWait(parties.as.trustee, id)),
  );
  const holdings = found.reduce((sum, each) => sum + (each.holdings ?? 0), 0);
  step.check(
    `each of ${holdings} holdings is the contract's, and every figure of the issues`,
    found.flatMap(({ differences }) => differences),
    [],
  );
  return proofs;
}
