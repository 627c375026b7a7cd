import { basisCode } from "@genbo/domain/legal-basis";
import { encodeSuccession, type SuccessionData } from "@genbo/domain/words";
import { partIdOf } from "../src/hold.ts";
import type { ChainEntry } from "../src/state.ts";
import { account, createChain } from "./chain.ts";

/** The deceased, two heirs, the pledgee of 8 of his 10 units, and one who takes over from an heir. */
export const [dead, erin, fred, bank, widow] = [2, 4, 6, 8, 10].map(account) as [
  string,
  string,
  string,
  string,
  string,
];
const basis = basisCode("GENERAL_SUCCESSION");
const noDays = { tradeDate: 0, acquiredOn: 0, settlementDate: 0, lotAcquiredOn: 0 };
export const successionWord = (data: Partial<SuccessionData>) =>
  encodeSuccession({ keepDates: true, isPart: true, claimed: 0n, ...noDays, ...data });

/** Units of two days, 8 of them pledged, a second pledge of 6 behind, an attachment of 5 that has 2. */
export function encumbered() {
  const chain = createChain();
  chain.issue(dead, 4n, 0);
  chain.issue(dead, 6n, 1);
  const pledge = chain.hold(dead, bank, 8n, 2, { kind: 3, controller: bank });
  const second = chain.hold(dead, widow, 0n, 2, { kind: 3, controller: widow });
  chain.onHold("HOLD_RANKED", second, 6n, 2, { to: dead, data: pledge.ref });
  const attachment = chain.hold(dead, dead, 5n, 3, { kind: 4, controller: bank });
  chain.onHold("HOLD_CHANGED", attachment, 2n, 3, { basis: 16 });
  const pass = (hold: ChainEntry | string, to: string, units: bigint, data: Partial<SuccessionData> = {}) =>
    chain.emit(
      "HOLD_SUCCEEDED",
      {
        ...{ from: dead, to, units, basis },
        ref: typeof hold === "string" ? hold : hold.ref,
        data: successionWord({ claimed: units, ...data }),
      },
      20,
    );
  return { chain, pledge, second, attachment, pass };
}

/** Two heirs of 6 and 4; the first pledge is released at one and executed in part at the other, whose part is divided again. */
export function inherited() {
  const all = encumbered();
  const { chain, pledge, second, attachment, pass } = all;
  pass(pledge, erin, 5n);
  pass(pledge, fred, 3n);
  pass(second, erin, 0n, { claimed: 4n });
  pass(second, fred, 0n, { claimed: 2n });
  pass(attachment, erin, 1n, { claimed: 3n });
  pass(attachment, fred, 1n, { claimed: 2n });
  const on = (hold: ChainEntry, to: string) => ({ from: to, ref: partIdOf(hold.ref, to) });
  chain.onHold("HOLD_RELEASED", pledge, 5n, 30, { ...on(pledge, erin), basis: 12 });
  chain.onHold("HOLD_CHANGED", second, 4n, 30, { ...on(second, erin), to: erin });
  chain.onHold("HOLD_CHANGED", attachment, 2n, 30, { ...on(attachment, erin), to: erin });
  chain.onHold("HOLD_EXECUTED", pledge, 1n, 31, on(pledge, fred));
  const part = partIdOf(pledge.ref, fred);
  chain.emit(
    "HOLD_SUCCEEDED",
    {
      ...{ from: fred, to: widow, units: 2n, basis, ref: part },
      data: successionWord({ claimed: 2n, isPart: false, keepDates: false, acquiredOn: 20_000 }),
    },
    40,
  );
  return { ...all, entries: chain.entries };
}
