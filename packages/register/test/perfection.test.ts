import { type EntryKind, entryKinds, type HoldKind, holdKinds } from "@genbo/domain/entry-kinds";
import { basisCode, type LegalBasisName } from "@genbo/domain/legal-basis";
import { expect, test } from "vitest";
import { advance } from "../src/fold.ts";
import { perfects } from "../src/perfection.ts";
import { emptyState } from "../src/state.ts";
import { account, createChain, personOf } from "./chain.ts";

const [seller, buyer] = [account(0), account(4)];

/** The kinds of the lines that perfect something, in an issue where a hold of this kind is made, changed and ended. */
function perfectedLines(kind: HoldKind): EntryKind[] {
  const chain = createChain();
  chain.issue(seller, 9n, 0);
  const hold = chain.hold(seller, buyer, 5n, 1, { kind: holdKinds[kind], controller: buyer });
  chain.onHold("HOLD_ACCEPTED", hold, 5n, 1);
  chain.onHold("HOLD_EXECUTED", hold, 2n, 2);
  chain.onHold("HOLD_CHANGED", hold, 3n, 2, { to: seller });
  chain.onHold("HOLD_RELEASED", hold, 3n, 3);
  const state = emptyState();
  const lines = chain.entries.filter((entry) => perfects(advance(state, entry, personOf)));
  return lines.map((entry) => nameOf(entry.kind));
}
const nameOf = (code: number) =>
  (Object.keys(entryKinds) as EntryKind[]).find((name) => entryKinds[name] === code)!;

test.each(["PLEDGE", "ATTACHMENT"] as const)("a %s is perfected by its entries", (kind) => {
  expect(perfectedLines(kind)).toEqual([
    "ISSUE",
    "HOLD_CREATED",
    "HOLD_EXECUTED",
    "HOLD_CHANGED",
    "HOLD_RELEASED",
  ]);
});

test.each(["REQUEST", "DVP", "LOCKUP", "FREEZE"] as const)(
  "of a %s only the move that it ends in perfects anything",
  (kind) => expect(perfectedLines(kind)).toEqual(["ISSUE", "HOLD_EXECUTED"]),
);

test("a policy and terms perfect nothing", () => {
  const effect = { hold: null } as Parameters<typeof perfects>[0]["effect"];
  const entryOf = (kind: number) => ({ kind }) as Parameters<typeof perfects>[0]["entry"];
  for (const kind of ["POLICY", "TERMS"] as const)
    expect(perfects({ effect, entry: entryOf(entryKinds[kind]) })).toBe(false);
  for (const kind of ["REDEEM", "TRANSFER", "FORCED_TRANSFER", "RECOVERY"] as const)
    expect(perfects({ effect, entry: entryOf(entryKinds[kind]) })).toBe(true);
});

test("a mark of trust property is perfected by its entry, the trustee's capacity is not [TA 206(1)] [CA 695-2(1)]", () => {
  const effect = { hold: null } as Parameters<typeof perfects>[0]["effect"];
  const mark = (basis: LegalBasisName) =>
    ({ kind: entryKinds.MARK, basis: basisCode(basis) }) as Parameters<typeof perfects>[0]["entry"];
  expect(perfects({ effect, entry: mark("TRUST_PROPERTY_MARK") })).toBe(true);
  expect(perfects({ effect, entry: mark("TRUSTEE_ACQUIRED") })).toBe(false);
});
