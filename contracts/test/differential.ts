import { contractInterface } from "@genbo/chain/abi";
import { refusalOfError } from "@genbo/domain/refusals";
import { getAddress, id, ZeroHash } from "ethers";
import { Consents } from "./custody.ts";
import { hex, Model, type ModelHold, type ModelPolicy, nobody, type Person, policyWord } from "./model.ts";
import { createPlatform, type Platform, type Receipt, registryRecord } from "./platform.ts";

export interface DifferentialResult {
  calls: number;
  done: number;
  refused: number;
  tokens: number;
  /** Wallets that went to another custodian. */
  moved: number;
  /** How often each code came up, 0: done. */
  codes: Record<number, number>;
}

/** A small seeded generator (mulberry32): the same seed plays the same game. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const callsPerToken = 250;
const addressOf = (index: number) => getAddress(`0x${(0xabc000 + index).toString(16).padStart(40, "0")}`);

/**
 * Plays random acts against a fresh token and the model side by side and throws at the first difference in code,
 * entry or head after an act, or in state every 25 acts.
 */
export async function runDifferential(seed: number, calls: number): Promise<DifferentialResult> {
  const platform = await createPlatform();
  const random = generator(seed);
  const block = await platform.request<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
  const records = new Map<string, Person>();
  const consents = new Consents();
  const result: DifferentialResult = { calls: 0, done: 0, refused: 0, tokens: 0, moved: 0, codes: {} };
  let now = Number(block.timestamp);
  while (result.calls < calls) {
    const game = await Game.start(platform, random, records, consents, now, result);
    for (let turn = 1; turn <= callsPerToken && result.calls < calls; turn++) {
      await game.play();
      if (turn % 25 === 0) await game.compareState();
    }
    await game.compareState();
    for (const [wallet, record] of game.model.records) records.set(wallet, record);
    now = game.model.now;
    result.tokens++;
  }
  return result;
}

class Game {
  readonly model: Model;
  private readonly platform: Platform;
  private readonly random: (below: number) => number;
  private readonly token: string;
  private readonly wallets: string[];
  private readonly result: DifferentialResult;
  private readonly consents: Consents;
  private refs: string[] = [];

  private constructor(
    platform: Platform,
    random: (below: number) => number,
    token: string,
    model: Model,
    consents: Consents,
    result: DifferentialResult,
  ) {
    this.platform = platform;
    this.random = random;
    this.token = token;
    this.model = model;
    this.consents = consents;
    this.result = result;
    this.wallets = [...[0, 1, 2, 3, 4, 5].map(addressOf), getAddress(platform.signers.others[0]!)];
  }

  static async start(
    platform: Platform,
    random: (below: number) => number,
    records: Map<string, Person>,
    consents: Consents,
    now: number,
    result: DifferentialResult,
  ): Promise<Game> {
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
    model.note(11, 0, 0n, nobody, nobody, ref, policyWord(policy));
    model.note(14, 0, 0n, nobody, nobody, ref, BigInt(ref));
    model.drain();
    for (const [wallet, record] of records) model.records.set(wallet, record);
    const game = new Game(platform, random, token, model, consents, result);
    const last = await platform.request<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
    model.now = Number(last.timestamp);
    for (const [index, wallet] of game.wallets.entries()) {
      if (index !== 5) await game.register(wallet, index);
    }
    for (let round = 0; round < 8; round++) await game.issue();
    return game;
  }

  /** One random act in a block of its own. */
  async play(): Promise<void> {
    await this.tick(this.random(60));
    const acts = [
      () => this.issue(),
      () => this.issue(),
      () => this.redeem(),
      () => this.custodied(),
      () => this.custodied(),
      () => this.transfer(),
      ...[1, 2, 3, 4].map(() => () => this.request()),
      () =>
        this.onHolds(
          "acceptTransfers",
          [1],
          (ref) => this.model.accept(ref, this.broker),
          () => this.brokerSigner,
        ),
      () =>
        this.onHolds(
          "approveTransfers",
          [1, 2],
          (ref) => this.model.approve(ref),
          () => this.platform.signers.registrar,
        ),
      () =>
        this.onHolds(
          "rejectTransfers",
          [1, 2],
          (ref) => this.model.reject(ref),
          () => this.platform.signers.registrar,
        ),
      () =>
        this.onHolds(
          "cancelTransfers",
          [1],
          (ref) => this.model.cancel(ref, this.broker, getAddress(this.brokerSigner)),
          () => this.brokerSigner,
        ),
      () => this.createDvp(),
      ...[1, 2, 3, 4].map(() => () => this.createHold()),
      ...[1, 2, 3].map(() => () => this.pledgeBehind()),
      () => this.assign(),
      () => this.createDvp(),
      () => this.execute(),
      () =>
        this.onHolds(
          "releaseHolds",
          [2, 3, 4, 5],
          (ref) => this.model.releaseHold(ref, this.controller),
          () => this.controller,
        ),
      () => this.releaseByOrder(),
      () => this.changeController(),
      () => this.enforce(),
      () => this.recover(),
      () => this.freeze(),
      () => this.pause(),
      () => this.scale(),
      () => this.reRegister(),
      ...[1, 2, 3].map(() => () => this.consentToMove()),
      () => this.moveCustody(),
    ];
    this.broker = 1 + this.random(2);
    this.controller = getAddress(this.platform.signers.others[1 + this.random(2)]!);
    await this.pick(acts)();
  }

  private broker = 1;
  private controller = "";

  private get brokerSigner(): string {
    return this.platform.signers.brokers[this.broker - 1]!;
  }

  async compareState(): Promise<void> {
    // A refused act that reverts makes no block, so the chain's clock would stand behind the model's.
    await this.tick(0);
    await this.platform.request("evm_mine", []);
    const { model } = this;
    const read = async (fn: string, ...args: unknown[]) =>
      (await this.platform.read("SecurityToken", this.token, fn, args))[0];
    equal("supply", await read("totalSupply"), model.supply);
    equal("seq", await read("seq"), model.seq);
    equal("head", await read("head"), model.head);
    if (model.policy.tracked) equal("holders", await read("holderCount"), BigInt(model.holders()));
    for (const wallet of this.wallets) {
      equal(`balance of ${wallet}`, await read("balanceOf", wallet), model.balance(wallet));
      equal(`free units of ${wallet}`, await read("freeUnits", wallet), model.free(wallet));
      equal(
        `frozen units of ${wallet}`,
        await read("getFrozenTokens", wallet),
        model.frozen.get(wallet) ?? 0n,
      );
    }
    for (const ref of this.refs) {
      const hold = model.holds.get(ref);
      if (!hold) continue;
      const onChain = await read("holdOf", ref);
      equal(`state of ${ref}`, Number(onChain.state), { open: 1, accepted: 2, closed: 3 }[hold.state]);
      if (hold.state !== "closed")
        equal(
          `hold ${ref}`,
          [onChain.units, onChain.to, onChain.account],
          [hold.units, hold.to, hold.account],
        );
      equal(`claim of ${ref}`, await read("claimOf", ref), hold.claim);
    }
    const [from, to, units] = [this.account(), this.account(), this.units()];
    const codes = [...model.failing(from, to, units), ...model.needsRequest()];
    equal(
      "pre-check",
      Number(await read("detectTransferRestriction", from, to, units)),
      Math.min(...codes, 255) % 255,
    );
    const all = model.failing(from, to, units).reduce((set, code) => set | (1n << BigInt(code)), 0n);
    equal("failing rules", await read("failingRules", from, to, units), all);
  }

  private async issue(): Promise<void> {
    await this.tick(0);
    const rows = this.some(2).map(() => [this.account(), this.units(), this.ref(), this.data()] as const);
    const codes = rows.map(([to, units, ref, data]) => this.model.issue(to, units, ref, data));
    await this.batch(this.platform.signers.issuer, "issue", rows.map(wordLast), codes);
  }

  private async redeem(): Promise<void> {
    const row = [this.account(), this.units(), this.ref(), this.data()] as const;
    const code = this.model.redeem(...row);
    await this.batch(this.platform.signers.issuer, "redeem", [wordLast(row)], [code]);
  }

  private async custodied(): Promise<void> {
    const rows = this.some(2).map(
      () => [this.customer(), this.account(), this.units(), this.ref(), this.data()] as const,
    );
    const codes = rows.map(([from, to, units, ref, data]) =>
      this.model.direct(from, to, units, this.broker, "", ref, data),
    );
    await this.batch(this.brokerSigner, "custodiedTransfer", rows.map(wordLast), codes);
  }

  private async transfer(): Promise<void> {
    const [from, to, units] = [this.wallets[6]!, this.account(), this.units()];
    const code = this.model.direct(from, to, units, 0, from, ZeroHash, 0n);
    await this.single(from, "transfer", [to, units], code);
  }

  private async request(): Promise<void> {
    const rows = this.some(2).map(
      () =>
        [this.customer(), this.account(), this.units(), this.expiry(), this.holdRef(), this.data()] as const,
    );
    const codes = rows.map(([from, to, units, expiry, ref, data]) =>
      this.model.request(from, to, units, expiry, this.broker, ref, data),
    );
    await this.batch(this.brokerSigner, "requestTransfers", rows.map(wordLast), codes);
  }

  private async createDvp(): Promise<void> {
    const hold = this.hold(this.pick([2, 2, 2, 3]));
    const ref = this.holdRef();
    await this.batch(
      this.brokerSigner,
      "createDvpHolds",
      [holdRow(hold, ref)],
      [this.model.createDvp(hold, this.broker, ref)],
    );
  }

  private async createHold(): Promise<void> {
    const hold = this.hold(this.pick([3, 4, 4, 5, 5, 2, 6]));
    const ref = this.holdRef();
    await this.batch(
      this.platform.signers.registrar,
      "createHolds",
      [holdRow(hold, ref)],
      [this.model.createByRegistrar(hold, ref)],
    );
  }

  /** A pledge behind another, mostly on the right account. */
  private async pledgeBehind(): Promise<void> {
    const behind = this.pick(this.someRefs(3));
    const ahead = this.model.holds.get(behind);
    const account = ahead && this.random(6) > 0 ? { account: ahead.account } : {};
    const hold = { ...this.hold(this.pick([3, 3, 3, 3, 3, 4])), ...account };
    const ref = this.holdRef();
    await this.batch(
      this.platform.signers.registrar,
      "createHolds",
      [holdRow(hold, ref, behind)],
      [this.model.createByRegistrar(hold, ref, behind)],
    );
  }

  private async assign(): Promise<void> {
    const [ref, pledgee] = [this.pick(this.someRefs(3)), this.account()];
    if (this.random(3) > 0)
      this.controller = this.model.holds.get(ref)?.controller.replace(nobody, "") || this.controller;
    const next = getAddress(this.pick([...this.platform.signers.others.slice(1, 3), nobody]));
    const code = this.model.assign(ref, pledgee, next, this.controller);
    await this.single(this.controller, "assignPledge", [ref, pledgee, next], code);
  }

  private async execute(): Promise<void> {
    const [ref, units] = [this.pick(this.someRefs(2, 3, 4, 5)), this.units()];
    if (this.random(3) > 0)
      this.controller = this.model.holds.get(ref)?.controller.replace(nobody, "") || this.controller;
    const code = this.model.executeHold(ref, units, this.controller);
    await this.batch(this.controller, "executeHolds", [[ref, units]], [code]);
  }

  private async onHolds(
    fn: string,
    kinds: number[],
    act: (ref: string) => number,
    signer: () => string,
  ): Promise<void> {
    const refs = this.some(2).map(() => this.pick(this.someRefs(...kinds)));
    const codes = refs.map(act);
    await this.batch(signer(), fn, refs, codes);
  }

  private async releaseByOrder(): Promise<void> {
    const [ref, basis] = [this.pick(this.someRefs(1, 2, 3, 4, 5)), this.pick([3, 18, 2])];
    const code = this.model.releaseByOrder(ref, basis);
    await this.send(this.platform.signers.enforcer, "releaseByOrder", [[ref], basis, false], [code]);
  }

  private async changeController(): Promise<void> {
    const [ref, next] = [
      this.pick(this.someRefs()),
      this.pick([...this.platform.signers.others.slice(1, 3), nobody]),
    ];
    const code = this.model.changeController(ref, getAddress(next), this.controller);
    await this.single(this.controller, "changeController", [ref, next], code);
  }

  private async enforce(): Promise<void> {
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

  private async recover(): Promise<void> {
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

  private async freeze(): Promise<void> {
    const [account, units] = [this.account(), this.pick([0n, 0n, 30n, 500n, 1n << 200n])];
    await this.single(
      this.platform.signers.enforcer,
      "setFrozenTokens",
      [account, units],
      this.model.setFrozen(account, units),
    );
  }

  private async pause(): Promise<void> {
    const [paused, ref] = [this.random(4) === 0, this.ref()];
    await this.single(
      this.platform.signers.registrar,
      "setPaused",
      [paused, ref],
      this.model.setPaused(paused, ref),
    );
  }

  /** A whole consolidation or split, some of it refused; in the middle everything else is. */
  private async scale(): Promise<void> {
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
  private holdsToCarry(account: string, amiss: boolean): string[] {
    const open = this.model.openHolds(account).filter(([, hold]) => hold.claim === 0n && hold.kind !== 6);
    const ids = open.map(([id]) => id).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    if (!amiss || this.random(3) > 0 || ids.length === 0) return ids;
    return this.pick([ids.slice(1), [...ids].reverse(), [...ids, ids.at(-1)!]]);
  }

  private async reRegister(): Promise<void> {
    const index = this.pick([0, 1, 2, 3, 4, 6]);
    await this.register(this.wallets[index]!, index, this.random(4) === 0 ? 1n : 0n, 600 + this.random(9000));
  }

  private async register(wallet: string, index: number, flags = 0n, validFor = 100_000): Promise<void> {
    await this.tick(0);
    const person = {
      id: [1n, 1n, 2n, 3n, 4n, 0n, 5n][index]!,
      classes: index === 4 ? 4n : 8n,
      flags,
      validUntil: this.model.now + validFor,
      custodian: this.model.records.get(wallet)?.custodian ?? [1, 2, 2, 1, 1, 0, 0][index]!,
    };
    await this.record(wallet, person);
  }

  private async consentToMove(): Promise<void> {
    const [wallet, to] = [this.pick(this.wallets), this.random(3)];
    const sides = this.random(2) === 0 ? [this.random(3)] : [this.model.records.get(wallet)?.custodian, to];
    for (const side of sides) await this.consentOf(side ?? 0, wallet, to);
  }

  private async consentOf(side: number, wallet: string, to: number): Promise<void> {
    await this.tick(0);
    // Only the seventh wallet has a key.
    const self = side === 0 && wallet === this.wallets[6];
    const custodian = side === 0 ? this.broker : side;
    const speaker = { custodian: self ? 0 : custodian, self, agrees: this.random(5) > 0 };
    const from = this.model.records.get(wallet)?.custodian;
    const code = this.consents.give(wallet, from, to, speaker, this.model.now);
    const signer = self ? wallet : this.platform.signers.brokers[custodian - 1]!;
    await this.onRegistry(signer, "consentToMove", [[wallet], to, speaker.agrees, true], code);
  }

  private async moveCustody(): Promise<void> {
    const wallet = this.pick(this.wallets);
    const standing = this.model.records.get(wallet);
    if (standing === undefined) return;
    const custodian = this.random(3);
    if (this.random(2) === 0)
      for (const side of [standing.custodian, custodian]) await this.consentOf(side, wallet, custodian);
    await this.tick(0);
    const moved = { ...standing, validUntil: this.model.now + 100_000, custodian };
    const code =
      moved.custodian === standing.custodian
        ? 0
        : this.consents.use(wallet, standing.custodian, moved.custodian, this.model.now);
    if (code === 0 && custodian !== standing.custodian) this.result.moved++;
    await this.record(wallet, moved, code);
  }

  private async record(wallet: string, person: Person, code = 0): Promise<void> {
    const record = registryRecord(
      person.id,
      BigInt(person.validUntil),
      BigInt(person.custodian),
      person.classes,
      person.flags,
    );
    const rows = [[wallet, record, ZeroHash]];
    await this.onRegistry(this.platform.signers.registrar, "setRecords", [rows, true], code);
    if (code === 0) this.model.records.set(wallet, person);
  }

  private async onRegistry(from: string, fn: string, args: unknown[], code: number): Promise<void> {
    let outcome = 0;
    try {
      await this.platform.send(from, "HolderRegistry", this.platform.addresses.holderRegistry, fn, args);
    } catch (error) {
      if (!isRevert(error)) throw error;
      outcome = codeOf(error.data);
    }
    equal(`${fn}: code`, outcome, code);
    this.count(code);
  }

  private async tick(seconds: number): Promise<void> {
    this.model.now += 1 + seconds;
    await this.platform.request("evm_setNextBlockTimestamp", [this.model.now]);
  }

  private batch = (from: string, fn: string, rows: readonly unknown[], codes: number[]) =>
    this.send(from, fn, [rows, false], codes);

  private async send(from: string, fn: string, args: readonly unknown[], codes: number[]): Promise<void> {
    const receipt = await this.platform.send(from, "SecurityToken", this.token, fn, [...args]);
    const refusals = logsOf(receipt, "Rejected").map(({ args }) => [Number(args.row), Number(args.code)]);
    equal(
      `${fn}: refusals`,
      refusals,
      codes.flatMap((code, row) => (code === 0 ? [] : [[row, code]])),
    );
    this.compareEntries(fn, receipt);
    for (const code of codes) this.count(code);
  }

  private async single(from: string, fn: string, args: unknown[], code: number): Promise<void> {
    let outcome = 0;
    try {
      this.compareEntries(fn, await this.platform.send(from, "SecurityToken", this.token, fn, args));
    } catch (error) {
      if (!isRevert(error)) throw error;
      outcome = codeOf(error.data);
    }
    equal(`${fn}: code`, outcome, code);
    this.count(code);
  }

  private compareEntries(fn: string, receipt: Receipt): void {
    const made = logsOf(receipt, "Entry").map(({ args }) => ({
      fromUnits: args.fromUnits as bigint,
      toLine: args.toLine as bigint,
      ref: args.ref as string,
      data: BigInt(args.data as string),
    }));
    const expected = this.model.drain().map(({ kind, basis, units, from, to, ref, data }) => ({
      fromUnits: (BigInt(from) << 96n) | units,
      toLine: (BigInt(to) << 96n) | BigInt((basis << 8) | kind),
      ref,
      data,
    }));
    equal(`${fn}: entries`, made, expected);
    const last = logsOf(receipt, "Entry").at(-1);
    if (last) equal(`${fn}: head`, last.args.head, this.model.head);
  }

  private count(code: number): void {
    this.result.calls++;
    this.result.codes[code] = (this.result.codes[code] ?? 0) + 1;
    if (code === 0) this.result.done++;
    else this.result.refused++;
  }

  private hold(kind: number): ModelHold {
    return {
      account: this.customer(),
      to: this.random(3) === 0 ? nobody : this.account(),
      kind,
      basis: 0,
      units: this.units(),
      claim: 0n,
      first: null,
      controller: getAddress(this.pick([...this.platform.signers.others.slice(1, 3), nobody])),
      expiryMinutes: kind === 3 || kind === 4 ? this.pick([0, 0, 0, 1]) : this.expiry(),
      days: BigInt(this.random(2 ** 31)),
      state: "open",
    };
  }

  private some = (most: number) => Array.from({ length: 1 + this.random(most) });
  private pick = <T>(items: readonly T[]): T => items[this.random(items.length)]!;
  private account = () => (this.random(40) === 0 ? nobody : this.pick(this.wallets));
  private units = () => this.pick([0n, 1n, 5n, 5n, 5n, 10n, 10n, 10n, 20n, 20n, 40n, 100n]);
  private ref = () => id(`ref ${this.random(2 ** 31)}`);
  private data = () => (BigInt(this.random(16)) << 252n) | (0xabcn << 100n) | BigInt(this.random(2 ** 31));
  private expiry = () =>
    this.pick([0, 0, Math.floor(this.model.now / 60) + 1 + this.random(90), Math.floor(this.model.now / 60)]);

  /** Mostly an account of the broker whose turn it is. */
  private customer(): string {
    const own = this.wallets.filter((wallet) => this.model.records.get(wallet)?.custodian === this.broker);
    return this.random(5) === 0 || own.length === 0 ? this.account() : this.pick(own);
  }

  /** Mostly holds that are open and of these kinds. */
  private someRefs(...kinds: number[]): string[] {
    const fits = (hold?: ModelHold) => hold && hold.state !== "closed" && kinds.includes(hold.kind);
    const open = this.refs.filter((ref) => fits(this.model.holds.get(ref)));
    if (open.length > 0 && this.random(5) > 0) return open;
    return this.refs.length > 0 ? this.refs.slice(-12) : [ZeroHash];
  }

  private holdRef(): string {
    const ref =
      this.random(12) === 0 ? this.pick([ZeroHash, `0x${"f".repeat(64)}`, ...this.someRefs()]) : this.ref();
    if (!this.refs.includes(ref)) this.refs.push(ref);
    return ref;
  }
}

const codec = () => contractInterface("SecurityToken");

function logsOf(receipt: Receipt, name: string) {
  return receipt.logs.flatMap((log) => {
    const parsed = codec().parseLog(log);
    return parsed?.name === name ? [parsed] : [];
  });
}

function codeOf(data: string): number {
  const error = codec().parseError(data);
  if (error?.name === "Refused") return Number(error.args.code);
  return refusalOfError(error?.name ?? "")?.number ?? -1;
}

const isRevert = (error: unknown): error is { data: string } =>
  typeof error === "object" && error !== null && "data" in error && typeof error.data === "string";

const wordLast = (row: readonly unknown[]) => [...row.slice(0, -1), hex(row.at(-1) as bigint)];

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

function equal(what: string, chain: unknown, model: unknown): void {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, item) => (typeof item === "bigint" ? `${item}` : item));
  if (text(chain) !== text(model))
    throw new Error(`${what}: the contract says ${text(chain)}, the model ${text(model)}`);
}
