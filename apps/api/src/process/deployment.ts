import { type DeploymentRow, readDeployment } from "@genbo/database/outbox/deployment";
import type { Queryable } from "@genbo/database/sql/connection";
import { ProblemError } from "../http/problem.ts";

/** Where our contracts stand. @throws ProblemError NOT_READY before they do */
export async function deploymentOf(db: Queryable): Promise<DeploymentRow> {
  const deployment = await readDeployment(db);
  if (deployment === undefined) throw new ProblemError("NOT_READY", "The contracts are not deployed yet.");
  return deployment;
}
