import { ZeroHash } from "ethers";
import type { Person } from "../model/facts.ts";
import { registryRecord } from "../platform.ts";
import { Referee } from "./referee.ts";

/** Records of wallets, and their way to another custodian. */
export class RegistryActs extends Referee {
  protected async reRegister(): Promise<void> {
    const index = this.pick([0, 1, 2, 3, 4, 6]);
    await this.register(this.wallets[index]!, index, this.random(4) === 0 ? 1n : 0n, 600 + this.random(9000));
  }

  protected async register(wallet: string, index: number, flags = 0n, validFor = 100_000): Promise<void> {
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

  protected async consentToMove(): Promise<void> {
    const [wallet, to] = [this.pick(this.wallets), this.random(3)];
    const sides = this.random(2) === 0 ? [this.random(3)] : [this.model.records.get(wallet)?.custodian, to];
    for (const side of sides) await this.consentOf(side ?? 0, wallet, to);
  }

  protected async consentOf(side: number, wallet: string, to: number): Promise<void> {
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

  protected async moveCustody(): Promise<void> {
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

  protected async record(wallet: string, person: Person, code = 0): Promise<void> {
    const record = registryRecord(
      person.id,
      BigInt(person.validUntil),
      BigInt(person.custodian),
      person.classes,
      person.flags,
    );
    const rows = [[wallet, record, ZeroHash]];
    await this.onRegistry(this.registrar, "setRecords", [rows, true], code);
    if (code === 0) this.model.records.set(wallet, person);
  }

  protected async onRegistry(from: string, fn: string, args: unknown[], code: number): Promise<void> {
    const { holderRegistry } = this.platform.addresses;
    await this.ends(fn, code, () => this.platform.send(from, "HolderRegistry", holderRegistry, fn, args));
  }
}
