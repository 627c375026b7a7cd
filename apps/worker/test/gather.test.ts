import { batchRowsMax } from "@genbo/chain/gas";
import type { Command } from "@genbo/database/outbox/outbox";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gather } from "../src/gather.ts";

const account = fc.constantFrom("a", "b", "c", "d", "e");
const command = fc.record({
  call: fc.constantFrom("issue", "custodiedTransfer", "acceptTransfers", "createIssue"),
  target: fc.constantFrom("t1", "t2"),
  ref: fc.constantFrom("r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"),
  args: fc.record({ from: account, to: account }, { requiredKeys: [] }),
});
const queue = fc.array(command, { maxLength: 40 }).map((commands) =>
  commands.map(
    (each, index): Command => ({
      ...each,
      id: BigInt(index),
      operationId: `op${index % 3}`,
      priority: 5,
    }),
  ),
);

const touches = ({ ref, args }: Command) => [ref, args.from, args.to].filter((key) => key !== undefined);
const shared = (a: Command, b: Command) => touches(a).filter((key) => touches(b).includes(key));

test("a batch is of one call and target, has each ref once, and keeps the order of every account and ref", () => {
  fc.assert(
    fc.property(queue, (queued) => {
      const batch = gather(queued);
      expect(batch[0]).toBe(queued[0]);
      expect(new Set(batch.map(({ call, target }) => `${call} ${target}`)).size).toBeLessThanOrEqual(1);
      expect(new Set(batch.map(({ ref }) => ref)).size).toBe(batch.length);
      expect(batch.map(({ id }) => id)).toEqual(batch.map(({ id }) => id).sort((a, b) => Number(a - b)));
      const taken = new Set(batch);
      for (const [index, each] of queued.entries()) {
        if (!taken.has(each)) continue;
        const before = queued.slice(0, index).filter((earlier) => !taken.has(earlier));
        for (const earlier of before) expect(shared(earlier, each)).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

test("whatever is queued is sent in the end, whole batches at a time", () => {
  fc.assert(
    fc.property(queue, (queued) => {
      let left = queued;
      while (left.length > 0) {
        const batch = new Set(gather(left));
        expect(batch.size).toBeGreaterThan(0);
        left = left.filter((each) => !batch.has(each));
      }
    }),
  );
});

const rows = (count: number, call: string) =>
  Array.from({ length: count }, (_, index): Command => {
    const args = { from: `f${index}`, to: `t${index}` };
    return { id: BigInt(index), operationId: "op", call, target: "t", ref: `r${index}`, args, priority: 5 };
  });

test.each(["issue", "requestTransfers", "acceptTransfers"] as const)(
  "%s: no more rows than one transaction carries",
  (call) => {
    expect(gather(rows(1_000, call))).toHaveLength(batchRowsMax(call));
  },
);

test("a call that is not batched goes alone", () => {
  expect(gather(rows(5, "createIssue"))).toHaveLength(1);
  expect(gather([])).toEqual([]);
});

test.each(["createHolds", "beginRatio"])("no command overtakes %s", (call) => {
  const act = { ...rows(1, call)[0]!, id: 100n, ref: "case" };
  const [before, after] = [rows(2, "approveTransfers"), rows(2, "approveTransfers")];
  const behind = after.map((each) => ({ ...each, ref: `behind ${each.ref}` }));
  expect(gather([...before, act, ...behind])).toEqual(before);
  expect(gather([act, ...behind])).toEqual([act]);
});
