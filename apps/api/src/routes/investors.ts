import { findInvestor, investorConstraint, listInvestors } from "@genbo/database/parties/investors";
import { latestParticulars } from "@genbo/database/vault/vault";
import { investorView, seesParticulars } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { onceMore } from "../http/once-more.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { auditRead, pageOf, presentAsOf } from "../http/reads.ts";
import { register } from "../parties/registration.ts";
import { statedPurpose } from "../register/holder.ts";
import { investorWire } from "../wire/investors.ts";
import { particularsWire } from "../wire/particulars.ts";

type Routes = "registerInvestor" | "registerInvestors" | "listInvestors" | "getInvestor";

export const investorHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  registerInvestor: (call) =>
    onceMore(investorConstraint, () =>
      command(ctx, call, async (db) => {
        const { principal, body, at } = call;
        const registrar = { brokerId: principal.partyId, at };
        const { items, conflicts, created, writes } = await register(db, ctx.vaultKeys, registrar, [body]);
        const [conflict] = conflicts;
        if (conflict?.code === "VALIDITY_PAST") throw invalidField("/validUntil", "lies in the past");
        if (conflict?.code === "INVALID_FIELD")
          throw invalidField("/particulars/bornOn", "lies in the future");
        if (conflict !== undefined)
          throw new ProblemError("ALREADY_EXISTS", `${conflict.detail} ${conflict.fix}`);
        const { investor } = items[0]!;
        return {
          answer: { status: created === 1 ? 201 : 200, body: investorWire(investor, principal) },
          target: investor.id,
          writes,
        };
      }),
    ),
  registerInvestors: (call) =>
    onceMore(investorConstraint, () =>
      command(
        ctx,
        call,
        async (db) => {
          const { principal, body, at } = call;
          const registrar = { brokerId: principal.partyId, at };
          const { items, conflicts, created, unchanged, writes } = await register(
            db,
            ctx.vaultKeys,
            registrar,
            body.rows,
          );
          const rows = body.rows.length;
          const counts = { rows, created, unchanged };
          const named = items.map(({ row, investor: { id, externalId } }) => ({ row, id, externalId }));
          return {
            answer: { status: 200, body: { ...counts, items: named, conflicts } },
            target: null,
            detail: { ...counts, conflicts: conflicts.length },
            writes,
          };
        },
        { long: true },
      ),
    ),
  listInvestors: async ({ principal, query }) => {
    const asOf = await presentAsOf(ctx);
    const rows = await listInvestors(ctx.prisma, investorView(principal), query);
    const wire = (row: (typeof rows)[number]) => investorWire(row, principal);
    return { status: 200, body: { ...pageOf(rows, query.limit, wire, ({ id }) => id), asOf } };
  },
  getInvestor: async (call) => {
    const { principal, params, query } = call;
    const asOf = await presentAsOf(ctx);
    const row = await findInvestor(ctx.prisma, investorView(principal), params.id);
    if (row === null) throw notFound();
    const wallets = row.wallets.map(({ address }) => address);
    const wire = { ...investorWire(row, principal), wallets, asOf };
    if (!seesParticulars(principal)) return { status: 200, body: { ...wire, particulars: null } };
    const purpose = statedPurpose(principal, query.purpose);
    const latest = (await latestParticulars(ctx.pool, ctx.vaultKeys, [row.personId])).get(row.personId);
    await auditRead(ctx, call, row.id, purpose, { version: latest?.version ?? null });
    const version = latest && particularsWire(latest);
    const particulars = version?.value ? { ...version, value: version.value } : null;
    return { status: 200, body: { ...wire, particulars } };
  },
});
