import { dayOfIso, isoOfDay } from "@genbo/domain/jst";
import type { Lot } from "@genbo/register/state";

/** Lots as the `lots` columns hold them: `[["2021-08-10", "12"], …]`, oldest first. */
export type LotsJson = [acquiredOn: string, units: string][];

export const lotsToJson = (lots: readonly Lot[]): LotsJson =>
  lots.map(({ acquiredOn, units }) => [isoOfDay(acquiredOn), units.toString()]);

export const lotsFromJson = (json: LotsJson): Lot[] =>
  json.map(([acquiredOn, units]) => ({ acquiredOn: dayOfIso(acquiredOn)!, units: BigInt(units) }));
