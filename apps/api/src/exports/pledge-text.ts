import type { HoldAt } from "@genbo/database/register/read-holds";
import type { Shown } from "./people.ts";

/**
 * Who the pledgee is and of how many units (Trust Act 201(1), Companies Act 694(1)); behind other pledges on the same
 * units its rank, and how many of them it waits for. A part that one of several successors has says of which pledge: every
 * part secures the whole claim (Civil Code 296, 350).
 */
export const pledgeText = (
  { target, units, claimed, rank, partOf }: HoldAt,
  pledgee: Shown | undefined,
): string =>
  [
    ...[pledgee?.name, pledgee?.address, target, String(units)],
    ...(rank === 1 ? [] : [`第${rank}順位`]),
    ...(claimed === units ? [] : [`順位待ち${claimed - units}`]),
    ...(partOf === null ? [] : [`共同相続人等の持分（不可分・全部の債権を担保する質権 ${partOf}）`]),
  ]
    .filter(Boolean)
    .join(" ");
