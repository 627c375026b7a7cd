import { ZeroHash } from "ethers";
import { type ModelHold, nobody } from "./facts.ts";
import { least } from "./holds.ts";
import { Transfers } from "./transfers.ts";
import { daysOf, freezeId, holdWord, keepDays, ofHold, ofPolicy } from "./words.ts";

/** Bases of an order. */
const orders = [3, 4, 5, 6, 7, 8, 18];

/** Holds by others than the parties, orders, recovery, freeze and stop. */
export class LegalActs extends Transfers {
  createDvp(hold: ModelHold, custodian: number, ref: string): number {
    const { account, to, units, expiryMinutes, kind, controller } = hold;
    const codes = [
      ...this.failing(account, to, units),
      ...this.actor(account, custodian),
      ...this.newHold(ref, expiryMinutes),
    ];
    if (kind !== 2) codes.push(51);
    if (controller === nobody) codes.push(46);
    return this.unless(codes, () => this.open(ref, { ...hold, basis: 2 }));
  }

  createByRegistrar(hold: ModelHold, ref: string, behind = ZeroHash): number {
    const { account, to, units, expiryMinutes, kind, controller } = hold;
    const attaches = kind === 4;
    const sender = this.records.get(account);
    const codes = this.newHold(ref, expiryMinutes);
    if (behind !== ZeroHash) codes.push(...this.behindFails(hold, behind));
    else if (units > (attaches ? this.balance(account) : this.free(account))) codes.push(1);
    if (units === 0n) codes.push(4);
    if (account === to) codes.push(5);
    if (attaches && to !== nobody) codes.push(3);
    if (!attaches && !sender) codes.push(20);
    if (!attaches && sender && sender.flags !== 0n) codes.push(21);
    if (kind < 3 || kind > 5 || (expiryMinutes !== 0 && kind !== 5)) codes.push(51);
    if (controller === nobody && expiryMinutes === 0) codes.push(46);
    const waits = behind !== ZeroHash || (attaches && units > this.unheld(account));
    if (waits && this.waitingOf(account).length === 8) codes.push(53);
    return this.unless(codes, () => {
      const basis = kind === 3 ? 11 : kind === 4 ? 16 : 0;
      if (behind !== ZeroHash) {
        const first = this.holds.get(behind)!.first ?? behind;
        this.open(ref, { ...hold, basis, units: 0n, claim: units, first });
        this.waiting.push(ref);
        return this.note({ kind: 15, basis, units, from: account, to: account, ref, data: BigInt(first) });
      }
      if (units <= this.unheld(account)) return this.open(ref, { ...hold, basis });
      this.holds.set(ref, { ...hold, basis, units: 0n, claim: units });
      this.waiting.push(ref);
      this.note({ kind: 6, basis, units, from: account, to: account, ref, data: holdWord(hold) });
      this.cover(account);
    });
  }

  protected behindFails({ account, units, kind }: ModelHold, behind: string): number[] {
    const ahead = this.holds.get(behind);
    const codes = kind === 3 ? [] : [51];
    if (ahead?.state !== "open" || ahead.account !== account || ahead.kind !== 3) codes.push(41);
    else if (units > (ahead.claim || ahead.units)) codes.push(1);
    if (this.waitingOf(account).some((id) => this.holds.get(id)!.kind === 4)) codes.push(56);
    return codes;
  }

  assign(ref: string, pledgee: string, controller: string, caller: string): number {
    const hold = this.holds.get(ref);
    if (hold?.kind !== 3 || hold.state === "closed") return 41;
    if (hold.controller !== caller || controller === nobody) return 46;
    if (pledgee === nobody) return 3;
    if (pledgee === hold.account) return 5;
    if (!this.records.has(pledgee)) return 30;
    hold.to = pledgee;
    hold.controller = controller;
    this.note({ kind: 16, ...ofHold(hold), to: pledgee, ref });
    return 0;
  }

  executeHold(ref: string, units: bigint, caller: string): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.kind === 1 || hold.state === "closed") return 41;
    if (hold.controller !== caller) return 46;
    if (this.isPast(hold.expiryMinutes)) return 43;
    if (hold.to === nobody) return 51;
    if (units > hold.units) return 1;
    const { acceptance, approval } = this.policy;
    if (hold.kind === 2 && (acceptance || approval) && hold.state !== "accepted") return 42;
    return this.unless(this.failing(hold.account, hold.to, units, true), () =>
      this.execute(ref, hold, units),
    );
  }

  releaseHold(ref: string, caller: string): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.kind === 1 || hold.state === "closed") return 41;
    if (hold.controller !== caller && !this.isPast(hold.expiryMinutes)) return 46;
    return this.release(ref, hold, hold.kind === 3 ? 12 : hold.kind === 4 ? 17 : 0);
  }

  releaseByOrder(ref: string, basis: number): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.state === "closed") return 41;
    if (!orders.includes(basis)) return 52;
    return this.release(ref, hold, basis);
  }

  changeController(ref: string, controller: string, caller: string): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.state === "closed") return 41;
    if (hold.controller !== caller || controller === nobody) return 46;
    hold.controller = controller;
    this.note({ kind: 10, ...ofHold(hold), to: hold.account, ref });
    return 0;
  }

  enforce(
    from: string,
    to: string,
    units: bigint,
    basis: number,
    ref: string,
    data: bigint,
    breaks: string[],
  ): number {
    const named = breaks.map((id) => this.holds.get(id));
    if (named.some((hold) => !hold || hold.state === "closed" || hold.account !== from)) return 41;
    if (new Set(breaks).size !== breaks.length) return 41;
    const reach = this.unheld(from) + named.reduce((sum, hold) => sum + hold!.units, 0n);
    const relevant = [2, 3, 4, 5, 20, 30, 31, 32, 33];
    const codes = this.failing(from, to, units).filter((code) => relevant.includes(code));
    if (units > reach) codes.push(1);
    const corrects = (data >> 64n) & 0xffffffffn;
    if (!orders.includes(basis) || (basis === 18 && corrects > this.seq)) codes.push(52);
    const named18 = basis === 18 ? corrects << 64n : 0n;
    return this.unless(codes, () => {
      for (const id of breaks) this.end(id, this.holds.get(id)!, basis);
      const short = units - this.free(from);
      const frozen = this.frozen.get(from) ?? 0n;
      if (frozen > 0n && short > 0n) this.setFrozen(from, frozen - short);
      this.move({ kind: 4, basis, units, from, to, ref, data: (data & keepDays) | named18 | daysOf(data) });
      // What moved came out of the holds that were broken, the first one first.
      let moved = units;
      for (const id of breaks) {
        const broken = this.holds.get(id)!.units;
        const out = least(moved, broken);
        moved -= out;
        this.succeed(id, broken - out);
      }
      this.cover(from);
    });
  }

  recover(lost: string, replacement: string, ref: string, ids: string[]): number {
    const [old, fresh] = [this.records.get(lost), this.records.get(replacement)];
    const codes: number[] = [];
    if (lost === nobody) codes.push(2);
    if (replacement === nobody) codes.push(3);
    if (this.balance(lost) === 0n) codes.push(4);
    if (lost === replacement) codes.push(5);
    if (!old) codes.push(20);
    if (!fresh) codes.push(30);
    if ((old?.id ?? 0n) !== (fresh?.id ?? 0n)) codes.push(47);
    if (((old?.flags ?? 0n) & ~(fresh?.flags ?? 0n)) !== 0n) codes.push(49);
    if (codes.length > 0) return Math.min(...codes);
    const open = new Set(this.openHolds(lost).map(([id]) => id));
    if (ids.some((id, index) => !open.has(id) || ids.indexOf(id) !== index)) return 41;
    const queue = this.waitingOf(lost);
    if (queue.length > 0 && queue.length + this.waitingOf(replacement).length > 8) return 53;
    // A named hold is moved at once, so one that is missing shows only where it encumbers or waits.
    const missing = [...open].filter((id) => !ids.includes(id)).map((id) => this.holds.get(id)!);
    if (missing.some((hold) => hold.units > 0n || hold.claim > 0n)) return 48;
    for (const id of ids) this.carry(id, this.holds.get(id)!, lost, replacement);
    for (const id of queue) this.waiting.splice(this.waiting.indexOf(id), 1);
    this.waiting.push(...queue);
    const rest = this.balance(lost);
    if (rest > 0n)
      this.move({ kind: 5, basis: 19, units: rest, from: lost, to: replacement, ref, data: keepDays });
    const frozen = this.frozen.get(lost) ?? 0n;
    if (frozen > 0n) {
      this.setFrozen(replacement, (this.frozen.get(replacement) ?? 0n) + frozen);
      this.setFrozen(lost, 0n);
    }
    return 0;
  }

  setFrozen(account: string, units: bigint): number {
    if (account === nobody) return 2;
    const amount = units > this.cap ? this.cap : units;
    const id = freezeId(account);
    const kind = this.freezes.has(account) ? 10 : 6;
    this.freezes.add(account);
    this.frozen.set(account, amount);
    this.note({ kind, basis: 0, units: amount, from: account, to: account, ref: id, data: 6n << 252n });
    return 0;
  }

  setPaused(paused: boolean, ref: string): number {
    this.policy.paused = paused;
    this.note({ ...ofPolicy(this.policy), ref });
    return 0;
  }
}
