import type { Route } from "./route.ts";
import { aggregateRoutes } from "./routes/aggregates.ts";
import { auditViewRoutes } from "./routes/audit-views.ts";
import { breakRoutes } from "./routes/breaks.ts";
import { caseRoutes } from "./routes/cases.ts";
import { certificateRoutes } from "./routes/certificates.ts";
import { custodyRoutes } from "./routes/custody.ts";
import { exportRoutes } from "./routes/exports.ts";
import { inspectionRoutes } from "./routes/inspections.ts";
import { investorRoutes } from "./routes/investors.ts";
import { issueChangeRoutes } from "./routes/issue-changes.ts";
import { issueRoutes } from "./routes/issues.ts";
import { orderRoutes } from "./routes/orders.ts";
import { ownRoutes } from "./routes/own.ts";
import { partyRoutes } from "./routes/parties.ts";
import { platformRoutes } from "./routes/platform.ts";
import { proofRoutes } from "./routes/proofs.ts";
import { registerRoutes } from "./routes/register.ts";
import { settlementRoutes } from "./routes/settlements.ts";
import { transferRoutes } from "./routes/transfers.ts";
import { walletProofRoutes } from "./routes/wallet-proofs.ts";

/** The route table. What is not here does not exist. */
export const routeTable = [
  ...partyRoutes,
  ...issueRoutes,
  ...issueChangeRoutes,
  ...investorRoutes,
  ...walletProofRoutes,
  ...custodyRoutes,
  ...transferRoutes,
  ...settlementRoutes,
  ...orderRoutes,
  ...registerRoutes,
  ...aggregateRoutes,
  ...ownRoutes,
  ...auditViewRoutes,
  ...proofRoutes,
  ...exportRoutes,
  ...breakRoutes,
  ...caseRoutes,
  ...inspectionRoutes,
  ...certificateRoutes,
  ...platformRoutes,
] as const satisfies readonly Route[];

export type RouteTable = (typeof routeTable)[number];
export type OperationId = RouteTable["operationId"];
export type RouteOf<Id extends OperationId> = Extract<RouteTable, { operationId: Id }>;

const byId = new Map<string, Route>(routeTable.map((each) => [each.operationId, each]));
export const routeOf = (operationId: OperationId): Route => byId.get(operationId)!;
