import { z } from "zod";
import { named } from "./named.ts";
import { asOfAnswer, minBlockQuery } from "./page.ts";
import { day, height, id, unitsText } from "./primitives.ts";

export const aggregateTable = named(
  "AggregateTable",
  z.object({
    cells: z.array(z.object({ label: z.string(), holders: height, units: unitsText })),
    others: z
      .object({ holders: height.nullable(), units: unitsText.nullable() })
      .nullable()
      .describe(
        "Cells of too few holders, and those hidden with them, together; null figures: too few even so",
      ),
  }),
);

export const registerAggregates = named(
  "RegisterAggregates",
  z.object({
    issueId: id("iss"),
    day: day.describe("As of 24:00 JST of this day"),
    units: unitsText,
    holders: height.nullable().describe("Persons; null below holdersMin"),
    holdersMin: height.describe("No figure is of fewer holders than this"),
    byClass: aggregateTable.describe("By classes of investor, as CORPORATE+QII"),
    bySize: aggregateTable.describe("By a holder's units, as 10-99"),
    byRegion: aggregateTable.describe("By prefecture in Japan, by country (ISO 3166 alpha-2) elsewhere"),
    byBroker: aggregateTable.describe("By the broker that keeps the account: its party's id"),
    asOf: asOfAnswer,
  }),
);
export const aggregatesQuery = z.strictObject({
  asOf: day.optional().describe("A day that has ended; the last one if left out"),
  ...minBlockQuery,
});
