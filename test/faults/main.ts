import { parseArgs } from "node:util";
import { runFaults } from "./random/run.ts";

const usage = `usage: npm run test:faults -- [--runs N] [--seed S] [--volume PATH] [--json]
Runs the platform under a mixed load while processes die, halt and are cut off, and checks that nothing is lost or doubled.
--volume: a mounted volume of half a GB to 8 GB that this user may write to, for the database; it is filled now and
then. Root on Linux makes one by itself.`;

try {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "30" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      volume: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed))
    throw new TypeError("whole numbers, please");
  const report = await runFaults({ runs, seed, volume: values.volume }, (line) => console.error(line));
  for (const what of report.skipped) console.error(`NOT TRIED: ${what}`);
  console.log(values.json ? JSON.stringify(report) : report);
  process.exit(0);
} catch (error) {
  console.error(error);
  if (error instanceof TypeError) console.error(usage);
  process.exit(1);
}
