import { nobody } from "./facts.ts";
import { Successions } from "./successions.ts";
import { freezeId, ofPolicy } from "./words.ts";

/**
 * What one token should do, in plain TypeScript: no slots, no packing, no batches. It answers each act with a
 * refusal code (0: done) and appends the entries that the act makes. The differential test plays the same acts
 * against the contract. This file adds consolidation and split to the acts of the others.
 */
export class Model extends Successions {
  ratio: { n: bigint; d: bigint; ref: string; total: bigint; carried: Set<string>; sum: bigint } | null =
    null;

  beginRatio(n: bigint, d: bigint, ref: string): number {
    if (this.policy.ratio) return 18;
    const next = (this.cap * n) / d;
    if (next === 0n || this.supply === 0n) return 55;
    this.ratio = { n, d, ref, total: this.supply, carried: new Set(), sum: 0n };
    if (n > d) this.cap = next;
    this.policy.ratio = true;
    this.note({ ...ofPolicy(this.policy), ref });
    this.noteRatio(this.supply, nobody, nobody, ref, 0n);
    return 0;
  }

  /** Code of one row. @param ids as they are named */
  carryOne(account: string, ids: string[]): number {
    const ratio = this.ratio!;
    const all = this.openHolds(account);
    const waits = this.waitingOf(account);
    if (ratio.carried.has(account)) return 54;
    if (this.balance(account) === 0n && waits.length === 0 && !this.frozen.get(account)) return 4;
    const known = ids.every((id) => all.some(([own]) => own === id) && !waits.includes(id));
    if (!known || ids.some((id, at) => at > 0 && BigInt(id) <= BigInt(ids[at - 1]!))) return 41;
    const held = [...ids, ...waits].reduce((sum, id) => sum + this.holds.get(id)!.units, 0n);
    if (held !== this.encumbered(account)) return 48;
    ratio.carried.add(account);
    ratio.sum += this.balance(account);
    if (ratio.n > ratio.d) this.scaleUnits(account);
    for (const id of [...ids, ...waits]) this.scaleHold(account, id);
    const frozen = this.frozen.get(account) ?? 0n;
    if (frozen > 0n) {
      this.frozen.set(account, this.scaled(frozen));
      const id = freezeId(account);
      this.noteRatio(this.scaled(frozen), account, nobody, id, frozen);
    }
    if (ratio.n < ratio.d) this.scaleUnits(account);
    return 0;
  }

  endRatio(ref: string): number {
    const { ratio } = this;
    if (!this.policy.ratio || ratio === null || ratio.sum !== ratio.total || ratio.ref !== ref) return 55;
    if (ratio.n < ratio.d) this.cap = this.scaled(this.cap);
    this.noteRatio(this.supply, nobody, nobody, ref, 0n);
    this.policy.ratio = false;
    this.note({ ...ofPolicy(this.policy), ref });
    return 0;
  }

  protected scaled = (units: bigint): bigint => (units * this.ratio!.n) / this.ratio!.d;

  protected scaleUnits(account: string): void {
    const was = this.balance(account);
    this.units.set(account, this.scaled(was));
    this.supply += this.scaled(was) - was;
    this.noteRatio(this.scaled(was), account, account, this.ratio!.ref, was);
  }

  protected scaleHold(account: string, id: string): void {
    const hold = this.holds.get(id)!;
    const was = hold.units;
    hold.units = this.scaled(was);
    if (hold.claim > 0n) {
      hold.claim = this.scaled(hold.claim);
      if (hold.claim <= hold.units) {
        this.waiting.splice(this.waiting.indexOf(id), 1);
        hold.claim = 0n;
      }
    }
    if (hold.units === 0n && hold.claim === 0n) hold.state = "closed";
    this.noteRatio(hold.units, account, nobody, id, was);
  }

  protected noteRatio(units: bigint, from: string, to: string, ref: string, was: bigint): void {
    const { n, d } = this.ratio!;
    const data = (n << 128n) | (((was * n) % d) << 64n) | d;
    this.note({ kind: 12, basis: n < d ? 9 : 10, units, from, to, ref, data });
  }
}
