import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { z } from "zod";
import { named } from "./named.ts";
import { address, hash, id } from "./primitives.ts";

const uint = (bits: number) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/, 'is not a decimal string such as "7"')
    // Asked of what is no number too.
    .refine((text) => !/^\d+$/.test(text) || BigInt(text) < 2n ** BigInt(bits), `does not fit ${bits} bits`);

/** An ERC-1271 wallet's signature may be long; a key's has 65 bytes. */
const signatureBytesMax = 4_096;

export const signature = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2}){65,}$/, "is not a signature of 65 bytes or more")
  .max(2 + 2 * signatureBytesMax);

const order = named(
  "Order",
  z.strictObject({
    action: z.enum(["TRANSFER", "REQUEST", "ACCEPT", "CANCEL", "HOLD", "REVOKE"]),
    account: address.describe("The wallet that signed"),
    to: address.default(zeroAddress),
    units: uint(63).default("0"),
    expiryMinutes: z
      .int()
      .min(0)
      .max(2 ** 28 - 1)
      .default(0)
      .describe("Minutes since 1970 at which a request or a hold ends; 0: never"),
    controller: address.default(zeroAddress).describe("Of a hold: who executes or releases it"),
    ref: hash.describe("Of a new request or hold: its id, never used before; of 3 and 4 the request's"),
    data: hash
      .default(zeroWord)
      .describe(
        "Days of trade, acquisition and settlement, and the lot. A request names all three days, a transfer all or none, a hold those of trade and settlement or none: its units are acquired on the day of delivery",
      ),
    nonce: uint(256).describe("Used once; in no order"),
    deadline: z.int().min(0).max(4_294_967_295).describe("Last second (Unix) at which it may be relayed"),
  }),
  "EIP-712 over the domain Genbo, version 1, the chain's id and the issue's token; every field is signed",
);

export const newOrder = named(
  "NewOrder",
  z.strictObject({
    issueId: id("iss"),
    order,
    signature,
  }),
);
