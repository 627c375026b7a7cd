import { parseArgs } from "node:util";
import { runDifferential } from "../../contracts/test/differential.ts";

const { values } = parseArgs({
  options: { calls: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const startedAt = performance.now();
const result = await runDifferential(Number(values.seed), Number(values.calls));
console.log(
  JSON.stringify({
    seed: Number(values.seed),
    ...result,
    seconds: Math.round((performance.now() - startedAt) / 1000),
  }),
);
