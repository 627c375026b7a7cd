import type { aggregateTable } from "@genbo/api-schema/aggregates";
import { type HeldAccount, heldAccounts } from "@genbo/database/register/aggregates";
import { namedUntil, type Position } from "@genbo/database/register/read-position";
import { brokersOf } from "@genbo/database/register/write-subjects";
import { particularsAt } from "@genbo/database/vault/at";
import { type Cell, cellHoldersMin, cellsBy, sizeBandOf, withoutSmallCells } from "@genbo/domain/aggregates";
import { classesOf } from "@genbo/domain/investor-class";
import type { z } from "zod";
import type { ApiContext } from "../context.ts";

interface Holder {
  units: bigint;
  accounts: HeldAccount[];
}

export interface Aggregates {
  /** Null below the bound. */
  holders: number | null;
  byClass: z.input<typeof aggregateTable>;
  bySize: z.input<typeof aggregateTable>;
  byRegion: z.input<typeof aggregateTable>;
  byBroker: z.input<typeof aggregateTable>;
}

/** Accounts whose addresses are opened at once. */
const openedAtOnce = 2_000;

/**
 * Sums over the holders of a state by class, size, region and broker, small cells taken out. Addresses are opened to
 * read the prefecture alone; no name, account or person leaves this function.
 */
export async function aggregatesOf(ctx: ApiContext, at: Position): Promise<Aggregates> {
  const accounts = await heldAccounts(ctx.pool, at);
  const persons = new Map<string, Holder>();
  for (const account of accounts) {
    const holder = persons.get(account.personId) ?? { units: 0n, accounts: [] };
    persons.set(account.personId, {
      units: holder.units + account.units,
      accounts: [...holder.accounts, account],
    });
  }
  const holders = [...persons.values()];
  const regions = await regionsOf(ctx, namedUntil(at), accounts);
  const brokers = await brokersOf(ctx.pool, [...new Set(accounts.map(({ custodian }) => custodian))]);
  // A person counts once with each broker that keeps units of his.
  const atBrokers = holders.flatMap(({ accounts: own }) =>
    [...new Set(own.map(({ custodian }) => custodian))].map((custodian) => ({
      custodian,
      units: own.reduce((sum, each) => sum + (each.custodian === custodian ? each.units : 0n), 0n),
    })),
  );
  return {
    holders: holders.length < cellHoldersMin ? null : holders.length,
    byClass: shown(cellsBy(holders, (holder) => classesOf(firstOf(holder).classBits).join("+"))),
    bySize: shown(cellsBy(holders, ({ units }) => sizeBandOf(units))),
    byRegion: shown(cellsBy(holders, (holder) => regions.get(firstOf(holder).account) ?? "")),
    byBroker: shown(cellsBy(atBrokers, ({ custodian }) => brokers.get(custodian) ?? "")),
  };
}

const firstOf = ({ accounts }: Holder): HeldAccount => accounts[0]!;

/** Prefecture in Japan, country elsewhere, by account; none for whom the key was destroyed. */
async function regionsOf(
  ctx: ApiContext,
  until: number | Date,
  accounts: readonly HeldAccount[],
): Promise<Map<string, string>> {
  const regions = new Map<string, string>();
  for (let at = 0; at < accounts.length; at += openedAtOnce) {
    const part = accounts.slice(at, at + openedAtOnce).map(({ account }) => account);
    for (const [account, { opened }] of await particularsAt(ctx.pool, ctx.vaultKeys, until, part)) {
      const address = opened?.particulars.address as { country: string; prefecture: string } | undefined;
      if (address !== undefined)
        regions.set(account, address.country === "JP" ? address.prefecture : address.country);
    }
  }
  return regions;
}

function shown(cells: readonly Cell[]): z.input<typeof aggregateTable> {
  const { cells: kept, others } = withoutSmallCells(cells);
  return {
    cells: kept.map((cell) => ({ ...cell, units: String(cell.units) })),
    others: others && {
      holders: others.holders,
      units: others.units === null ? null : String(others.units),
    },
  };
}
