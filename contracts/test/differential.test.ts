import { expect, test } from "vitest";
import { runDifferential } from "./differential.ts";

// `node scripts/contracts/model.ts --calls 10000 --seed N` plays longer games.
test("contract and model agree in state, event, code and head over random acts", async () => {
  const { calls, done, codes, reached } = await runDifferential(20210811, 1500);
  expect(calls).toBeGreaterThanOrEqual(1500);
  expect(done).toBeGreaterThan(250);
  expect(Object.keys(codes).length).toBeGreaterThan(20);
  // What an agreement would say nothing of, were it never played.
  const acts = ["succession of 1", "succession of 2", "recovery", "split", "consolidation"];
  const carried = ["one waits", "a pledge behind", "a part", "after a ratio"];
  for (const act of acts)
    for (const what of carried) expect(reached, `${act}, ${what}`).toHaveProperty([`${act}, ${what}`]);
  expect(reached).toHaveProperty(["succession of 1, after a recovery"]);
}, 120_000);
