import { getAddress, id, ZeroHash } from "ethers";
import { type ModelPolicy, nobody } from "../model/facts.ts";
import { Model } from "../model/model.ts";
import { hex, ofPolicy, policyWord } from "../model/words.ts";
import type { Ground } from "./ground.ts";
import { LegalActs } from "./legal-acts.ts";

/** Random acts of every role against one token. */
export class Game extends LegalActs {
  static async start(ground: Ground, now: number): Promise<Game> {
    const { platform, random, records, result } = ground;
    const some = (chance: number) => random(chance) === 0;
    const policy: ModelPolicy = {
      paused: false,
      acceptance: some(3),
      approval: some(3),
      wholeHolding: some(8),
      forbidden: some(12),
      tracked: some(2),
      ratio: false,
      classMask: some(3) ? 8n : 0n,
      lot: some(4) ? 5n : 0n,
      lockedUntil: some(6) ? now + 3000 : 0,
      maxUnits: 0n,
      maxHolders: 0,
    };
    if (policy.tracked && some(2)) policy.maxUnits = 120n;
    if (policy.tracked && some(2)) policy.maxHolders = 3;
    const ref = id(`${random(2 ** 31)}/${result.tokens}`);
    const cap = 900n;
    const model = new Model(policy, cap);
    const token = await platform.createIssue(ref, policyWord(policy), cap);
    model.note({ ...ofPolicy(policy), ref });
    model.note({ kind: 14, basis: 0, units: 0n, from: nobody, to: nobody, ref, data: BigInt(ref) });
    model.drain();
    for (const [wallet, record] of records) model.records.set(wallet, record);
    const game = new Game(ground, token, model);
    const last = await platform.request<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
    model.now = Number(last.timestamp);
    for (const [index, wallet] of game.wallets.entries()) {
      if (index !== 5) await game.register(wallet, index);
    }
    for (let round = 0; round < 8; round++) await game.issue();
    return game;
  }

  /** What may come next; an act that stands here several times comes more often. */
  private readonly acts: readonly (() => Promise<void>)[] = [
    ...[1, 2, 3, 4].map(() => () => this.issue()),
    () => this.redeem(),
    () => this.custodied(),
    () => this.custodied(),
    () => this.transfer(),
    ...[1, 2, 3, 4].map(() => () => this.request()),
    () =>
      this.onHolds("acceptTransfers", [1], this.brokerSigner, (ref) => this.model.accept(ref, this.broker)),
    () => this.onHolds("approveTransfers", [1, 2], this.registrar, (ref) => this.model.approve(ref)),
    () => this.onHolds("rejectTransfers", [1, 2], this.registrar, (ref) => this.model.reject(ref)),
    () =>
      this.onHolds("cancelTransfers", [1], this.brokerSigner, (ref) =>
        this.model.cancel(ref, this.broker, getAddress(this.brokerSigner)),
      ),
    () => this.createDvp(),
    ...[1, 2, 3, 4].map(() => () => this.createHold()),
    ...[1, 2, 3].map(() => () => this.pledgeBehind()),
    () => this.assign(),
    () => this.createDvp(),
    () => this.execute(),
    () =>
      this.onHolds("releaseHolds", [2, 3, 4, 5], this.controller, (ref) =>
        this.model.releaseHold(ref, this.controller),
      ),
    () => this.releaseByOrder(),
    () => this.changeController(),
    () => this.enforce(),
    () => this.recover(),
    () => this.recover(),
    ...[1, 2, 3].map(() => () => this.encumber()),
    ...[1, 2, 3, 4].map(() => () => this.succeed()),
    () => this.freeze(),
    () => this.pause(),
    () => this.scale(),
    () => this.reRegister(),
    ...[1, 2, 3].map(() => () => this.consentToMove()),
    () => this.moveCustody(),
  ];

  /** One random act in a block of its own. */
  async play(): Promise<void> {
    await this.tick(this.random(60));
    this.broker = 1 + this.random(2);
    this.controller = getAddress(this.platform.signers.others[1 + this.random(2)]!);
    await this.pick(this.acts)();
  }

  protected async issue(): Promise<void> {
    await this.tick(0);
    const rows = this.some(2).map(() => [this.account(), this.units(), this.ref(), this.data()] as const);
    const codes = rows.map(([to, units, ref, data]) => this.model.issue(to, units, ref, data));
    await this.batch(this.platform.signers.issuer, "issue", rows.map(wordLast), codes);
  }

  protected async redeem(): Promise<void> {
    const row = [this.account(), this.units(), this.ref(), this.data()] as const;
    const code = this.model.redeem(...row);
    await this.batch(this.platform.signers.issuer, "redeem", [wordLast(row)], [code]);
  }

  protected async custodied(): Promise<void> {
    const rows = this.some(2).map(
      () => [this.customer(), this.account(), this.units(), this.ref(), this.data()] as const,
    );
    const codes = rows.map(([from, to, units, ref, data]) =>
      this.model.direct(from, to, units, this.broker, "", ref, data),
    );
    await this.batch(this.brokerSigner, "custodiedTransfer", rows.map(wordLast), codes);
  }

  protected async transfer(): Promise<void> {
    const [from, to, units] = [this.wallets[6]!, this.account(), this.units()];
    const code = this.model.direct(from, to, units, 0, from, ZeroHash, 0n);
    await this.single(from, "transfer", [to, units], code);
  }

  protected async request(): Promise<void> {
    const rows = this.some(2).map(
      () =>
        [this.customer(), this.account(), this.units(), this.expiry(), this.holdRef(), this.data()] as const,
    );
    const codes = rows.map(([from, to, units, expiry, ref, data]) =>
      this.model.request(from, to, units, expiry, this.broker, ref, data),
    );
    await this.batch(this.brokerSigner, "requestTransfers", rows.map(wordLast), codes);
  }
}

const wordLast = (row: readonly unknown[]) => [...row.slice(0, -1), hex(row.at(-1) as bigint)];
