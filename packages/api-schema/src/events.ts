import { z } from "zod";
import { named } from "./named.ts";
import { asOfAnswer, minBlockQuery, pageQuery } from "./page.ts";
import { height, heightText, instantText } from "./primitives.ts";

export const event = named(
  "Event",
  z.object({
    id: height.describe("Rises by one for each event of the platform; a party sees those that concern it"),
    kind: z.string(),
    issueId: z.string().nullable(),
    subjectId: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
    block: height,
    at: instantText,
  }),
);
export const eventPage = named(
  "EventPage",
  z.object({
    items: z.array(event),
    next: height.describe("Give it as `after` next time, also when there are no items: nothing is skipped"),
    asOf: asOfAnswer.nullable(),
  }),
);
export const eventQuery = z.strictObject({
  after: heightText.default(0),
  limit: pageQuery.shape.limit,
  ...minBlockQuery,
});
