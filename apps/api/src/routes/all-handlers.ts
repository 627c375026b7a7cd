import type { Principals } from "../access/principals.ts";
import type { ApiContext } from "../context.ts";
import type { ExportRunner } from "../exports/runner.ts";
import type { Handlers } from "../http/call.ts";
import { aggregateHandlers } from "./aggregates.ts";
import { auditViewHandlers } from "./audit-views.ts";
import { breakHandlers } from "./breaks.ts";
import { caseDecisionHandlers } from "./case-decisions.ts";
import { caseHandlers } from "./cases.ts";
import { certificateHandlers } from "./certificates.ts";
import { custodyHandlers } from "./custody.ts";
import { eventHandlers } from "./events.ts";
import { exportHandlers } from "./exports.ts";
import { inspectionDecisionHandlers } from "./inspection-decisions.ts";
import { inspectionHandlers } from "./inspections.ts";
import { investorHandlers } from "./investors.ts";
import { issuanceHandlers } from "./issuances.ts";
import { issueChangeDecisionHandlers } from "./issue-change-decisions.ts";
import { issueChangeHandlers } from "./issue-changes.ts";
import { issueDecisionHandlers } from "./issue-decisions.ts";
import { issueHandlers } from "./issues.ts";
import { keyHandlers } from "./keys.ts";
import { operationHandlers } from "./operations.ts";
import { orderHandlers } from "./orders.ts";
import { ownHandlers } from "./own.ts";
import { particularsHandlers } from "./particulars.ts";
import { partyHandlers } from "./parties.ts";
import { platformHandlers } from "./platform.ts";
import { proofHandlers } from "./proofs.ts";
import { recordDateHandlers } from "./record-dates.ts";
import { registerHandlers } from "./register.ts";
import { registerBookHandlers } from "./register-book.ts";
import { sandboxHandlers } from "./sandbox.ts";
import { sandboxCashHandlers } from "./sandbox-cash.ts";
import { settlementStepHandlers } from "./settlement-steps.ts";
import { settlementHandlers } from "./settlements.ts";
import { transferStepHandlers } from "./transfer-steps.ts";
import { transferHandlers } from "./transfers.ts";
import { bulkTransferHandlers } from "./transfers-bulk.ts";
import { walletProofHandlers } from "./wallet-proofs.ts";
import { walletHandlers } from "./wallets.ts";

/** One handler for each line of the route table; the type says when one is missing. */
export const allHandlers = (ctx: ApiContext, principals: Principals, exports: ExportRunner): Handlers => ({
  ...partyHandlers(ctx),
  ...keyHandlers(ctx, principals),
  ...issueHandlers(ctx),
  ...issueDecisionHandlers(ctx),
  ...issuanceHandlers(ctx),
  ...issueChangeHandlers(ctx),
  ...issueChangeDecisionHandlers(ctx),
  ...investorHandlers(ctx),
  ...particularsHandlers(ctx),
  ...walletHandlers(ctx),
  ...walletProofHandlers(ctx),
  ...custodyHandlers(ctx),
  ...transferHandlers(ctx),
  ...transferStepHandlers(ctx),
  ...bulkTransferHandlers(ctx),
  ...settlementHandlers(ctx),
  ...orderHandlers(ctx),
  ...settlementStepHandlers(ctx),
  ...registerHandlers(ctx),
  ...registerBookHandlers(ctx),
  ...aggregateHandlers(ctx),
  ...ownHandlers(ctx),
  ...auditViewHandlers(ctx),
  ...recordDateHandlers(ctx),
  ...proofHandlers(ctx),
  ...exportHandlers(ctx, exports),
  ...breakHandlers(ctx),
  ...caseHandlers(ctx),
  ...caseDecisionHandlers(ctx),
  ...inspectionHandlers(ctx),
  ...inspectionDecisionHandlers(ctx),
  ...certificateHandlers(ctx),
  ...operationHandlers(ctx),
  ...eventHandlers(ctx),
  ...sandboxHandlers(ctx),
  ...sandboxCashHandlers(ctx),
  ...platformHandlers(ctx),
});
