import { concat, keccak256, ZeroHash } from "ethers";
import { type Entry, type ModelHold, type ModelPolicy, nobody, type Person } from "./facts.ts";
import { hex } from "./words.ts";

/** What a token and its registry have stored, and the entries that led there. */
export class Book {
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

  protected waitingOf = (account: string): string[] =>
    this.waiting.filter((id) => this.holds.get(id)!.account === account);

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

  /** Entries made since the last call. */
  drain(): Entry[] {
    const { entries } = this;
    this.entries = [];
    return entries;
  }

  note(entry: Entry): void {
    const { kind, basis, units, from, to, ref, data } = entry;
    this.seq += 1n;
    const fromUnits = (BigInt(from) << 96n) | units;
    const toLine = (BigInt(to) << 96n) | BigInt((basis << 8) | kind);
    const line = concat([this.head, hex(fromUnits), hex(toLine), ref, hex(data)]);
    this.head = hex(((BigInt(keccak256(line)) >> 32n) << 32n) | this.seq);
    this.entries.push(entry);
  }

  protected move(entry: Entry): void {
    const { units, from, to } = entry;
    if (from === nobody) this.supply += units;
    else this.units.set(from, this.balance(from) - units);
    if (to === nobody) this.supply -= units;
    else this.units.set(to, this.balance(to) + units);
    this.note(entry);
  }
}
