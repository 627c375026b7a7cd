import { transferStates } from "@genbo/domain/states";
import { z } from "zod";
import { bulkRowsMax } from "./limits.ts";
import { named } from "./named.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import {
  address,
  addressText,
  clause,
  day,
  hash,
  id,
  instant,
  instantText,
  units,
  unitsText,
} from "./primitives.ts";

const order = {
  issueId: id("iss"),
  from: address,
  to: address,
  units,
  lotAcquiredOn: day.optional().describe("The acquisition lot to move; first in, first out if left out"),
};
const dates = {
  tradeDate: day,
  settlementDate: day,
  acquiredOn: day.optional().describe("The settlement date, if left out (Trust Act 186(iv))"),
  expiresAt: instant.optional().describe("30 days after the settlement date, if left out"),
};
/** The last minute that the 28 bits of a hold can name. */
const lastExpiry = new Date((2 ** 28 - 1) * 60_000);
const dated = () =>
  z
    .strictObject({ ...order, ...dates })
    .refine((row) => row.settlementDate >= row.tradeDate, {
      path: ["settlementDate"],
      message: "lies before the trade date",
    })
    // Nobody acquires before the contract: the day stands in the register (Trust Act 186(iv)).
    .refine((row) => row.acquiredOn === undefined || row.acquiredOn >= row.tradeDate, {
      path: ["acquiredOn"],
      message: "lies before the trade date",
    })
    .refine((row) => row.acquiredOn === undefined || row.acquiredOn <= row.settlementDate, {
      path: ["acquiredOn"],
      message: "lies after the settlement date",
    })
    .refine((row) => row.expiresAt === undefined || row.expiresAt <= lastExpiry, {
      path: ["expiresAt"],
      message: `lies after ${lastExpiry.toISOString()}`,
    });

export const precheck = named("TransferPrecheck", z.strictObject(order));
export const newTransfer = named("NewTransfer", dated());
export const newTransfers = named(
  "NewTransfers",
  z.strictObject({ rows: z.array(dated()).min(1).max(bulkRowsMax) }),
);

/** One rule that stands against it. */
export const failingRule = named(
  "FailingRule",
  z.object({
    code: z.string().describe("Stable code, as RECEIVER_CHECK_LAPSED"),
    number: z.int().describe("The ERC-1404 number on chain; from 100 on, rules that live off chain"),
    detail: z.string(),
    fix: z.string(),
  }),
);
export const precheckAnswer = named(
  "TransferPrecheckAnswer",
  readOf(
    z.object({
      allowed: z.boolean(),
      failing: z.array(failingRule).describe("Every failing rule, not just the first"),
      needs: z.array(z.enum(["acceptance", "approval"])).describe("What a request will need to be entered"),
    }),
  ),
);

export const transferState = z.enum(transferStates);
const transferFields = z.object({
  id: id("trf"),
  issueId: id("iss"),
  ref: hash.describe("Also the id of the hold on chain"),
  state: transferState,
  from: addressText,
  to: addressText,
  units: unitsText,
  tradeDate: day,
  acquiredOn: day,
  settlementDate: day,
  lotAcquiredOn: day.nullable(),
  sellerBrokerId: id("pty"),
  buyerBrokerId: id("pty"),
  maker: z.string(),
  acceptor: z.string().nullable(),
  checker: z.string().nullable(),
  reason: z
    .string()
    .nullable()
    .describe(
      "Why it ended; of a legal act, the case, for the seller's broker and who keeps the register alone",
    ),
  createdAt: instantText,
});
export const transfer = named("Transfer", transferFields);
export const transferAnswer = named(
  "TransferAnswer",
  readOf(transferFields).extend({
    operationIds: z.array(id("op")).describe("Request, acceptance, approval: oldest first"),
  }),
);
export const transferPage = named("TransferPage", pageOf(transfer));
export const transferQuery = pageAfter(id("trf")).extend({
  issueId: id("iss").optional(),
  state: transferState.optional(),
});

export const transferConsent = named("TransferConsent", z.strictObject({}));
export const transferRejection = named("TransferRejection", z.strictObject({ reason: clause(1_000) }));
