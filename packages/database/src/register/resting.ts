import type { Holding, Holdings } from "@genbo/register/state";

/**
 * Holdings of which few are touched at a time. The others rest as text: a third of an object's memory, and nothing that
 * the garbage collector has to walk.
 */
export interface RestingHoldings extends Holdings {
  /** What was touched rests again. */
  rest(): void;
  /** Notes that an account was asked for. @returns whether it never was before */
  ask(account: string): boolean;
  /** How many were asked for. */
  size(): number;
}

export function createRestingHoldings(): RestingHoldings {
  /** Of every account that was asked for; empty where it has no units. */
  const resting = new Map<string, string>();
  const touched = new Map<string, Holding>();
  return {
    get: (account) => {
      const found = touched.get(account);
      const text = found === undefined ? resting.get(account) : undefined;
      if (!text) return found;
      const holding = holdingOf(account, text);
      touched.set(account, holding);
      return holding;
    },
    set: (account, holding) => touched.set(account, holding),
    delete: (account) => {
      touched.delete(account);
      resting.set(account, "");
    },
    rest: () => {
      for (const [account, holding] of touched) resting.set(account, textOf(holding));
      touched.clear();
    },
    ask: (account) => {
      const isNew = !resting.has(account);
      if (isNew) resting.set(account, "");
      return isNew;
    },
    size: () => resting.size,
  };
}

/** Joined and not put together piece by piece, which keeps the pieces. */
function textOf({ person, units, encumbered, fromSeq, lots }: Holding): string {
  const parts: (string | number | bigint)[] = [person, units, encumbered, fromSeq];
  for (const lot of lots) parts.push(lot.acquiredOn, lot.units);
  return parts.join(" ");
}

function holdingOf(account: string, text: string): Holding {
  const [person, units, encumbered, fromSeq, ...rest] = text.split(" ") as [string, string, string, string];
  const lots = [];
  for (let at = 0; at < rest.length; at += 2)
    lots.push({ acquiredOn: Number(rest[at]), units: BigInt(rest[at + 1]!) });
  return {
    account,
    person,
    units: BigInt(units),
    encumbered: BigInt(encumbered),
    lots,
    fromSeq: Number(fromSeq),
  };
}
