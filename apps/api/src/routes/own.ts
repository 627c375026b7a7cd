import type { Principal } from "@genbo/database/parties/keys";
import { registerPage } from "@genbo/database/register/read";
import { entriesPage } from "@genbo/database/register/read-entries";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { notFound } from "../http/problem.ts";
import { auditRead } from "../http/reads.ts";
import { issueFor } from "../issues/issue-for.ts";
import { accountsMax, holdingsWire, versionsOf } from "../register/holder.ts";
import { asOfPosition, knownWire, positionFor } from "../register/moments.ts";
import { entryWire } from "../wire/register.ts";

/** What an investor sees: the one person that its party is bound to. There is no way to name another. */
export const ownHandlers = (ctx: ApiContext): Handlers<"readOwnHolding" | "listOwnEntries"> => {
  const asked = async (principal: Principal, id: string) => {
    const issue = await issueFor(ctx, principal, id);
    if (principal.personId === null) throw notFound();
    return { issue, personId: principal.personId };
  };
  return {
    readOwnHolding: async (call) => {
      const { principal, params, query } = call;
      const { issue, personId } = await asked(principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const { rows } = await registerPage(ctx.pool, position, { personId, limit: accountsMax });
      if (rows.length === 0) throw notFound();
      await auditRead(ctx, call, personId, "own data", { issueId: issue.id });
      const particulars = await versionsOf(ctx, personId, query, position);
      return { status: 200, body: { ...holdingsWire(issue.id, personId, rows, position), particulars } };
    },
    listOwnEntries: async ({ principal, params, query }) => {
      const { issue, personId } = await asked(principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const after = query.cursor === undefined ? 0 : Number(query.cursor);
      const page = await entriesPage(
        ctx.pool,
        position,
        { personId, after, limit: query.limit },
        position.knownAt.seq,
      );
      const own = (person: string | null) => (person === personId ? person : null);
      const lines = page.lines.map((line) => ({
        ...line,
        fromPerson: own(line.fromPerson),
        toPerson: own(line.toPerson),
      }));
      const next = page.next === null ? null : String(page.next);
      const { knownAt } = knownWire(position);
      const items = lines.map(entryWire(issue.profile));
      return { status: 200, body: { items, next, asOf: asOfPosition(position), knownAt } };
    },
  };
};
