import { dayOfIso, isoOfDay } from "@genbo/domain/jst";
import type { Lot } from "@genbo/register/state";

/** Lots as the `lots` columns hold them: `[["2021-08-10", "12"], …]`, oldest first. */
export type LotsJson = [acquiredOn: string, units: string][];

/** As JSON text: written for every entry and period, where `JSON.stringify` took several times as long. */
export const lotsText = (lots: readonly Lot[]): string =>
  `[${lots.map(({ acquiredOn, units }) => `["${isoOfDay(acquiredOn)}","${units}"]`).join(",")}]`;

export const lotsFromJson = (json: LotsJson): Lot[] =>
  json.map(([acquiredOn, units]) => ({ acquiredOn: dayOfIso(acquiredOn)!, units: BigInt(units) }));
