import type { Handlers } from "./call.ts";
import type { ApiContext } from "./context.ts";
import type { ExportRunner } from "./exports/runner.ts";
import type { Principals } from "./principals.ts";
import { aggregateHandlers } from "./routes/aggregates.ts";
import { auditViewHandlers } from "./routes/audit-views.ts";
import { breakHandlers } from "./routes/breaks.ts";
import { caseDecisionHandlers } from "./routes/case-decisions.ts";
import { caseHandlers } from "./routes/cases.ts";
import { certificateHandlers } from "./routes/certificates.ts";
import { custodyHandlers } from "./routes/custody.ts";
import { eventHandlers } from "./routes/events.ts";
import { exportHandlers } from "./routes/exports.ts";
import { inspectionDecisionHandlers } from "./routes/inspection-decisions.ts";
import { inspectionHandlers } from "./routes/inspections.ts";
import { investorHandlers } from "./routes/investors.ts";
import { issuanceHandlers } from "./routes/issuances.ts";
import { issueChangeDecisionHandlers } from "./routes/issue-change-decisions.ts";
import { issueChangeHandlers } from "./routes/issue-changes.ts";
import { issueDecisionHandlers } from "./routes/issue-decisions.ts";
import { issueHandlers } from "./routes/issues.ts";
import { keyHandlers } from "./routes/keys.ts";
import { operationHandlers } from "./routes/operations.ts";
import { orderHandlers } from "./routes/orders.ts";
import { ownHandlers } from "./routes/own.ts";
import { particularsHandlers } from "./routes/particulars.ts";
import { partyHandlers } from "./routes/parties.ts";
import { platformHandlers } from "./routes/platform.ts";
import { proofHandlers } from "./routes/proofs.ts";
import { recordDateHandlers } from "./routes/record-dates.ts";
import { registerHandlers } from "./routes/register.ts";
import { registerBookHandlers } from "./routes/register-book.ts";
import { sandboxHandlers } from "./routes/sandbox.ts";
import { sandboxCashHandlers } from "./routes/sandbox-cash.ts";
import { settlementStepHandlers } from "./routes/settlement-steps.ts";
import { settlementHandlers } from "./routes/settlements.ts";
import { transferStepHandlers } from "./routes/transfer-steps.ts";
import { transferHandlers } from "./routes/transfers.ts";
import { bulkTransferHandlers } from "./routes/transfers-bulk.ts";
import { walletProofHandlers } from "./routes/wallet-proofs.ts";
import { walletHandlers } from "./routes/wallets.ts";

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
