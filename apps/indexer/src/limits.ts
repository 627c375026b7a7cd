/** How often an indexer that does not lead tries to. */
export const leadEveryMs = 500;
/** After no node answered. */
export const retryMs = 250;
/**
 * Logs written in one SQL transaction while catching up: some 20 MB of rows, and the next such lot is folded meanwhile.
 * Fewer cost PostgreSQL more, and more only memory. One block is never split.
 */
export const logsPerLotMax = 2_000;
/** Processed blocks compared with the node in one request while looking for a fork. */
export const forkStep = 200;
/** Blocks between two prunings of old empty ones. */
export const pruneEveryBlocks = 1_000;
/** Blocks re-read at once for an issue that goes on after a quarantine. */
export const resumeStep = 64;
/** How often a reorg that may not happen is looked at again: somebody has to decide. */
export const reorgCheckMs = 5_000;
