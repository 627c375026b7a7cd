import type { RegisterExport } from "@genbo/database/register/exports";
import { namedUntil } from "@genbo/database/register/read-position";
import { particularsAt } from "@genbo/database/vault/at";
import type { ApiContext } from "../context.ts";
import { namedAccounts } from "../register/own-sides.ts";

/** Name and address as the register shows them; null once the person's key was destroyed. */
export interface Shown {
  name: string | null;
  address: string | null;
}

interface Known {
  name: { kanji: string } | null;
  address: { postalCode: string; prefecture: string; city: string; street: string; country: string } | null;
}

/** The persons behind accounts as the registry named them at the export's moment; of a broker's, its own alone. */
export async function peopleOf(
  ctx: Pick<ApiContext, "pool" | "vaultKeys">,
  order: RegisterExport,
  accounts: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, Shown>> {
  if (!order.names) return new Map();
  const { custodianId, position } = order;
  const asked = accounts.filter((account) => account !== null);
  const visible = await namedAccounts(ctx.pool, custodianId, asked);
  const found = await particularsAt(ctx.pool, ctx.vaultKeys, namedUntil(position), visible);
  return new Map([...found].map(([account, { opened }]) => [account, shownOf(opened?.particulars ?? {})]));
}

export function shownOf(person: { name?: unknown; address?: unknown }): Shown {
  const { name, address } = person as Partial<Known>;
  return { name: name?.kanji ?? null, address: address ? addressLine(address) : null };
}

const addressLine = ({ postalCode, prefecture, city, street, country }: NonNullable<Known["address"]>) =>
  `〒${postalCode} ${prefecture}${city}${street}${country === "JP" ? "" : ` ${country}`}`;
