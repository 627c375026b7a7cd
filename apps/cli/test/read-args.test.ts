import { expect, test } from "vitest";
import { audit } from "../src/audit.ts";
import { runContracts } from "../src/contracts.ts";
import { runNetwork } from "../src/network.ts";
import { reconcile } from "../src/reconcile.ts";
import { reindex } from "../src/reindex.ts";
import { start } from "../src/start.ts";
import { verify } from "../src/verify.ts";

test.each([
  ["audit", audit],
  ["contracts", (args: string[]) => runContracts(["verify", ...args])],
  ["network", (args: string[]) => runNetwork(["init", ...args])],
  ["reconcile", reconcile],
  ["reindex", reindex],
  ["start", start],
  ["verify", verify],
])("%s answers a flag that it does not know with its usage", async (name, run) => {
  await expect(run(["--wrong"])).rejects.toThrow(new RegExp(`Unknown option '--wrong'[^]+${name}`));
});
