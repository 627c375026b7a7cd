import { ZeroHash } from "ethers";
import { type ModelHold, nobody } from "../model/facts.ts";
import { hex, isPart, partId } from "../model/words.ts";
import { RegistryActs } from "./registry-acts.ts";

/** Holds of every kind, and what orders, recovery and ratios do to them. */
export class LegalActs extends RegistryActs {
  private scaled = false;
  private readonly recovered = new Set<string>();

  protected async createDvp(): Promise<void> {
    const hold = this.hold(this.pick([2, 2, 2, 3]));
    const ref = this.holdRef();
    await this.batch(
      this.brokerSigner,
      "createDvpHolds",
      [holdRow(hold, ref)],
      [this.model.createDvp(hold, this.broker, ref)],
    );
  }

  protected async createHold(): Promise<void> {
    const hold = this.hold(this.pick([3, 4, 4, 5, 5, 2, 6]));
    const ref = this.holdRef();
    await this.batch(
      this.registrar,
      "createHolds",
      [holdRow(hold, ref)],
      [this.model.createByRegistrar(hold, ref)],
    );
  }

  /** On one account a pledge, one behind it and an attachment of everything, which waits. */
  protected async encumber(): Promise<void> {
    const account = this.holder();
    const units = this.model.free(account) / 2n || 1n;
    const layers = [
      { kind: 3, units },
      { kind: 3, units, behind: true },
      { kind: 4, units: this.model.balance(account) || 1n },
    ];
    let ahead = ZeroHash;
    for (const { behind, ...layer } of layers) {
      await this.tick(0);
      const hold = { ...this.hold(layer.kind), account, expiryMinutes: 0, ...layer };
      const ref = this.ref();
      this.refs.push(ref);
      const first = behind ? ahead : ZeroHash;
      const code = this.model.createByRegistrar(hold, ref, first);
      await this.batch(this.registrar, "createHolds", [holdRow(hold, ref, first)], [code]);
      ahead = ref;
    }
  }

  /** A pledge behind another, mostly on the right account. */
  protected async pledgeBehind(): Promise<void> {
    const behind = this.pick(this.someRefs(3));
    const ahead = this.model.holds.get(behind);
    const account = ahead && this.random(6) > 0 ? { account: ahead.account } : {};
    const hold = { ...this.hold(this.pick([3, 3, 3, 3, 3, 4])), ...account };
    const ref = this.holdRef();
    await this.batch(
      this.registrar,
      "createHolds",
      [holdRow(hold, ref, behind)],
      [this.model.createByRegistrar(hold, ref, behind)],
    );
  }

  protected async assign(): Promise<void> {
    const [ref, pledgee] = [this.pick(this.someRefs(3)), this.account()];
    this.turnTo(ref);
    const next = this.someController();
    const code = this.model.assign(ref, pledgee, next, this.controller);
    await this.single(this.controller, "assignPledge", [ref, pledgee, next], code);
  }

  /** Mostly the hold's own controller acts. */
  private turnTo(ref: string): void {
    if (this.random(3) > 0)
      this.controller = this.model.holds.get(ref)?.controller.replace(nobody, "") || this.controller;
  }

  protected async execute(): Promise<void> {
    const [ref, units] = [this.pick(this.someRefs(2, 3, 4, 5)), this.units()];
    this.turnTo(ref);
    const code = this.model.executeHold(ref, units, this.controller);
    await this.batch(this.controller, "executeHolds", [[ref, units]], [code]);
  }

  protected async onHolds(
    fn: string,
    kinds: number[],
    signer: string,
    act: (ref: string) => number,
  ): Promise<void> {
    const refs = this.some(2).map(() => this.pick(this.someRefs(...kinds)));
    const codes = refs.map(act);
    await this.batch(signer, fn, refs, codes);
  }

  protected async releaseByOrder(
    ref = this.pick(this.someRefs(1, 2, 3, 4, 5)),
    basis = this.pick([3, 18, 2]),
  ): Promise<void> {
    const code = this.model.releaseByOrder(ref, basis);
    await this.send(this.platform.signers.enforcer, "releaseByOrder", [[ref], basis, false], [code]);
  }

  protected async changeController(): Promise<void> {
    const [ref, next] = [this.pick(this.someRefs()), this.someController()];
    const code = this.model.changeController(ref, next, this.controller);
    await this.single(this.controller, "changeController", [ref, next], code);
  }

  protected async enforce(): Promise<void> {
    const from = this.account();
    const open = this.model.openHolds(from).map(([ref]) => ref);
    const breaks =
      this.random(4) === 0 ? [this.pick(this.someRefs())] : open.filter(() => this.random(2) === 0);
    const row = [from, this.account(), this.units(), this.pick([3, 5, 18, 1]), this.ref()] as const;
    const data = this.data() | (BigInt(this.random(60)) << 64n);
    const code = this.model.enforce(...row, data, breaks);
    await this.batch(
      this.platform.signers.enforcer,
      "enforceTransfers",
      [[...row, hex(data), breaks]],
      [code],
    );
  }

  /** Mostly of the first person's wallet that has more. */
  protected async recover(): Promise<void> {
    const [more, less] = this.wallets
      .slice(0, 2)
      .sort((a, b) => (this.model.balance(a) < this.model.balance(b) ? 1 : -1));
    const [lost, replacement] = this.random(4) > 0 ? [more, less] : [this.account(), this.account()];
    const open = this.model.openHolds(lost!).map(([ref]) => ref);
    const ids = this.random(4) === 0 ? open.slice(1) : open;
    const ref = this.ref();
    const code = this.model.recover(lost!, replacement!, ref, ids);
    if (code === 0) this.reachWith("recovery", ids);
    await this.single(this.platform.signers.enforcer, "recover", [lost, replacement, ref, ids], code);
  }

  /** All of an account to one, two or three, some of it amiss. */
  protected async succeed(): Promise<void> {
    const from = this.random(6) === 0 ? this.account() : this.fullest();
    if (this.random(4) > 0) await this.endTrades(from);
    const open = this.model.openHolds(from);
    const ids = open.map(([id]) => id).slice(this.random(12) === 0 ? 1 : 0);
    const heirs = this.heirs(from);
    // What rests on units need not be divided like them, nor one hold like another.
    const weights = [0, ...ids].map(() => heirs.map(() => BigInt(this.random(6))));
    const upTo = (all: bigint, index: number, of: readonly bigint[]): bigint =>
      index === heirs.length ? all : (all * sum(of.slice(0, index))) / (sum(of) || 1n);
    const partOf = (all: bigint, index: number, place: number): bigint =>
      upTo(all, index + 1, weights[place]!) - upTo(all, index, weights[place]!);
    const rows = heirs.map((to, index) => ({
      to,
      units: partOf(this.model.unheld(from), index, 0) + (this.random(20) === 0 ? 1n : 0n),
      ref: this.ref(),
      data: this.data(),
      parts: ids.map((id, hold) => {
        const { units, claim } = this.model.holds.get(id)!;
        const part = partOf(units, index, hold + 1);
        return { units: part, claim: part + (claim > 0n ? partOf(claim - units, index, hold + 1) : 0n) };
      }),
    }));
    const before = ids.map((id) => ({ ...this.model.holds.get(id)! }));
    const code = this.model.passOn(from, rows, ids);
    if (code === 0) this.reachWith(`succession of ${heirs.length}`, ids, before);
    if (code === 0 && heirs.length > 1)
      this.refs.push(...ids.flatMap((id) => heirs.map((to) => partId(id, to))));
    const words = rows.map(({ to, units, ref, data, parts }) => [
      ...[to, units, ref, hex(data)],
      parts.map(({ units, claim }) => [units, claim]),
    ]);
    await this.single(this.platform.signers.enforcer, "succeed", [from, words, ids], code);
  }

  /** What an act that was done carried along. */
  private reachWith(
    act: string,
    ids: readonly string[],
    holds: readonly ModelHold[] = ids.map((id) => this.model.holds.get(id)!),
  ): void {
    this.reach(act);
    if (ids.length > 0) this.reach(`${act}, holds`);
    if (holds.some(({ claim }) => claim > 0n)) this.reach(`${act}, one waits`);
    if (holds.some(({ first }) => first !== null)) this.reach(`${act}, a pledge behind`);
    if (ids.some(isPart)) this.reach(`${act}, a part`);
    if (ids.length > 0 && this.scaled) this.reach(`${act}, after a ratio`);
    if (ids.length > 0 && this.recovered.has(ids[0]!)) this.reach(`${act}, after a recovery`);
    if (act === "recovery") for (const id of ids) this.recovered.add(id);
  }

  /** An account with much on it. */
  private fullest(): string {
    const weight = (account: string) =>
      this.model.balance(account) === 0n ? -1 : this.model.openHolds(account).length;
    return [...this.wallets].sort((a, b) => weight(b) - weight(a))[this.random(2)]!;
  }

  /** Trades under way end and frozen units thaw, else nothing of the account passes. */
  private async endTrades(account: string): Promise<void> {
    for (const [ref, { kind }] of this.model.openHolds(account)) {
      if (kind > 2) continue;
      await this.releaseByOrder(ref, 3);
      await this.tick(0);
    }
    if ((this.model.frozen.get(account) ?? 0n) === 0n) return;
    await this.freeze(account, 0n);
    await this.tick(0);
  }

  /** Mostly different ones who may hold and have no pledge on what they get. */
  private heirs(from: string): string[] {
    const { records, policy, now } = this.model;
    const pledgees = this.model.openHolds(from).map(([, hold]) => hold.to);
    const fit = this.wallets.filter((wallet) => {
      const record = records.get(wallet);
      if (!record || wallet === from || pledgees.includes(wallet)) return false;
      const holds = policy.classMask === 0n || (record.classes & policy.classMask) !== 0n;
      return holds && record.flags === 0n && record.validUntil > now + 60;
    });
    if (fit.length === 0 || this.random(8) === 0) return this.some(2).map(() => this.account());
    return this.some(3).flatMap(() => fit.splice(this.random(fit.length), 1));
  }

  protected async freeze(
    account = this.account(),
    units = this.pick([0n, 0n, 30n, 500n, 1n << 200n]),
  ): Promise<void> {
    await this.single(
      this.platform.signers.enforcer,
      "setFrozenTokens",
      [account, units],
      this.model.setFrozen(account, units),
    );
  }

  protected async pause(): Promise<void> {
    const [paused, ref] = [this.random(4) === 0, this.ref()];
    await this.single(this.registrar, "setPaused", [paused, ref], this.model.setPaused(paused, ref));
  }

  /** A whole consolidation or split, some of it refused; in the middle everything else is. */
  protected async scale(): Promise<void> {
    const [n, d] = this.pick([
      [1n, 2n],
      [2n, 3n],
      [3n, 1n],
      [3n, 2n],
    ] as const);
    const { issuer, registrar } = this.platform.signers;
    await this.tick(0);
    await this.single(issuer, "proposeRatio", [n, d], 0);
    await this.tick(90_000);
    const ref = this.ref();
    const code = this.model.beginRatio(n, d, ref);
    await this.single(registrar, "beginRatio", [n, d, ref], code);
    if (code !== 0) return;
    const standing = this.wallets.flatMap((account) => this.model.openHolds(account));
    this.reachWith(
      n > d ? "split" : "consolidation",
      standing.map(([id]) => id),
      standing.map(([, hold]) => hold),
    );
    this.scaled = true;
    await this.tick(0);
    const carried = [...this.model.openHolds(this.wallets[0]!)].map(([id]) => id);
    await this.single(
      this.platform.signers.enforcer,
      "recover",
      [...this.wallets.slice(0, 2), ref, carried],
      18,
    );
    for (let round = 0; round < 3; round++) {
      await this.tick(0);
      const accounts = round < 2 ? this.some(4).map(() => this.account()) : this.wallets;
      const rows = accounts.map((account) => [account, this.holdsToCarry(account, round < 2)] as const);
      const codes = rows.map(([account, ids]) => this.model.carryOne(account, [...ids]));
      await this.send(registrar, "carry", [rows], codes);
      await this.tick(0);
      await this.single(registrar, "endRatio", [ref], this.model.endRatio(ref));
      if (!this.model.policy.ratio) return this.renew();
    }
    throw new Error("the ratio did not end");
  }

  /** A day has passed, after which few could receive anything. */
  private async renew(): Promise<void> {
    for (const [index, wallet] of this.wallets.entries())
      if (index !== 5 && this.random(5) > 0) await this.register(wallet, index);
  }

  /** Mostly all of them, in order. */
  protected holdsToCarry(account: string, amiss: boolean): string[] {
    const open = this.model.openHolds(account).filter(([, hold]) => hold.claim === 0n && hold.kind !== 6);
    const ids = open.map(([id]) => id).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    if (!amiss || this.random(3) > 0 || ids.length === 0) return ids;
    return this.pick([ids.slice(1), [...ids].reverse(), [...ids, ids.at(-1)!]]);
  }
}

const holdRow = (hold: ModelHold, ref: string, behind = ZeroHash) => [
  hold.account,
  hold.to,
  hold.controller,
  hold.units,
  hold.kind,
  hold.expiryMinutes,
  ref,
  hex(hold.days),
  behind,
];

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((all, each) => all + each, 0n);
