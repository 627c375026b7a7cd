import { isCustomer } from "@genbo/database/parties/investors";
import type { Principal } from "@genbo/database/parties/keys";
import { type RegisterFilter, registerPage } from "@genbo/database/register/read";
import { totalsByClass } from "@genbo/database/register/read-classes";
import { entriesPage } from "@genbo/database/register/read-entries";
import { type HistoryCursor, holderHistory } from "@genbo/database/register/read-holder";
import type { Reading } from "@genbo/database/register/read-overlay";
import { classesOf, type InvestorClass, investorClassNames } from "@genbo/domain/investor-class";
import type { ApiContext } from "../context.ts";
import type { Handlers } from "../http/call.ts";
import { invalidField, notFound } from "../http/problem.ts";
import { auditRead, pageOf } from "../http/reads.ts";
import { issueFor } from "../issues/issue-for.ts";
import { accountsMax, holdingsWire, purposeOfNames, versionsOf } from "../register/holder.ts";
import { asOfPosition, knownWire, positionFor } from "../register/moments.ts";
import { ownSides } from "../register/own-sides.ts";
import { createReadAhead } from "../register/read-ahead.ts";
import { entryWire, historyWire, registerRowWire } from "../wire/register.ts";

type Routes = "readRegister" | "readTotals" | "listEntries" | "readHolder" | "readHolderHistory";

export const registerHandlers = (ctx: ApiContext): Handlers<Routes> => {
  /** A broker sees the accounts that it keeps; of another's customer it sees as much as of nobody: no rows. */
  const filterFor = async (
    principal: Principal,
    personId: string | undefined,
  ): Promise<RegisterFilter | null> => {
    if (principal.role !== "broker") return personId === undefined ? {} : { personId };
    if (personId === undefined) return { custodianId: principal.custodianId! };
    return (await isCustomer(ctx.prisma, principal.partyId, personId)) ? { personId } : null;
  };

  const ahead = createReadAhead(ctx.pool);
  const pageOfAccounts = (at: Reading, filter: RegisterFilter, after: string | undefined, limit: number) =>
    Object.keys(filter).length === 0
      ? ahead.page(at, after, limit)
      : registerPage(ctx.pool, at, { ...filter, after, limit });

  return {
    readRegister: async ({ principal, params, query }) => {
      const issue = await issueFor(ctx, principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const filter = await filterFor(principal, query.personId);
      const { cursor, limit } = query;
      const page = filter && (await pageOfAccounts(position, filter, cursor, limit));
      const { units, holders, accounts } = position.totals;
      const totals = principal.role === "broker" ? null : { units: String(units), holders, accounts };
      return {
        status: 200,
        body: {
          issueId: issue.id,
          items: page?.rows.map(registerRowWire) ?? [],
          next: page?.next ?? null,
          asOf: asOfPosition(position),
          ...knownWire(position),
          totals,
          head: position.head,
        },
      };
    },
    readTotals: async ({ principal, params, query }) => {
      const issue = await issueFor(ctx, principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const { units, holders, accounts } = position.totals;
      // The issuer has the aggregates, whose small cells are taken out.
      const classes = principal.role === "issuer" ? [] : await totalsByClass(ctx.pool, position);
      const byClass = classSums(classes);
      const body = {
        issueId: issue.id,
        state: issue.state,
        units: String(units),
        holders,
        accounts,
      };
      return {
        status: 200,
        body: { ...body, byClass, asOf: asOfPosition(position), ...knownWire(position) },
      };
    },
    listEntries: async ({ principal, params, query }) => {
      const issue = await issueFor(ctx, principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const filter = await filterFor(principal, query.personId);
      const after = query.cursor === undefined ? query.after : cursorSeq(query.cursor);
      const page =
        filter &&
        (await entriesPage(
          ctx.pool,
          position,
          { ...filter, after, limit: query.limit },
          position.knownAt.seq,
        ));
      const lines =
        principal.role === "broker"
          ? await ownSides(ctx.pool, principal.custodianId!, page?.lines ?? [])
          : page?.lines;
      const items = lines?.map(entryWire(issue.profile)) ?? [];
      const next = page?.next == null ? null : String(page.next);
      const { knownAt } = knownWire(position);
      return { status: 200, body: { items, next, asOf: asOfPosition(position), knownAt } };
    },
    readHolder: async (call) => {
      const { principal, params, query } = call;
      const issue = await issueFor(ctx, principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const filter = await filterFor(principal, params.personId);
      const page = filter && (await registerPage(ctx.pool, position, { ...filter, limit: accountsMax }));
      if (!page || page.rows.length === 0) throw notFound();
      const wire = holdingsWire(issue.id, params.personId, page.rows, position);
      const purpose = await purposeOfNames(ctx, call, issue.id, query.purpose);
      if (purpose === null) return { status: 200, body: { ...wire, particulars: [] } };
      await auditRead(ctx, call, params.personId, purpose, { issueId: issue.id });
      return {
        status: 200,
        body: { ...wire, particulars: await versionsOf(ctx, params.personId, query, position) },
      };
    },
    readHolderHistory: async ({ principal, params, query }) => {
      const issue = await issueFor(ctx, principal, params.id);
      const position = await positionFor(ctx, issue.id, query);
      const { personId } = params;
      if ((await filterFor(principal, personId)) === null) throw notFound();
      const after = historyCursor(query.cursor);
      const rows = await holderHistory(ctx.pool, position, personId, { after, limit: query.limit });
      if (rows.length === 0 && after === undefined) throw notFound();
      const page = pageOf(rows, query.limit, historyWire, (row) => `${row.fromSeq}-${row.account}`);
      return { status: 200, body: { ...page, asOf: asOfPosition(position) } };
    },
  };
};

function historyCursor(cursor: string | undefined): HistoryCursor | undefined {
  const [fromSeq, account] = cursor?.split("-") ?? [];
  return account === undefined ? undefined : { fromSeq: Number(fromSeq), account };
}

/** A holder of two classes counts in both. */
function classSums(rows: readonly { classBits: number; holders: number; units: bigint }[]) {
  const sums = new Map<InvestorClass, { holders: number; units: bigint }>();
  for (const { classBits, holders, units } of rows) {
    for (const name of classesOf(classBits)) {
      const before = sums.get(name) ?? { holders: 0, units: 0n };
      sums.set(name, { holders: before.holders + holders, units: before.units + units });
    }
  }
  return investorClassNames.flatMap((name) => {
    const sum = sums.get(name);
    return sum ? [{ class: name, holders: sum.holders, units: String(sum.units) }] : [];
  });
}

function cursorSeq(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw invalidField("query/cursor", "is no cursor of this list");
  return Number(cursor);
}
