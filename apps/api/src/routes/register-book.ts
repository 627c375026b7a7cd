import { registerPage } from "@genbo/database/register/read";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { auditRead } from "../http/reads.ts";
import { issueFor } from "../issues/issue-for.ts";
import { statedPurpose } from "../register/holder.ts";
import { asOfPosition, knownWire, positionFor } from "../register/moments.ts";
import { bookHolders, bookTerms } from "../register/register-book.ts";

/** Opens the vault for each row, so a page is audited and a broker gets its own customers. */
export const registerBookHandlers = (ctx: ApiContext): Handlers<"printRegister"> => ({
  printRegister: async (call) => {
    const { principal, params, query } = call;
    const issue = await issueFor(ctx, principal, params.id);
    const position = await positionFor(ctx, issue.id, query);
    const purpose = statedPurpose(principal, query.purpose);
    const custodianId = principal.role === "broker" ? principal.custodianId! : null;
    const page = await registerPage(ctx.pool, position, {
      ...(custodianId !== null && { custodianId }),
      after: query.cursor,
      limit: query.limit,
    });
    const profile = issue.profile;
    const holders = await bookHolders(ctx, profile, position, { rows: page.rows, custodianId });
    const { seq, knownAt } = position;
    await auditRead(ctx, call, issue.id, purpose, {
      seq,
      after: query.cursor ?? "",
      rows: holders.length,
    });
    return {
      status: 200,
      body: {
        issueId: issue.id,
        profile,
        name: issue.name,
        symbol: issue.symbol,
        ...(await bookTerms(ctx, issue, { seq, knownSeq: knownAt.seq })),
        holders,
        next: page.next,
        asOf: asOfPosition(position),
        ...knownWire(position),
        head: position.head,
      },
    };
  },
});
