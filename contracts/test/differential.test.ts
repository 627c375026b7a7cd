import { expect, test } from "vitest";
import { runDifferential } from "./differential.ts";

// `node scripts/contracts/model.ts --calls 10000 --seed N` plays longer games.
test("contract and model agree in state, event, code and head over random acts", async () => {
  const { calls, done, codes } = await runDifferential(20210811, 1500);
  expect(calls).toBeGreaterThanOrEqual(1500);
  expect(done).toBeGreaterThan(250);
  expect(Object.keys(codes).length).toBeGreaterThan(20);
}, 120_000);
