import { readManifest } from "@genbo/chain/manifest";
import { keepManifest, manifestFile, readManifestFile } from "@genbo/chain/manifest-file";
import type { DeploymentRow } from "@genbo/database/outbox/deployment";
import { pause } from "@genbo/domain/pause";
import type { WorkerContext } from "./context.ts";
import { manifestRetryMs } from "./limits.ts";

export interface ManifestKeeper {
  /** Writes the manifest once it can. Nobody waits for it: a long chain is read for minutes, and some nodes refuse that. */
  keep(deployment: DeploymentRow): void;
  stop(): void;
}

/** Keeps the profile's manifest beside its data, once a deployment; without it the platform runs as well. */
export function createManifestKeeper(
  { rpc, log }: Pick<WorkerContext, "rpc" | "log">,
  dataDir: string,
): ManifestKeeper {
  const path = manifestFile(dataDir);
  const closing = new AbortController();

  const write = async ({ admin, genesisHash }: DeploymentRow): Promise<void> => {
    const known = readManifestFile(path);
    if (known?.admin === admin && known.genesisHash === genesisHash) return;
    const manifest = await readManifest(rpc, admin);
    if (!closing.signal.aborted) keepManifest(path, manifest);
  };
  const keep = async (deployment: DeploymentRow): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        return await write(deployment);
      } catch (error) {
        if (closing.signal.aborted) return;
        log.warn("the manifest of the contracts is not written yet", { path, error: String(error) });
      }
      await pause(manifestRetryMs, closing.signal);
    }
  };
  return { keep: (deployment) => void keep(deployment), stop: () => closing.abort() };
}
