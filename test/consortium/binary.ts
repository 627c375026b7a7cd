import { accessSync, constants } from "node:fs";
import { besuPath, qbftClientPath } from "@genbo/domain/env";
import type { ChainBinary } from "./consortium.ts";

/** Whether a chain client is named, without a look for it. */
export const isBinaryNamed = (): boolean => (qbftClientPath() ?? besuPath()) !== undefined;

/** The chain client to test with: GoQuorum's `geth` in QBFT_CLIENT, or `besu` in BESU; undefined without either. */
export function chainBinary(): ChainBinary | undefined {
  const goquorum = qbftClientPath();
  const besu = besuPath();
  const found: ChainBinary | undefined =
    goquorum !== undefined
      ? { client: "goquorum", path: goquorum }
      : besu !== undefined
        ? { client: "besu", path: besu }
        : undefined;
  if (found !== undefined) accessSync(found.path, constants.X_OK);
  return found;
}
