import { type ModelSuccessor, nobody } from "./facts.ts";
import { LegalActs } from "./legal-acts.ts";
import { daysOf, keepDays, partId } from "./words.ts";

const isPart = 2n << 252n;

/** Everything of an account goes to those who succeed its holder. */
export class Successions extends LegalActs {
  passOn(from: string, rows: readonly ModelSuccessor[], ids: readonly string[]): number {
    const code =
      this.successorsFail(from, rows, ids) ||
      this.partsFail(from, rows, ids) ||
      this.restFails(from, rows, ids);
    if (code !== 0) return code;
    const queue = this.waitingOf(from);
    const sole = rows.length === 1;
    for (const { to, units, ref, data } of rows)
      if (units > 0n) this.move({ kind: 4, basis: 5, units, from, to, ref, data: wordOf(data) });
    for (const [place, id] of ids.entries()) {
      for (const { to, data, parts } of rows) {
        const { units, claim } = parts[place]!;
        if (claim > 0n) this.pass(id, sole ? id : partId(id, to), { from, to, units, claim, data });
      }
      if (!sole) Object.assign(this.holds.get(id)!, { state: "closed", claim: 0n });
    }
    for (const id of queue) this.waiting.splice(this.waiting.indexOf(id), 1);
    for (const { to } of rows) {
      const own = queue.map((id) => (sole ? id : partId(id, to)));
      this.waiting.push(...own.filter((id) => (this.holds.get(id)?.claim ?? 0n) > 0n));
    }
    return 0;
  }

  private pass(
    id: string,
    next: string,
    {
      from,
      to,
      units,
      claim,
      data,
    }: { from: string; to: string; units: bigint; claim: bigint; data: bigint },
  ): void {
    const hold = this.holds.get(id)!;
    this.units.set(from, this.balance(from) - units);
    this.units.set(to, this.balance(to) + units);
    if (next === id) hold.account = to;
    else {
      const first = hold.first === null ? null : partId(hold.first, to);
      const waits = claim === units ? 0n : claim;
      this.holds.set(next, { ...hold, account: to, units, claim: waits, first, state: "open" });
    }
    this.note({
      kind: 17,
      basis: 5,
      units,
      from,
      to,
      ref: id,
      data: wordOf(data) | (claim << 64n) | (next === id ? 0n : isPart),
    });
  }

  private successorsFail(from: string, rows: readonly ModelSuccessor[], ids: readonly string[]): number {
    let [unheld, balance] = [this.unheld(from), this.balance(from)];
    for (const [index, { to, units, parts }] of rows.entries()) {
      if (rows.findIndex((row) => row.to === to) < index) return 5;
      if (parts.length !== ids.length) return 48;
      const all = parts.reduce((sum, part) => sum + part.units, units);
      const codes = this.failing(from, to, all).filter((code) => [2, 3, 4, 5, 30, 31, 32, 33].includes(code));
      if (all > balance || units > unheld) codes.push(1);
      if (codes.length > 0) return Math.min(...codes);
      unheld -= units;
      balance -= units;
    }
    return 0;
  }

  private partsFail(from: string, rows: readonly ModelSuccessor[], ids: readonly string[]): number {
    for (const [place, id] of ids.entries()) {
      const hold = this.holds.get(id);
      if (hold?.account !== from || hold.state === "closed" || ids.indexOf(id) < place) return 41;
      if (hold.kind < 3) return 51;
      const parts = rows.map((row) => row.parts[place]!);
      const sum = (of: "units" | "claim") => parts.reduce((all, part) => all + part[of], 0n);
      if (parts.some(({ units, claim }) => claim < units)) return 48;
      if (sum("units") !== hold.units || sum("claim") !== (hold.claim || hold.units)) return 48;
      if (rows.some(({ to, parts: own }) => own[place]!.claim > 0n && hold.to === to && to !== nobody))
        return 5;
    }
    return 0;
  }

  /** All must be named, and the queues must have room. */
  private restFails(from: string, rows: readonly ModelSuccessor[], ids: readonly string[]): number {
    const queue = this.waitingOf(from);
    if (queue.some((id) => !ids.includes(id))) return 48;
    for (const { to, parts } of rows) {
      const waits = queue.filter((id) => {
        const { units, claim } = parts[ids.indexOf(id)]!;
        return claim > units;
      });
      if (queue.length > 0 && this.waitingOf(to).length + waits.length > 8) return 53;
    }
    const passed = rows.reduce((sum, { units }) => sum + units, 0n);
    const held = ids.reduce((sum, id) => sum + this.holds.get(id)!.units, 0n);
    return passed + held !== this.balance(from) || (this.frozen.get(from) ?? 0n) > 0n ? 48 : 0;
  }
}

const wordOf = (data: bigint): bigint => (data & keepDays) | daysOf(data);
