import type { Custody, StateOfWallet } from "@genbo/domain/states";
import { insertPart, type Part } from "../commands/statement.ts";
import type { Prisma, PrismaClient } from "../generated/client.ts";
import type { Queryable } from "../sql/connection.ts";
import { given, type Page, pageByAddress } from "../sql/page.ts";

export interface NewWallet {
  address: string;
  investorId: string;
  brokerId: string;
  /** Of a custodied account its broker acts for it, and the address needs no key. */
  custody: Custody;
  at: Date;
}

export const walletsPart = (rows: readonly NewWallet[]): Part =>
  insertPart<NewWallet>(
    "wallet",
    {
      address: ["text", (row) => row.address],
      investor_id: ["text", (row) => row.investorId],
      broker_id: ["text", (row) => row.brokerId],
      custody: ["text", (row) => row.custody],
      state: ["text", () => "pending"],
      created_at: ["timestamptz", (row) => row.at],
    },
    rows,
  );
export const walletConstraint = "wallet_pkey";

export interface WalletRow {
  address: string;
  investorId: string;
  brokerId: string;
  custody: Custody;
  state: StateOfWallet;
  createdAt: Date;
}

const columns = `address, investor_id as "investorId", broker_id as "brokerId", custody, state, created_at as "createdAt"`;

/** The wallets of these addresses, whoever keeps them. */
export async function walletsByAddress(
  db: Queryable,
  addresses: readonly string[],
): Promise<Map<string, WalletRow>> {
  const found = await db.query<WalletRow>({
    name: "wallets-by-address",
    text: `select ${columns} from wallet where address = any($1)`,
    values: [addresses],
  });
  return new Map(found.rows.map((row) => [row.address, row]));
}

/** Those of these accounts that a broker keeps, as the register says. */
export async function accountsKeptBy(
  db: Queryable,
  custodianId: number,
  addresses: readonly string[],
): Promise<Set<string>> {
  const found = await db.query<{ address: string }>({
    name: "accounts-kept-by",
    text: "select address from account where custodian_id = $1 and address = any($2)",
    values: [custodianId, addresses],
  });
  return new Set(found.rows.map(({ address }) => address));
}

export type WalletView = { as: "broker"; partyId: string } | { as: "everything" };

export interface WalletFilter extends Page {
  investorId?: string | undefined;
  address?: string | undefined;
}

/** Wallets by address; one more than `limit`, if there are more. */
export function listWallets(
  prisma: PrismaClient,
  view: WalletView,
  { investorId, address, ...page }: WalletFilter,
): Promise<WalletRow[]> {
  const visible: Prisma.WalletWhereInput = view.as === "broker" ? { brokerId: view.partyId } : {};
  return prisma.wallet.findMany(pageByAddress(page, visible, given({ investorId, address }))) as Promise<
    WalletRow[]
  >;
}
