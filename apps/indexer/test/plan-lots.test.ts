import type { ChainBlock } from "@genbo/chain/blocks";
import fc from "fast-check";
import { expect, test } from "vitest";
import { logsPerLotMax } from "../src/limits.ts";
import { nextLot } from "../src/plan-lots.ts";

const block = (number: number, logs: number): ChainBlock => ({
  number,
  hash: `h${number}`,
  parentHash: `h${number - 1}`,
  time: 1_000 + number,
  transactions: [
    {
      hash: `t${number}`,
      index: 0,
      from: "",
      succeeded: true,
      logs: Array.from({ length: logs }, (_, index) => ({ address: "", topics: [], data: "0x", index })),
    },
  ],
});

test("lots cover all blocks in order; none is beyond the limit unless it is one block; a closing begins a lot", () => {
  const sizes = fc.array(fc.nat(logsPerLotMax * 1.2), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(sizes, fc.option(fc.nat(14)), (logs, closesAt) => {
      const blocks = logs.map((count, index) => block(index + 1, count));
      const closing = closesAt === null ? undefined : new Date((1_000 + closesAt) * 1000);
      const lots: ChainBlock[][] = [];
      let due = closing;
      for (let rest = blocks; rest.length > 0; rest = rest.slice(lots.at(-1)!.length)) {
        const closings = due === undefined ? [] : [{ issueId: "iss_1", due }];
        const waits = { issueId: "iss_held", due: new Date(0) };
        const { blocks: lot, closes } = nextLot(rest, [waits, ...closings], new Set([waits.issueId]));
        lots.push(lot);
        expect(closes).toBe(due !== undefined && lot[0]!.time * 1000 >= due.getTime());
        // The lists of the date are frozen with this lot, so it is no longer waited for.
        if (closes) due = undefined;
      }
      expect(lots.flat()).toEqual(blocks);
      for (const lot of lots) {
        const sum = lot.reduce((total, each) => total + each.transactions[0]!.logs.length, 0);
        if (lot.length > 1) expect(sum).toBeLessThanOrEqual(logsPerLotMax);
        if (closing === undefined) continue;
        const inside = lot.slice(1).filter(({ time }) => time * 1000 >= closing.getTime());
        const startsBefore = lot[0]!.time * 1000 < closing.getTime();
        if (startsBefore) expect(inside).toEqual([]);
      }
    }),
  );
});
