import { runTool } from "../../scripts/run.ts";
import { chainBinary } from "./binary.ts";

// `npm run test:consortium`: the platform's chain on real QBFT validators of this machine.
const binary = chainBinary();
if (binary === undefined) {
  console.log(
    "test/consortium needs a chain client: QBFT_CLIENT=/path/to/geth (GoQuorum) or BESU=/path/to/besu.",
  );
  console.log("SKIPPED: nothing was tested on real validators.");
} else {
  const { code } = await runTool("vitest", ["run", "--config", "test/consortium/vitest.config.ts"], {
    show: true,
  });
  console.log(`${code === 0 ? "PASSED" : "FAILED"} on four ${binary.client} validators (${binary.path}).`);
  process.exitCode = code;
}
