import { accepted } from "../operations.ts";
import { newOrder } from "../orders.ts";
import { route } from "../route.ts";

export const orderRoutes = [
  route({
    operationId: "relayOrder",
    method: "POST",
    path: "/v1/orders",
    tag: "Orders",
    summary:
      "Relay an order that a self-custody wallet has signed: transfer, request, acceptance, cancellation, DvP hold, revocation",
    scope: "orders:relay",
    body: newOrder,
    answers: { 202: accepted },
    problems: [
      "NOT_FOUND",
      "ISSUE_NOT_ACTIVE",
      "ISSUE_QUARANTINED",
      "TRANSFER_REFUSED",
      "NOT_YET_HELD",
      "NOT_YET_SETTLED",
      "STATE_CONFLICT",
      "NOT_READY",
    ],
    limit: "write",
  }),
] as const;
