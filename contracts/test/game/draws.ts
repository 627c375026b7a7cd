import { getAddress, id, ZeroHash } from "ethers";
import type { Consents } from "../custody.ts";
import { type ModelHold, nobody } from "../model/facts.ts";
import type { Model } from "../model/model.ts";
import type { Platform } from "../platform.ts";
import type { DifferentialResult, Ground } from "./ground.ts";

const addressOf = (index: number) => getAddress(`0x${(0xabc000 + index).toString(16).padStart(40, "0")}`);

/** What an act is drawn from: accounts, units, refs and who acts, mostly such as fit. */
export class Draws {
  readonly model: Model;
  protected readonly token: string;
  protected readonly platform: Platform;
  protected readonly random: (below: number) => number;
  protected readonly consents: Consents;
  protected readonly result: DifferentialResult;
  protected readonly wallets: string[];
  protected refs: string[] = [];
  protected broker = 1;
  protected controller = "";

  constructor({ platform, random, consents, result }: Ground, token: string, model: Model) {
    this.platform = platform;
    this.random = random;
    this.consents = consents;
    this.result = result;
    this.token = token;
    this.model = model;
    this.wallets = [...[0, 1, 2, 3, 4, 5].map(addressOf), getAddress(platform.signers.others[0]!)];
  }

  protected get brokerSigner(): string {
    return this.platform.signers.brokers[this.broker - 1]!;
  }

  protected get registrar(): string {
    return this.platform.signers.registrar;
  }

  protected some = (most: number) => Array.from({ length: 1 + this.random(most) });
  protected pick = <T>(items: readonly T[]): T => items[this.random(items.length)]!;
  protected account = () => (this.random(40) === 0 ? nobody : this.pick(this.wallets));
  protected units = () => this.pick([0n, 1n, 5n, 5n, 5n, 10n, 10n, 10n, 20n, 20n, 40n, 100n]);
  protected ref = () => id(`ref ${this.random(2 ** 31)}`);
  protected data = () => (BigInt(this.random(16)) << 252n) | (0xabcn << 100n) | BigInt(this.random(2 ** 31));

  protected expiry = () =>
    this.pick([0, 0, Math.floor(this.model.now / 60) + 1 + this.random(90), Math.floor(this.model.now / 60)]);

  protected someController = () =>
    getAddress(this.pick([...this.platform.signers.others.slice(1, 3), nobody]));

  /** Mostly an account of the broker whose turn it is. */
  protected customer(): string {
    const own = this.wallets.filter((wallet) => this.model.records.get(wallet)?.custodian === this.broker);
    return this.random(5) === 0 || own.length === 0 ? this.account() : this.pick(own);
  }

  /** Mostly an account that has units. */
  protected holder(): string {
    const some = this.wallets.filter((wallet) => this.model.balance(wallet) > 0n);
    return this.random(4) === 0 || some.length === 0 ? this.customer() : this.pick(some);
  }

  /** Mostly holds that are open and of these kinds. */
  protected someRefs(...kinds: number[]): string[] {
    const fits = (hold?: ModelHold) => hold && hold.state !== "closed" && kinds.includes(hold.kind);
    const open = this.refs.filter((ref) => fits(this.model.holds.get(ref)));
    if (open.length > 0 && this.random(5) > 0) return open;
    return this.refs.length > 0 ? this.refs.slice(-12) : [ZeroHash];
  }

  protected holdRef(): string {
    const ref =
      this.random(12) === 0 ? this.pick([ZeroHash, `0x${"f".repeat(64)}`, ...this.someRefs()]) : this.ref();
    if (!this.refs.includes(ref)) this.refs.push(ref);
    return ref;
  }

  protected hold(kind: number): ModelHold {
    // An attachment may name none.
    const namesReceiver = kind === 4 ? this.random(20) === 0 : this.random(3) > 0;
    return {
      account: this.holder(),
      to: namesReceiver ? this.account() : nobody,
      kind,
      basis: 0,
      units: this.units(),
      claim: 0n,
      first: null,
      controller: this.someController(),
      expiryMinutes: kind === 3 || kind === 4 ? this.pick([0, 0, 0, 1]) : this.expiry(),
      days: BigInt(this.random(2 ** 31)),
      state: "open",
    };
  }
}
