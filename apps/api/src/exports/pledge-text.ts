import type { HoldAt } from "@genbo/database/register/read-holds";
import type { Shown } from "./people.ts";

/**
 * Who the pledgee is and of how many units (Trust Act 201(1), Companies Act 694(1)); behind other pledges on the same
 * units its rank, and how many of them it waits for.
 */
export const pledgeText = ({ target, units, claimed, rank }: HoldAt, pledgee: Shown | undefined): string =>
  [
    ...[pledgee?.name, pledgee?.address, target, String(units)],
    ...(rank === 1 ? [] : [`第${rank}順位`]),
    ...(claimed === units ? [] : [`順位待ち${claimed - units}`]),
  ]
    .filter(Boolean)
    .join(" ");
