/** What stands in the way of using a node; `good` when nothing does. */
export const nodeStates = [
  "unknown",
  "good",
  "slow",
  "unreliable",
  "no_peers",
  "lags",
  "away",
  "syncing",
  "ahead",
  "lies",
  "disagrees",
  "other_chain",
] as const;
export type NodeState = (typeof nodeStates)[number];
