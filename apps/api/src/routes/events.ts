import { type EventRow, eventsAfter } from "@genbo/database/outbox/events";
import { eventView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { presentAsOf } from "../http/reads.ts";

export const eventHandlers = (ctx: ApiContext): Handlers<"listEvents"> => ({
  listEvents: async ({ principal, query }) => {
    const asOf = await presentAsOf(ctx, query.minBlock);
    const { events, next } = await eventsAfter(ctx.pool, eventView(principal), query.after, query.limit);
    return { status: 200, body: { items: events.map(eventWire), next: Number(next), asOf } };
  },
});

const eventWire = ({ id, block, at, ...rest }: EventRow) => ({
  ...rest,
  id: Number(id),
  block: Number(block),
  at: at.toISOString(),
});
