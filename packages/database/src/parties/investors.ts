import { insertPart, type Part } from "../commands/statement.ts";
import type { Investor, Prisma, PrismaClient } from "../generated/client.ts";
import type { Queryable } from "../sql/connection.ts";
import { given, type Page, pageById } from "../sql/page.ts";
import type { WalletRow } from "./wallets.ts";

export interface NewInvestor {
  id: string;
  brokerId: string;
  externalId: string;
  personId: string;
  classBits: number;
  country: number;
  taxCategory: string;
  validUntil: Date;
  at: Date;
}

export const investorsPart = (rows: readonly NewInvestor[]): Part =>
  insertPart<NewInvestor>(
    "investor",
    {
      id: ["text", (row) => row.id],
      broker_id: ["text", (row) => row.brokerId],
      external_id: ["text", (row) => row.externalId],
      person_id: ["text", (row) => row.personId],
      class_bits: ["int", (row) => row.classBits],
      country: ["smallint", (row) => row.country],
      tax_category: ["text", (row) => row.taxCategory],
      valid_until: ["timestamptz", (row) => row.validUntil],
      created_at: ["timestamptz", (row) => row.at],
    },
    rows,
  );
export interface NewTaxStatus {
  personId: string;
  taxCategory: string;
  /** JST day, ISO. */
  effectiveOn: string;
  at: Date;
}

export const taxStatusPart = (rows: readonly NewTaxStatus[]): Part =>
  insertPart<NewTaxStatus>(
    "tax_status",
    {
      person_id: ["text", (row) => row.personId],
      effective_on: ["date", (row) => row.effectiveOn],
      known_at: ["timestamptz", (row) => row.at],
      tax_category: ["text", (row) => row.taxCategory],
    },
    rows,
  );

/** A later status, with the person's row locked. Two requests of one millisecond are known one after the other. */
export const changedTaxStatusPart = (row: NewTaxStatus): Part => ({
  name: "changed_tax_status",
  sql: (param, from) => {
    const person = param(row.personId, "text");
    const last = `(select max(known_at) + interval '1 microsecond' from tax_status where person_id = ${person})`;
    return `insert into tax_status (person_id, effective_on, known_at, tax_category)
      select ${person}, ${param(row.effectiveOn, "date")}, greatest(${param(row.at, "timestamptz")}, ${last}),
        ${param(row.taxCategory, "text")} from ${from}`;
  },
});

/** The tax status of persons on a day, as it was known at an instant; none for whom none was known. */
export async function taxStatusOn(
  db: Queryable,
  personIds: readonly string[],
  day: string,
  known: Date,
): Promise<Map<string, string>> {
  const found = await db.query<{ person: string; category: string }>({
    name: "tax-status-on",
    text: `select w.person, t.tax_category as category from unnest($1::text[]) as w (person) cross join lateral (
        select tax_category from tax_status where person_id = w.person and effective_on <= $2 and known_at <= $3
        order by effective_on desc, known_at desc limit 1) t`,
    values: [personIds, day, known],
  });
  return new Map(found.rows.map(({ person, category }) => [person, category]));
}

export const investorConstraint = "investor_broker_id_external_id_key";

export interface InvestorChange {
  id: string;
  classBits: number;
  country: number;
  taxCategory: string;
  validUntil: Date;
}

export const changeInvestorPart = (change: InvestorChange): Part => ({
  name: "change_investor",
  sql: (param, from) => `update investor set class_bits = ${param(change.classBits, "int")},
      country = ${param(change.country, "smallint")}, tax_category = ${param(change.taxCategory, "text")},
      valid_until = ${param(change.validUntil, "timestamptz")}
    from ${from} where id = ${param(change.id, "text")} returning 1`,
});

/** An investor as commands see it. */
export interface InvestorRow extends Omit<NewInvestor, "at"> {
  flags: number;
  createdAt: Date;
}

const columns = `id, broker_id as "brokerId", external_id as "externalId", person_id as "personId",
  class_bits as "classBits", country, tax_category as "taxCategory", flags, valid_until as "validUntil",
  created_at as "createdAt"`;

/**
 * A broker's customers by its own numbers; those that it has not got are left out.
 * @param lock keeps their data from changing until the transaction ends
 */
export async function customersByNumber(
  db: Queryable,
  brokerId: string,
  externalIds: readonly string[],
  lock: "" | "for share" = "",
): Promise<Map<string, InvestorRow>> {
  const found = await db.query<InvestorRow>({
    name: `customers-by-number ${lock}`,
    text: `select ${columns} from investor where broker_id = $1 and external_id = any($2) order by id ${lock}`,
    values: [brokerId, externalIds],
  });
  return new Map(found.rows.map((row) => [row.externalId, row]));
}

/** A broker's customer by id, locked against a change at the same time until the transaction ends. */
export async function customerForChange(
  tx: Queryable,
  brokerId: string,
  id: string,
): Promise<InvestorRow | undefined> {
  const text = `select ${columns} from investor where broker_id = $1 and id = $2 for no key update`;
  return (await tx.query<InvestorRow>(text, [brokerId, id])).rows[0];
}

/** An investor by id, locked against a change at the same time until the transaction ends. */
export async function investorForChange(tx: Queryable, id: string): Promise<InvestorRow | undefined> {
  const text = `select ${columns} from investor where id = $1 for no key update`;
  return (await tx.query<InvestorRow>(text, [id])).rows[0];
}

/** A person's investor, locked against a change at the same time until the transaction ends. */
export async function investorOfPersonForChange(
  tx: Queryable,
  personId: string,
): Promise<InvestorRow | undefined> {
  const text = `select ${columns} from investor where person_id = $1 for no key update`;
  return (await tx.query<InvestorRow>(text, [personId])).rows[0];
}

/** The investor behind an account, locked against a change at the same time until the transaction ends. */
export async function investorOfAccountForChange(
  tx: Queryable,
  account: string,
): Promise<InvestorRow | undefined> {
  const text = `select ${columns} from investor
    where person_id = (select person_id from account where address = $1) for no key update`;
  return (await tx.query<InvestorRow>(text, [account])).rows[0];
}

/** Which investors a party sees: a broker its own customers. */
export type InvestorView = { as: "broker"; partyId: string } | { as: "everything" };

const visible = (view: InvestorView): Prisma.InvestorWhereInput =>
  view.as === "broker" ? { brokerId: view.partyId } : {};

export interface InvestorFilter extends Page {
  externalId?: string | undefined;
  personId?: string | undefined;
}

/** Investors, oldest first; one more than `limit`, if there are more. */
export const listInvestors = (
  prisma: PrismaClient,
  view: InvestorView,
  { externalId, personId, ...page }: InvestorFilter,
): Promise<Investor[]> =>
  prisma.investor.findMany(pageById(page, visible(view), given({ externalId, personId })));

export type InvestorWithWallets = Investor & { wallets: WalletRow[] };

export const findInvestor = (
  prisma: PrismaClient,
  view: InvestorView,
  id: string,
): Promise<InvestorWithWallets | null> =>
  prisma.investor.findFirst({
    where: { AND: [{ id }, visible(view)] },
    include: { wallets: { orderBy: { createdAt: "asc" } } },
  }) as Promise<InvestorWithWallets | null>;

/** Whether a person is the broker's customer. */
export const isCustomer = async (
  prisma: PrismaClient,
  brokerId: string,
  personId: string,
): Promise<boolean> => (await prisma.investor.count({ where: { brokerId, personId } })) > 0;
