import { ZeroHash } from "ethers";
import { Book } from "./book.ts";
import { nobody } from "./facts.ts";

/** Why something is refused: each answers with codes of refusal. */
export class Rules extends Book {
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
    const reserved = ref === ZeroHash || /^0x[f]{23}[ef]/.test(ref);
    return [...(this.isPast(expiryMinutes) ? [43] : []), ...(reserved || this.holds.has(ref) ? [44] : [])];
  }

  protected unless(codes: number[], act: () => void): number {
    if (codes.length > 0) return Math.min(...codes);
    act();
    return 0;
  }

  protected isPast(minutes: number): boolean {
    return minutes !== 0 && this.now >= minutes * 60;
  }
}
