import fc from "fast-check";
import type { ChainEntry } from "../src/state.ts";
import { account, createChain, firstDay } from "./chain.ts";

/** Accounts that acts are about. */
export const accounts = 6;
const act = fc.record({
  kind: fc.constantFrom(
    "issue",
    "issue",
    "redeem",
    "move",
    "move",
    "hold",
    "accept",
    "execute",
    "execute",
    "release",
  ),
  from: fc.nat(accounts - 1),
  to: fc.nat(accounts - 1),
  /** 0 = all that are free, or all that the hold has. */
  wanted: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 40n })),
  /** Days since the act before. */
  later: fc.nat(2),
  lot: fc.option(fc.nat(9), { nil: null }),
  keepDates: fc.boolean(),
});
export type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
export const acts = fc.array(act, { minLength: 1, maxLength: 60, size: "max" });

/** The entries of those acts that the contract would let through, kept by the simplest ledger that can be. */
export function entriesOf(list: readonly Act[]): {
  entries: ChainEntry[];
  units: Map<string, bigint>;
  held: Map<string, bigint>;
} {
  const chain = createChain();
  const units = new Map<string, bigint>();
  const held = new Map<string, bigint>();
  const holds: { entry: ChainEntry; left: bigint }[] = [];
  const add = (map: Map<string, bigint>, key: string, by: bigint) => map.set(key, (map.get(key) ?? 0n) + by);
  let day = 0;
  for (const { kind, lot, keepDates, later, wanted, ...each } of list) {
    day += later;
    const [from, to] = [account(each.from), account(each.to)];
    const free = (units.get(from) ?? 0n) - (held.get(from) ?? 0n);
    const data = { lotAcquiredOn: lot === null ? 0 : firstDay + lot };
    const amount = wanted === 0n ? free : wanted;
    const can = amount > 0n && amount <= free;
    if (kind === "issue") {
      chain.issue(to, wanted + 1n, day);
      add(units, to, wanted + 1n);
    } else if (kind === "redeem" && can) {
      chain.redeem(from, amount, day);
      add(units, from, -amount);
    } else if (kind === "move" && can && from !== to) {
      chain.move(from, to, amount, day, { ...data, keepDates });
      add(units, from, -amount);
      add(units, to, amount);
    } else if (kind === "hold" && can && from !== to) {
      holds.push({
        entry: chain.hold(from, to, amount, day, { ...data, kind: 1 + (each.to % 6) }),
        left: amount,
      });
      add(held, from, amount);
    }
    const hold = holds.find((open) => open.left > 0n);
    if (hold === undefined || !["accept", "execute", "release"].includes(kind)) continue;
    const part = wanted === 0n || wanted > hold.left ? hold.left : wanted;
    if (kind === "accept") chain.onHold("HOLD_ACCEPTED", hold.entry, hold.left, day);
    else {
      chain.onHold(kind === "execute" ? "HOLD_EXECUTED" : "HOLD_RELEASED", hold.entry, part, day);
      hold.left -= part;
      add(held, hold.entry.from, -part);
    }
    if (kind === "execute") {
      add(units, hold.entry.from, -part);
      add(units, hold.entry.to, part);
    }
  }
  return { entries: chain.entries, units, held };
}
