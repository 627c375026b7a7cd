const monthSeconds = 30 * 24 * 3600;

/** The reference model of HolderRegistry's consents to a move between custodians (0: the wallet's own key). */
export class Consents {
  private readonly until = new Map<string, { leaving: number; arriving: number }>();

  /** Code of a side's word. @param speaksFor custodian of the caller; `self`: it is the wallet's own key */
  give(wallet: string, from: number | undefined, to: number, speaker: Speaker, now: number): number {
    if (from === undefined || from === to) return 60;
    const speaks = (custodian: number) =>
      custodian === 0 ? speaker.self : custodian === speaker.custodian && custodian !== 0;
    if (!speaks(from) && !speaks(to)) return 40;
    const key = `${wallet}/${from}/${to}`;
    const consent = this.until.get(key) ?? { leaving: 0, arriving: 0 };
    const until = speaker.agrees ? now + monthSeconds : 0;
    if (speaks(from)) consent.leaving = until;
    if (speaks(to)) consent.arriving = until;
    this.until.set(key, consent);
    return 0;
  }

  /** Code of the registrar's move, which uses both consents up. */
  use(wallet: string, from: number, to: number, now: number): number {
    const key = `${wallet}/${from}/${to}`;
    const consent = this.until.get(key);
    if (consent === undefined || consent.leaving < now || consent.arriving < now) return 64;
    this.until.delete(key);
    return 0;
  }
}

export interface Speaker {
  custodian: number;
  self: boolean;
  agrees: boolean;
}
