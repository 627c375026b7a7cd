import { ZeroHash } from "ethers";
import { type ModelHold, nobody } from "../model/facts.ts";
import { hex, partId } from "../model/words.ts";
import { RegistryActs } from "./registry-acts.ts";

/** Holds of every kind, and what orders, recovery and ratios do to them. */
export class LegalActs extends RegistryActs {
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

  protected async releaseByOrder(): Promise<void> {
    const [ref, basis] = [this.pick(this.someRefs(1, 2, 3, 4, 5)), this.pick([3, 18, 2])];
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

  protected async recover(): Promise<void> {
    const [lost, replacement] =
      this.random(3) > 0
        ? this.pick([this.wallets.slice(0, 2), this.wallets.slice(0, 2).reverse()])
        : [this.account(), this.account()];
    const open = this.model.openHolds(lost!).map(([ref]) => ref);
    const ids = this.random(4) === 0 ? open.slice(1) : open;
    const ref = this.ref();
    const code = this.model.recover(lost!, replacement!, ref, ids);
    await this.single(this.platform.signers.enforcer, "recover", [lost, replacement, ref, ids], code);
  }

  /** All of an account to one or two, some of it amiss. */
  protected async succeed(): Promise<void> {
    const from = this.random(4) === 0 ? this.account() : this.fullest();
    const open = this.model.openHolds(from);
    const ids = open.map(([id]) => id).slice(this.random(12) === 0 ? 1 : 0);
    const heirs = this.some(2).map(() => this.account());
    const share = this.random(5);
    const partOf = (all: bigint, index: number): bigint => {
      const first = (all * BigInt(share)) / 4n;
      if (heirs.length === 1) return all;
      return index === 0 ? first : all - first;
    };
    const rows = heirs.map((to, index) => ({
      to,
      units: partOf(this.model.unheld(from), index) + (this.random(20) === 0 ? 1n : 0n),
      ref: this.ref(),
      data: this.data(),
      parts: ids.map((id) => {
        const { units, claim } = this.model.holds.get(id)!;
        const part = partOf(units, index);
        return { units: part, claim: part + (claim > 0n ? partOf(claim - units, index) : 0n) };
      }),
    }));
    const code = this.model.passOn(from, rows, ids);
    if (code === 0 && heirs.length > 1)
      this.refs.push(...ids.flatMap((id) => heirs.map((to) => partId(id, to))));
    const words = rows.map(({ to, units, ref, data, parts }) => [
      ...[to, units, ref, hex(data)],
      parts.map(({ units, claim }) => [units, claim]),
    ]);
    await this.single(this.platform.signers.enforcer, "succeed", [from, words, ids], code);
  }

  private fullest(): string {
    const held = (account: string) => this.model.openHolds(account).length;
    return [...this.wallets].sort((a, b) => held(b) - held(a))[this.random(2)]!;
  }

  protected async freeze(): Promise<void> {
    const [account, units] = [this.account(), this.pick([0n, 0n, 30n, 500n, 1n << 200n])];
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
      if (!this.model.policy.ratio) return;
    }
    throw new Error("the ratio did not end");
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
