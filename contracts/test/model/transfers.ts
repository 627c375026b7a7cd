import { type ModelHold, nobody } from "./facts.ts";
import { Holds } from "./holds.ts";
import { daysOf, ofHold } from "./words.ts";

/** Issue, redemption, transfers and their requests. */
export class Transfers extends Holds {
  issue(to: string, units: bigint, ref: string, data: bigint): number {
    const { policy } = this;
    const codes = [
      ...(to === nobody ? [3] : []),
      ...(units === 0n ? [4] : []),
      ...(policy.paused ? [10] : []),
    ];
    if (policy.lot > 1n && units % policy.lot !== 0n) codes.push(13);
    if (this.supply + units > this.cap) codes.push(50);
    codes.push(...this.receiverFails(to));
    codes.push(...this.failing(nobody, to, units).filter((code) => code === 16 || code === 17));
    return this.unless(codes, () =>
      this.move({ kind: 1, basis: 1, units, from: nobody, to, ref, data: daysOf(data) }),
    );
  }

  redeem(from: string, units: bigint, ref: string, data: bigint): number {
    const relevant = [2, 4, 10, 20, 21];
    const codes = this.failing(from, nobody, units).filter((code) => relevant.includes(code));
    if (units > this.free(from)) codes.push(1);
    return this.unless(codes, () =>
      this.move({ kind: 2, basis: 15, units, from, to: nobody, ref, data: daysOf(data) }),
    );
  }

  direct(
    from: string,
    to: string,
    units: bigint,
    custodian: number,
    self: string,
    ref: string,
    data: bigint,
  ): number {
    const codes = [
      ...this.failing(from, to, units),
      ...this.needsRequest(),
      ...this.actor(from, custodian, self),
    ];
    return this.unless(codes, () =>
      this.move({ kind: 3, basis: 2, units, from, to, ref, data: daysOf(data) }),
    );
  }

  request(
    from: string,
    to: string,
    units: bigint,
    expiry: number,
    custodian: number,
    ref: string,
    data: bigint,
  ): number {
    const codes = [
      ...this.failing(from, to, units),
      ...this.actor(from, custodian),
      ...this.newHold(ref, expiry),
    ];
    const parties = { account: from, to, controller: nobody };
    const terms = { kind: 1, basis: 2, expiryMinutes: expiry, days: daysOf(data) };
    const hold: ModelHold = { ...parties, ...terms, units, claim: 0n, first: null, state: "open" };
    return this.unless(codes, () => this.open(ref, hold));
  }

  accept(ref: string, custodian: number): number {
    const hold = this.holds.get(ref);
    if (hold?.kind !== 1 || hold.state === "closed") return 41;
    if (hold.state === "accepted") return 45;
    if (this.isPast(hold.expiryMinutes)) return 43;
    if (this.actor(hold.to, custodian).length > 0) return 40;
    return this.unless(this.failing(hold.account, hold.to, hold.units, true), () => {
      this.note({ kind: 7, ...ofHold(hold), ref });
      if (this.policy.approval) hold.state = "accepted";
      else this.execute(ref, hold, hold.units);
    });
  }

  approve(ref: string): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.kind > 2 || hold.state === "closed") return 41;
    if (this.isPast(hold.expiryMinutes)) return 43;
    if (hold.kind === 2 && hold.state === "accepted") return 45;
    if (hold.kind === 1 && hold.state !== "accepted" && this.policy.acceptance) return 42;
    return this.unless(this.failing(hold.account, hold.to, hold.units, true), () => {
      if (hold.kind === 1) return this.execute(ref, hold, hold.units);
      hold.state = "accepted";
      this.note({ kind: 7, ...ofHold(hold), ref });
    });
  }

  reject(ref: string): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.kind > 2 || hold.state === "closed") return 41;
    return this.release(ref, hold, 0);
  }

  cancel(ref: string, custodian: number, self: string): number {
    const hold = this.holds.get(ref);
    if (hold?.kind !== 1 || hold.state === "closed") return 41;
    const expired = this.isPast(hold.expiryMinutes);
    if (!expired && this.actor(hold.account, custodian, self).length > 0) return 40;
    return this.release(ref, hold, 0);
  }
}
