import type { ModelHold } from "./facts.ts";
import { Rules } from "./rules.ts";
import { ofHold } from "./words.ts";

/** What a hold does to the units of its account, and to those that wait for them. */
export class Holds extends Rules {
  protected open(ref: string, hold: ModelHold): void {
    this.holds.set(ref, hold);
    this.note({ kind: 6, ...ofHold(hold), ref });
  }

  protected execute(ref: string, hold: ModelHold, units: bigint): void {
    hold.units -= units;
    if (hold.claim > 0n) hold.claim -= units;
    if (hold.units === 0n && hold.claim === 0n) hold.state = "closed";
    this.move({ kind: 8, ...ofHold(hold), units, ref });
  }

  protected end(ref: string, hold: ModelHold, basis: number): void {
    hold.state = "closed";
    if (hold.claim > 0n) this.waiting.splice(this.waiting.indexOf(ref), 1);
    hold.claim = 0n;
    this.note({ kind: 9, ...ofHold(hold), basis, ref });
  }

  protected release(ref: string, hold: ModelHold, basis: number): number {
    const { units } = hold;
    this.end(ref, hold, basis);
    this.succeed(ref, units);
    this.cover(hold.account);
    return 0;
  }

  /** What a pledge frees goes to those behind it on the same units. */
  protected succeed(ref: string, freed: bigint): void {
    const { account, first } = this.holds.get(ref)!;
    let left = freed;
    for (const id of this.waitingOf(account)) {
      if (this.holds.get(id)!.first === (first ?? ref)) left -= this.take(id, left);
    }
  }

  protected cover(account: string): void {
    for (const id of this.waitingOf(account)) {
      if (this.holds.get(id)!.kind === 4) this.take(id, this.unheld(account));
    }
  }

  /** How many of at most so many units a hold that waits takes. */
  protected take(id: string, most: bigint): bigint {
    const hold = this.holds.get(id)!;
    const taken = least(hold.claim - hold.units, most);
    if (taken === 0n) return 0n;
    hold.units += taken;
    if (hold.units === hold.claim) {
      hold.claim = 0n;
      this.waiting.splice(this.waiting.indexOf(id), 1);
    }
    this.note({ kind: 10, ...ofHold(hold), to: hold.account, ref: id });
    return taken;
  }

  protected carry(id: string, hold: ModelHold, lost: string, replacement: string): void {
    hold.account = replacement;
    this.units.set(lost, this.balance(lost) - hold.units);
    this.units.set(replacement, this.balance(replacement) + hold.units);
    this.note({ kind: 10, ...ofHold(hold), basis: 19, from: lost, to: replacement, ref: id });
  }
}

export function least(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
