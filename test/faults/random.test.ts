import { failpoints } from "@genbo/domain/failpoints";
import { expect, test } from "vitest";
import { runFaults } from "./random/run.ts";

const runs = 30;
const seed = 20261125;
const msMax = 900_000;

test(
  `${runs} random faults under a mixed load: everything accepted is entered or refused once`,
  async () => {
    const report = await runFaults({ runs, seed }, () => undefined);
    expect(report.operations).toBeGreaterThan(runs);
    expect(report.repeated).toBeGreaterThan(0);
    for (const what of report.skipped) console.warn(`NOT TRIED: ${what}`);
    for (const [window, hits] of Object.entries(report.windows)) expect(hits, window).toBeGreaterThan(0);
    expect(Object.keys(report.faults)).toEqual(
      expect.arrayContaining(failpoints.map((point) => `failpoint ${point}`)),
    );
  },
  msMax,
);
