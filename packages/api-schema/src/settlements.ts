import { legKinds, legStates, settlementStates, wants } from "@genbo/domain/settlements";
import { z } from "zod";
import { legsMax } from "./limits.ts";
import { named } from "./named.ts";
import { pageAfter, pageOf, readOf } from "./page.ts";
import {
  address,
  addressText,
  clause,
  day,
  hash,
  height,
  id,
  instant,
  instantText,
  sha256,
  units,
  unitsText,
  yen,
  yenText,
} from "./primitives.ts";

const payment = {
  payerId: id("pty").describe("The broker that pays, for its customers"),
  payeeId: id("pty").describe("The broker that is paid"),
  yen,
};
const unitsLeg = z.strictObject({
  kind: z.literal("UNITS"),
  issueId: id("iss"),
  from: address,
  to: address,
  units,
  lotAcquiredOn: day.optional().describe("The acquisition lot to move; first in, first out if left out"),
});
const leg = z.discriminatedUnion("kind", [
  unitsLeg,
  z.strictObject({ kind: z.literal("CASH"), ...payment }).describe("Yen on chain, which the payer puts in"),
  z
    .strictObject({ kind: z.literal("BANK"), ...payment })
    .describe("A bank transfer, which the settlement agent attests"),
]);
type Leg = z.output<typeof leg>;

const toItself = (each: Leg): boolean =>
  each.kind === "UNITS" ? each.from === each.to : each.payerId === each.payeeId;

export const newSettlement = named(
  "NewSettlement",
  z
    .strictObject({
      tradeDate: day,
      settlementDate: day,
      deadline: instant
        .optional()
        .describe(
          "Until then it settles, after it each side takes back its own; 24:00 JST of the settlement date if left out",
        ),
      agentId: id("pty").optional().describe("The settlement agent; where there is a BANK leg"),
      legs: z.array(leg).min(2).max(legsMax),
    })
    .refine((row) => row.settlementDate >= row.tradeDate, {
      path: ["settlementDate"],
      message: "lies before the trade date",
    })
    .refine((row) => row.legs.some(({ kind }) => kind === "UNITS"), {
      path: ["legs"],
      message: "move no units",
    })
    .refine((row) => !row.legs.some(toItself), {
      path: ["legs"],
      message: "have one whose two sides are the same",
    })
    .refine((row) => row.legs.some(({ kind }) => kind === "BANK") === (row.agentId !== undefined), {
      path: ["agentId"],
      message: "is named where, and only where, there is a BANK leg",
    }),
);

const legFields = z.object({
  leg: height.describe("Its place, from 0"),
  kind: z.enum(legKinds),
  state: z.enum(legStates),
  issueId: id("iss").nullable(),
  asset: addressText.nullable().describe("The token that moves; null of a bank transfer"),
  from: addressText.describe("An account; of a payment, the payer's signer"),
  to: addressText,
  fromPartyId: id("pty").describe("Who gives"),
  toPartyId: id("pty").describe("Who receives"),
  units: unitsText.nullable(),
  yen: yenText.nullable(),
  lotAcquiredOn: day.nullable(),
  holdId: hash.nullable().describe("The DvP hold in the register"),
  evidence: sha256.nullable().describe("SHA-256 of what the settlement agent saw"),
});

const settlementFields = z.object({
  id: id("stl"),
  ref: hash,
  instructionId: hash.describe("Exactly these terms, on chain"),
  state: z.enum(settlementStates),
  waitsFor: z.array(z.enum(wants)).describe("What is missing before it settles by itself"),
  offeredBy: id("pty"),
  trusteeId: id("pty"),
  agentId: id("pty").nullable(),
  tradeDate: day,
  settlementDate: day,
  deadline: instantText,
  legs: z.array(legFields),
  sides: z.array(
    z.object({ partyId: id("pty"), acceptor: z.string().nullable(), acceptedAt: instantText.nullable() }),
  ),
  maker: z.string(),
  checker: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: instantText,
});
export const settlement = named("Settlement", settlementFields);
export const settlementAnswer = named(
  "SettlementAnswer",
  readOf(settlementFields).extend({ operationIds: z.array(id("op")).describe("Oldest first") }),
);
export const settlementPage = named("SettlementPage", pageOf(settlement));
export const settlementQuery = pageAfter(id("stl")).extend({
  issueId: id("iss").optional(),
  state: z.enum(settlementStates).optional(),
});

export const settlementConsent = named("SettlementConsent", z.strictObject({}));
export const settlementRejection = named("SettlementRejection", z.strictObject({ reason: clause(1_000) }));
export const settlementAgreed = named(
  "SettlementAgreed",
  z.object({ id: id("stl"), state: z.enum(settlementStates) }),
  "Agreed; this side has nothing to put in on chain",
);
export const paymentAttestation = named(
  "PaymentAttestation",
  z.strictObject({
    leg: z
      .int()
      .min(0)
      .max(legsMax - 1),
    evidence: sha256.describe("SHA-256 of the bank's statement of the transfer"),
  }),
);

export const sandboxCash = named("SandboxCash", z.strictObject({ partyId: id("pty"), yen }));
