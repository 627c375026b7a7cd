import { uintWord, zeroAddress } from "@genbo/domain/words";
import { advance } from "../src/fold.ts";
import type { ChainEntry } from "../src/state.ts";
import { emptyState } from "../src/state.ts";
import { account, createChain, personOf } from "./chain.ts";

/** Two holders with lots, a pledge, an attachment that waits and frozen units, carried by `n` new units for `d` old. */
export function scaled(n: bigint, d: bigint) {
  const chain = createChain();
  const state = emptyState();
  const [a, b] = [account(0), account(2)] as [string, string];
  chain.issue(a, 9n, 0);
  chain.issue(a, 19n, 1);
  chain.issue(a, 27n, 2);
  chain.issue(b, 4n, 1);
  const pledge = chain.hold(a, zeroAddress, 25n, 3, { kind: 3 });
  const attachment = chain.hold(a, a, 31n, 4, { kind: 4 });
  chain.onHold("HOLD_CHANGED", attachment, 4n, 4);
  const frozen = chain.hold(a, a, 47n, 5, { kind: 6 });
  const basis = n < d ? 9 : 10;
  const ratio = (fields: Partial<ChainEntry>, was: bigint) => {
    const data = uintWord((n << 128n) | (((was * n) % d) << 64n) | d);
    return chain.emit("RATIO", { basis, units: (was * n) / d, data, ...fields }, 9);
  };
  const ref = ratio({ units: 59n }, 0n).ref;
  const units = () => ratio({ from: a, to: a, ref }, 55n);
  if (n > d) units();
  ratio({ from: a, ref: pledge.ref }, 25n);
  ratio({ from: a, ref: attachment.ref }, 4n);
  ratio({ from: a, ref: frozen.ref }, 47n);
  if (n < d) units();
  ratio({ from: b, to: b, ref }, 4n);
  ratio({ units: (55n * n) / d + (4n * n) / d, ref }, 0n);
  for (const entry of chain.entries) advance(state, entry, personOf);
  return { state, entries: chain.entries };
}
