import { concat, keccak256, ZeroHash } from "ethers";

/**
 * What one token should do, in plain TypeScript: no slots, no packing, no batches. It answers each act with a
 * refusal code (0: done) and appends the entries that the act makes. The differential test plays the same acts
 * against the contract.
 */
export interface Entry {
  kind: number;
  basis: number;
  units: bigint;
  from: string;
  to: string;
  ref: string;
  data: bigint;
}

export interface Person {
  id: bigint;
  classes: bigint;
  flags: bigint;
  validUntil: number;
  custodian: number;
}

export interface ModelHold {
  account: string;
  to: string;
  kind: number;
  basis: number;
  units: bigint;
  /** What an attachment or a pledge behind another claims while it waits for some of it. */
  claim: bigint;
  /** Of a pledge behind another: the first pledge on the same units. */
  first: string | null;
  controller: string;
  expiryMinutes: number;
  days: bigint;
  state: "open" | "accepted" | "closed";
}

export interface ModelPolicy {
  paused: boolean;
  acceptance: boolean;
  approval: boolean;
  wholeHolding: boolean;
  forbidden: boolean;
  tracked: boolean;
  /** A consolidation or split is carried out. */
  ratio: boolean;
  classMask: bigint;
  lot: bigint;
  lockedUntil: number;
  maxUnits: bigint;
  maxHolders: number;
}

export const nobody = `0x${"0".repeat(40)}`;
const orders = [3, 4, 5, 6, 7, 8, 18];
const keepDays = 1n << 252n;
const daysOf = (data: bigint) => BigInt.asUintN(64, data);
const minutesAhead = (minutes: number, now: number) => minutes !== 0 && now >= minutes * 60;

export class Model {
  now = 0;
  supply = 0n;
  head = ZeroHash;
  seq = 0n;
  entries: Entry[] = [];
  readonly records = new Map<string, Person>();
  readonly units = new Map<string, bigint>();
  readonly frozen = new Map<string, bigint>();
  readonly freezes = new Set<string>();
  readonly holds = new Map<string, ModelHold>();
  /** Holds that wait, in their rank. */
  readonly waiting: string[] = [];
  cap: bigint;
  ratio: { n: bigint; d: bigint; ref: string; total: bigint; carried: Set<string>; sum: bigint } | null =
    null;
  policy: ModelPolicy;

  constructor(policy: ModelPolicy, cap: bigint) {
    this.policy = policy;
    this.cap = cap;
  }

  balance = (account: string): bigint => this.units.get(account) ?? 0n;
  encumbered = (account: string): bigint =>
    this.openHolds(account).reduce((sum, [, hold]) => sum + hold.units, 0n);
  unheld = (account: string): bigint => this.balance(account) - this.encumbered(account);

  free(account: string): bigint {
    const rest = this.unheld(account) - (this.frozen.get(account) ?? 0n);
    return rest > 0n ? rest : 0n;
  }

  openHolds(account: string): [string, ModelHold][] {
    return [...this.holds].filter(([, hold]) => hold.account === account && hold.state !== "closed");
  }

  ofPerson(id: bigint): bigint {
    return [...this.units].reduce(
      (sum, [account, units]) => (this.records.get(account)?.id === id ? sum + units : sum),
      0n,
    );
  }

  holders(): number {
    return new Set(
      [...this.units].filter(([, units]) => units > 0n).map(([account]) => this.records.get(account)!.id),
    ).size;
  }

  /** Codes that say no to a move, in no order; `held`: its units are in a hold already. */
  failing(from: string, to: string, units: bigint, held = false): number[] {
    const codes: number[] = [];
    const no = (code: number, when: boolean) => when && codes.push(code);
    const { policy, now } = this;
    const [sender, receiver] = [this.records.get(from), this.records.get(to)];
    no(1, units > (held ? this.balance(from) : this.free(from)));
    no(2, from === nobody);
    no(3, to === nobody);
    no(4, units === 0n);
    no(5, from === to);
    no(10, policy.paused);
    no(11, policy.forbidden);
    no(18, policy.ratio);
    no(12, now < policy.lockedUntil);
    no(13, policy.lot > 1n && units % policy.lot !== 0n);
    no(14, policy.wholeHolding && units !== this.balance(from));
    no(20, !sender);
    no(21, sender !== undefined && sender.flags !== 0n);
    codes.push(...this.receiverFails(to));
    if (policy.tracked && receiver && sender?.id !== receiver.id) {
      const already = this.ofPerson(receiver.id);
      no(16, policy.maxUnits !== 0n && already + units > policy.maxUnits);
      const leaves = sender !== undefined && this.ofPerson(sender.id) === units ? 1 : 0;
      no(17, policy.maxHolders !== 0 && already === 0n && this.holders() + 1 - leaves > policy.maxHolders);
    }
    return codes;
  }

  receiverFails(to: string): number[] {
    const receiver = this.records.get(to);
    if (!receiver) return [30];
    const admitted = this.policy.classMask === 0n || (receiver.classes & this.policy.classMask) !== 0n;
    return [
      ...(this.now > receiver.validUntil ? [31] : []),
      ...(receiver.flags !== 0n ? [32] : []),
      ...(admitted ? [] : [33]),
    ];
  }

  actor(account: string, custodian: number, self = ""): number[] {
    const keeper = this.records.get(account)?.custodian ?? 0;
    return (keeper === 0 ? self === account : keeper === custodian) ? [] : [40];
  }

  needsRequest = (): number[] => (this.policy.acceptance || this.policy.approval ? [15] : []);

  newHold(ref: string, expiryMinutes: number): number[] {
    const reserved = ref === ZeroHash || ref.startsWith(`0x${"f".repeat(24)}`);
    return [
      ...(minutesAhead(expiryMinutes, this.now) ? [43] : []),
      ...(reserved || this.holds.has(ref) ? [44] : []),
    ];
  }

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
    return this.unless(codes, () => this.move(1, 1, units, nobody, to, ref, daysOf(data)));
  }

  redeem(from: string, units: bigint, ref: string, data: bigint): number {
    const relevant = [2, 4, 10, 20, 21];
    const codes = this.failing(from, nobody, units).filter((code) => relevant.includes(code));
    if (units > this.free(from)) codes.push(1);
    return this.unless(codes, () => this.move(2, 15, units, from, nobody, ref, daysOf(data)));
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
    return this.unless(codes, () => this.move(3, 2, units, from, to, ref, daysOf(data)));
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
    return this.unless(codes, () => this.open(ref, this.made(1, 2, from, to, nobody, units, expiry, data)));
  }

  accept(ref: string, custodian: number): number {
    const hold = this.holds.get(ref);
    if (hold?.kind !== 1 || hold.state === "closed") return 41;
    if (hold.state === "accepted") return 45;
    if (minutesAhead(hold.expiryMinutes, this.now)) return 43;
    if (this.actor(hold.to, custodian).length > 0) return 40;
    return this.unless(this.failing(hold.account, hold.to, hold.units, true), () => {
      this.note(7, hold.basis, hold.units, hold.account, hold.to, ref, word(hold));
      if (this.policy.approval) hold.state = "accepted";
      else this.execute(ref, hold, hold.units);
    });
  }

  approve(ref: string): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.kind > 2 || hold.state === "closed") return 41;
    if (minutesAhead(hold.expiryMinutes, this.now)) return 43;
    if (hold.kind === 2 && hold.state === "accepted") return 45;
    if (hold.kind === 1 && hold.state !== "accepted" && this.policy.acceptance) return 42;
    return this.unless(this.failing(hold.account, hold.to, hold.units, true), () => {
      if (hold.kind === 1) return this.execute(ref, hold, hold.units);
      hold.state = "accepted";
      this.note(7, hold.basis, hold.units, hold.account, hold.to, ref, word(hold));
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
    const expired = minutesAhead(hold.expiryMinutes, this.now);
    if (!expired && this.actor(hold.account, custodian, self).length > 0) return 40;
    return this.release(ref, hold, 0);
  }

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
    if (!attaches && !sender) codes.push(20);
    if (!attaches && sender && sender.flags !== 0n) codes.push(21);
    if (kind < 3 || kind > 5 || (expiryMinutes !== 0 && kind !== 5)) codes.push(51);
    if (controller === nobody && expiryMinutes === 0) codes.push(46);
    if ((attaches || behind !== ZeroHash) && this.waitingOf(account).length === 8) codes.push(53);
    return this.unless(codes, () => {
      const basis = kind === 3 ? 11 : kind === 4 ? 16 : 0;
      if (behind !== ZeroHash) {
        const first = this.holds.get(behind)!.first ?? behind;
        this.open(ref, { ...hold, basis, units: 0n, claim: units, first });
        this.waiting.push(ref);
        return this.note(15, basis, units, account, account, ref, BigInt(first));
      }
      if (units <= this.unheld(account)) return this.open(ref, { ...hold, basis });
      this.holds.set(ref, { ...hold, basis, units: 0n, claim: units });
      this.waiting.push(ref);
      this.note(6, basis, units, account, account, ref, word(hold));
      this.cover(account);
    });
  }

  private behindFails({ account, units, kind }: ModelHold, behind: string): number[] {
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
    this.note(16, hold.basis, hold.units, hold.account, pledgee, ref, word(hold));
    return 0;
  }

  executeHold(ref: string, units: bigint, caller: string): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.kind === 1 || hold.state === "closed") return 41;
    if (hold.controller !== caller) return 46;
    if (minutesAhead(hold.expiryMinutes, this.now)) return 43;
    if (hold.to === nobody) return 51;
    if (units > hold.units) return 1;
    if (hold.kind === 2 && this.policy.approval && hold.state !== "accepted") return 42;
    return this.unless(this.failing(hold.account, hold.to, units, true), () =>
      this.execute(ref, hold, units),
    );
  }

  releaseHold(ref: string, caller: string): number {
    const hold = this.holds.get(ref);
    if (!hold || hold.kind === 1 || hold.state === "closed") return 41;
    if (hold.controller !== caller && !minutesAhead(hold.expiryMinutes, this.now)) return 46;
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
    this.note(10, hold.basis, hold.units, hold.account, hold.account, ref, word(hold));
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
      this.move(4, basis, units, from, to, ref, (data & keepDays) | named18 | daysOf(data));
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
    if (rest > 0n) this.move(5, 19, rest, lost, replacement, ref, keepDays);
    const frozen = this.frozen.get(lost) ?? 0n;
    if (frozen > 0n) {
      this.setFrozen(replacement, (this.frozen.get(replacement) ?? 0n) + frozen);
      this.setFrozen(lost, 0n);
    }
    return 0;
  }

  setFrozen(account: string, units: bigint): number {
    const amount = units > this.cap ? this.cap : units;
    const id = `0x${"f".repeat(24)}${account.slice(2).toLowerCase()}`;
    const kind = this.freezes.has(account) ? 10 : 6;
    this.freezes.add(account);
    this.frozen.set(account, amount);
    this.note(kind, 0, amount, account, account, id, 6n << 252n);
    return 0;
  }

  setPaused(paused: boolean, ref: string): number {
    this.policy.paused = paused;
    this.note(11, 0, 0n, nobody, nobody, ref, policyWord(this.policy));
    return 0;
  }

  beginRatio(n: bigint, d: bigint, ref: string): number {
    if (this.policy.ratio) return 18;
    const next = (this.cap * n) / d;
    if (next === 0n || this.supply === 0n) return 55;
    this.ratio = { n, d, ref, total: this.supply, carried: new Set(), sum: 0n };
    if (n > d) this.cap = next;
    this.policy.ratio = true;
    this.note(11, 0, 0n, nobody, nobody, ref, policyWord(this.policy));
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
      const id = `0x${"f".repeat(24)}${account.slice(2).toLowerCase()}`;
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
    this.note(11, 0, 0n, nobody, nobody, ref, policyWord(this.policy));
    return 0;
  }

  private scaled = (units: bigint): bigint => (units * this.ratio!.n) / this.ratio!.d;

  private scaleUnits(account: string): void {
    const was = this.balance(account);
    this.units.set(account, this.scaled(was));
    this.supply += this.scaled(was) - was;
    this.noteRatio(this.scaled(was), account, account, this.ratio!.ref, was);
  }

  private scaleHold(account: string, id: string): void {
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

  private noteRatio(units: bigint, from: string, to: string, ref: string, was: bigint): void {
    const { n, d } = this.ratio!;
    const data = (n << 128n) | (((was * n) % d) << 64n) | d;
    this.note(12, n < d ? 9 : 10, units, from, to, ref, data);
  }

  /** Entries made since the last call. */
  drain(): Entry[] {
    const { entries } = this;
    this.entries = [];
    return entries;
  }

  note(
    kind: number,
    basis: number,
    units: bigint,
    from: string,
    to: string,
    ref: string,
    data: bigint,
  ): void {
    this.seq += 1n;
    const fromUnits = (BigInt(from) << 96n) | units;
    const toLine = (BigInt(to) << 96n) | BigInt((basis << 8) | kind);
    const line = concat([this.head, hex(fromUnits), hex(toLine), ref, hex(data)]);
    this.head = hex(((BigInt(keccak256(line)) >> 32n) << 32n) | this.seq);
    this.entries.push({ kind, basis, units, from, to, ref, data });
  }

  private unless(codes: number[], act: () => void): number {
    if (codes.length > 0) return Math.min(...codes);
    act();
    return 0;
  }

  private move(
    kind: number,
    basis: number,
    units: bigint,
    from: string,
    to: string,
    ref: string,
    data: bigint,
  ): void {
    if (from === nobody) this.supply += units;
    else this.units.set(from, this.balance(from) - units);
    if (to === nobody) this.supply -= units;
    else this.units.set(to, this.balance(to) + units);
    this.note(kind, basis, units, from, to, ref, data);
  }

  private made(
    kind: number,
    basis: number,
    account: string,
    to: string,
    controller: string,
    units: bigint,
    expiryMinutes: number,
    data: bigint,
  ): ModelHold {
    return {
      account,
      to,
      kind,
      basis,
      units,
      claim: 0n,
      first: null,
      controller,
      expiryMinutes,
      days: daysOf(data),
      state: "open",
    };
  }

  private open(ref: string, hold: ModelHold): void {
    this.holds.set(ref, hold);
    this.note(6, hold.basis, hold.units, hold.account, hold.to, ref, word(hold));
  }

  private execute(ref: string, hold: ModelHold, units: bigint): void {
    hold.units -= units;
    if (hold.claim > 0n) hold.claim -= units;
    if (hold.units === 0n && hold.claim === 0n) hold.state = "closed";
    this.move(8, hold.basis, units, hold.account, hold.to, ref, word(hold));
  }

  private end(ref: string, hold: ModelHold, basis: number): void {
    hold.state = "closed";
    if (hold.claim > 0n) this.waiting.splice(this.waiting.indexOf(ref), 1);
    hold.claim = 0n;
    this.note(9, basis, hold.units, hold.account, hold.to, ref, word(hold));
  }

  private release(ref: string, hold: ModelHold, basis: number): number {
    const { units } = hold;
    this.end(ref, hold, basis);
    this.succeed(ref, units);
    this.cover(hold.account);
    return 0;
  }

  private waitingOf = (account: string): string[] =>
    this.waiting.filter((id) => this.holds.get(id)!.account === account);

  /** What a pledge frees goes to those behind it on the same units. */
  private succeed(ref: string, freed: bigint): void {
    const { account, first } = this.holds.get(ref)!;
    let left = freed;
    for (const id of this.waitingOf(account)) {
      if (this.holds.get(id)!.first === (first ?? ref)) left -= this.take(id, left);
    }
  }

  private cover(account: string): void {
    for (const id of this.waitingOf(account)) {
      if (this.holds.get(id)!.kind === 4) this.take(id, this.unheld(account));
    }
  }

  /** How many of at most so many units a hold that waits takes. */
  private take(id: string, most: bigint): bigint {
    const hold = this.holds.get(id)!;
    const taken = least(hold.claim - hold.units, most);
    if (taken === 0n) return 0n;
    hold.units += taken;
    if (hold.units === hold.claim) {
      hold.claim = 0n;
      this.waiting.splice(this.waiting.indexOf(id), 1);
    }
    this.note(10, hold.basis, hold.units, hold.account, hold.account, id, word(hold));
    return taken;
  }

  private carry(id: string, hold: ModelHold, lost: string, replacement: string): void {
    hold.account = replacement;
    this.units.set(lost, this.balance(lost) - hold.units);
    this.units.set(replacement, this.balance(replacement) + hold.units);
    this.note(10, 19, hold.units, lost, replacement, id, word(hold));
  }
}

export const hex = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

function least(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

function word(hold: ModelHold): bigint {
  return (
    (BigInt(hold.kind) << 252n) |
    (BigInt(hold.expiryMinutes) << 224n) |
    (BigInt(hold.controller) << 64n) |
    hold.days
  );
}

export function policyWord(policy: ModelPolicy): bigint {
  const flags = [
    policy.paused,
    policy.acceptance,
    policy.approval,
    policy.wholeHolding,
    policy.forbidden,
    policy.tracked,
    policy.ratio,
  ];
  const bits = flags.reduce((sum, set, index) => sum | (set ? 1 << index : 0), 0);
  return (
    (BigInt(bits) << 248n) |
    (policy.classMask << 232n) |
    (policy.lot << 200n) |
    (BigInt(policy.lockedUntil) << 160n) |
    (policy.maxUnits << 64n) |
    (BigInt(policy.maxHolders) << 32n)
  );
}
