import type { OrderFacts } from "@genbo/database/issues/transfers-facts";
import { dayOf } from "@genbo/domain/jst";

interface Promised {
  issueId: string;
  from: string;
  units: bigint;
  lotAcquiredOn?: string | undefined;
}

/** The facts of each order once those before it hold their units: neither an account nor a lot promises them twice. */
export function afterEachOther(facts: readonly OrderFacts[], orders: readonly Promised[]): OrderFacts[] {
  const promised = new Map<string, bigint>();
  const take = (key: string, units: bigint): bigint => {
    const before = promised.get(key) ?? 0n;
    promised.set(key, before + units);
    return before;
  };
  return facts.map((fact, index) => {
    const { issueId, from, units, lotAcquiredOn } = orders[index]!;
    const account = `${issueId} ${from}`;
    const free = fact.from.free - take(account, units);
    if (lotAcquiredOn === undefined) return { ...fact, from: { ...fact.from, free } };
    const day = dayOf(lotAcquiredOn);
    const left = (fact.from.lots.get(day) ?? 0n) - take(`${account} ${day}`, units);
    return { ...fact, from: { ...fact.from, free, lots: new Map([...fact.from.lots, [day, left]]) } };
  });
}
