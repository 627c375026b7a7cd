import { customerForChange, customersByNumber, type InvestorRow } from "@genbo/database/parties/investors";
import { listWallets, walletConstraint } from "@genbo/database/parties/wallets";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { investorView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { onceMore } from "../http/once-more.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { type AccountRequest, openAccounts } from "../parties/wallet-registration.ts";
import { walletWire } from "../wire/investors.ts";

type One = CallOf<"registerWallet">;
type Many = CallOf<"registerWallets">;

export const walletHandlers = (
  ctx: ApiContext,
): Handlers<"registerWallet" | "registerWallets" | "listWallets"> => ({
  registerWallet: (call) =>
    onceMore(walletConstraint, () => command(ctx, call, (db) => registerOne(db, call), { long: true })),
  registerWallets: (call) =>
    onceMore(walletConstraint, () => command(ctx, call, (db) => registerMany(db, call), { long: true })),
  listWallets: async ({ principal, query }) => {
    const asOf = await presentAsOf(ctx);
    const rows = await listWallets(ctx.prisma, investorView(principal), query);
    return {
      status: 200,
      body: { ...pageOf(rows, query.limit, walletWire, ({ address }) => address), asOf },
    };
  },
});

async function registerOne(db: Queryable, { principal, body, at }: One): Promise<Outcome<One["route"]>> {
  const investor = await customerForChange(db, principal.partyId, body.investorId);
  if (investor === undefined) throw notFound("/investorId");
  const opened = await openAccounts(db, principal, at, [{ row: 0, investor, address: body.address }]);
  const [conflict] = opened.conflicts;
  if (conflict?.code === "VALIDITY_PAST")
    throw invalidField("/investorId", "is of a customer whose check has lapsed");
  if (conflict !== undefined)
    throw new ProblemError("ALREADY_EXISTS", conflict.detail, { pointer: "/address" });
  const { wallet } = opened.items[0]!;
  const operationId = opened.commands.length > 0 ? newId("op", at) : null;
  const status = operationId === null ? 200 : 202;
  return {
    answer: { status, body: { ...walletWire(wallet), operationId } },
    target: investor.id,
    detail: { address: wallet.address },
    ...writesOf(opened, operationId, investor.id),
  };
}

async function registerMany(db: Queryable, { principal, body, at }: Many): Promise<Outcome<Many["route"]>> {
  const numbers = [...new Set(body.rows.map(({ externalId }) => externalId))];
  const customers = await customersByNumber(db, principal.partyId, numbers, "for share");
  const unknown = body.rows.flatMap(({ externalId }, row) =>
    customers.has(externalId) ? [] : [noCustomer(row)],
  );
  const requests = body.rows.flatMap(({ externalId, address }, row): AccountRequest[] => {
    const investor: InvestorRow | undefined = customers.get(externalId);
    return investor === undefined ? [] : [{ row, investor, address }];
  });
  const opened = await openAccounts(db, principal, at, requests);
  const operationId = opened.commands.length > 0 ? newId("op", at) : null;
  const counts = { rows: body.rows.length, created: opened.commands.length, unchanged: opened.unchanged };
  const conflicts = [...unknown, ...opened.conflicts].sort((a, b) => a.row - b.row);
  const items = opened.items.map(({ row, investor: { externalId }, wallet: { address } }) => ({
    row,
    externalId,
    address,
  }));
  return {
    answer: { status: operationId === null ? 200 : 202, body: { ...counts, operationId, items, conflicts } },
    target: null,
    detail: { ...counts, conflicts: conflicts.length },
    ...writesOf(opened, operationId, null),
  };
}

function writesOf(
  opened: Awaited<ReturnType<typeof openAccounts>>,
  operationId: string | null,
  subjectId: string | null,
): Pick<Outcome<One["route"]>, "writes" | "work"> {
  if (operationId === null) return {};
  return {
    writes: opened.writes,
    work: {
      operation: { id: operationId, kind: "wallet.register", issueId: null, subjectId },
      commands: opened.commands,
    },
  };
}

const noCustomer = (row: number) => ({
  row,
  code: "NOT_FOUND",
  pointer: `/rows/${row}/externalId`,
  detail: "You have no customer of this number.",
  fix: "Register the investor first.",
});
