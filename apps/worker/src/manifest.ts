import { readManifest } from "@genbo/chain/manifest";
import { keepManifest, manifestFile, readManifestFile } from "@genbo/chain/manifest-file";
import { NodeUnavailable } from "@genbo/chain/rpc-errors";
import type { DeploymentRow } from "@genbo/database/outbox/deployment";
import type { WorkerContext } from "./context.ts";

/** Keeps the profile's manifest beside its data, once a deployment; without it the platform runs as well. */
export async function writeManifest(
  { rpc, log }: Pick<WorkerContext, "rpc" | "log">,
  dataDir: string,
  { admin, genesisHash }: DeploymentRow,
): Promise<void> {
  const path = manifestFile(dataDir);
  try {
    const known = readManifestFile(path);
    if (known?.admin === admin && known.genesisHash === genesisHash) return;
    keepManifest(path, await readManifest(rpc, admin));
  } catch (error) {
    if (error instanceof NodeUnavailable) throw error;
    log.warn("the manifest of the contracts is not written", { path, error: String(error) });
  }
}
