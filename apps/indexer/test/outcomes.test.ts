import type { MinedCommand, OurTransaction } from "@genbo/database/outbox/mined";
import { zeroAddress } from "@genbo/domain/words";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type MinedFacts, settle } from "../src/outcomes.ts";

const blockTime = new Date("2021-08-11T00:00:00Z");
const command = (row: number, call = "issue"): MinedCommand => ({
  id: BigInt(row),
  operationId: `op_${row % 2}`,
  call,
  target: "0xtoken",
  ref: `ref${row}`,
  row,
  open: true,
  maker: "staff:1",
  checker: null,
});
const ours = (commands: MinedCommand[]): OurTransaction => ({
  id: 1n,
  hash: "0xh",
  call: commands[0]!.call,
  commands,
});
const facts = (some: Partial<MinedFacts> & { succeeded?: boolean }): MinedFacts => ({
  transaction: { hash: "0xh", index: 0, from: zeroAddress, succeeded: some.succeeded ?? true, logs: [] },
  blockTime,
  entered: new Set(),
  rejected: new Map(),
  revertCode: undefined,
  isQuarantined: () => false,
  ...some,
});

test("each row has one outcome: its own entry, its own refusal, or a loss that is named", () => {
  const kind = fc.constantFrom("entered", "refused", "lost");
  fc.assert(
    fc.property(fc.array(kind, { minLength: 1, maxLength: 30 }), (kinds) => {
      const commands = kinds.map((_, row) => command(row));
      const entered = new Set(commands.filter(({ row }) => kinds[row] === "entered").map(({ ref }) => ref));
      const rejected = new Map(
        commands.filter(({ row }) => kinds[row] === "refused").map(({ row }) => [row, 30]),
      );
      const { outcomes, lost, waiting } = settle(ours(commands), facts({ entered, rejected }));
      expect(outcomes.map(({ state }) => state)).toEqual(
        kinds.map((each) => (each === "lost" ? "failed" : each)),
      );
      expect(outcomes.map(({ code }) => code)).toEqual(
        kinds.map((each) => ({ entered: 0, refused: 30, lost: 99 })[each]),
      );
      expect(lost).toHaveLength(kinds.filter((each) => each === "lost").length);
      expect(waiting.size).toBe(0);
    }),
  );
});

test("a transaction that reverted refuses every row with its reason, or REVERTED", () => {
  const commands = [command(0), command(1)];
  const codes = (revertCode: number | undefined) =>
    settle(ours(commands), facts({ succeeded: false, revertCode })).outcomes.map(({ state, code }) => [
      state,
      code,
    ]);
  expect(codes(44)).toEqual([
    ["refused", 44],
    ["refused", 44],
  ]);
  expect(codes(undefined)).toEqual([
    ["refused", 99],
    ["refused", 99],
  ]);
});

test("under quarantine what has entered is settled, the rest waits, and what was settled stays", () => {
  const commands = [command(0), command(1), { ...command(2), open: false }, command(3)];
  const rejected = new Map([[3, 30]]);
  const { outcomes, waiting } = settle(
    ours(commands),
    facts({ entered: new Set(["ref0"]), rejected, isQuarantined: () => true }),
  );
  expect(outcomes).toEqual([
    { commandId: 0n, operationId: "op_0", state: "entered", code: 0, enteredAt: blockTime },
  ]);
  expect([...waiting]).toEqual(["op_1"]);
});

test("calls that write no entry have entered when their transaction succeeded", () => {
  const { outcomes } = settle(ours([command(0, "grantRole")]), facts({}));
  expect(outcomes).toMatchObject([{ state: "entered" }]);
});
