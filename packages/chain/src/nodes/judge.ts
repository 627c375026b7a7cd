import type { NodeState } from "@genbo/domain/node-states";
import type { ChainIdentity } from "../identity.ts";

/** Never asked: what such a node says could be of another chain or of none. The other states are asked when no good node is left. */
export const leftOut: ReadonlySet<NodeState> = new Set([
  "syncing",
  "ahead",
  "lies",
  "disagrees",
  "other_chain",
]);

/** What one look at a node showed. */
export type Sight =
  | { answered: false; ms: number; error: string }
  | {
      answered: true;
      ms: number;
      chain: ChainIdentity;
      /** Its newest block. */
      head: { number: number; hash: string; time: number };
      /** The number that it gives for its newest block (`eth_blockNumber`). */
      claimed: number;
      /** Whether it has a block at the height that it claims. */
      hasClaimed: boolean;
      syncing: { at: number; of: number } | null;
      /** Null where the node does not say. */
      peers: number | null;
      /** Its hash at the height that all who answered should have; null where it has none. */
      hashAtCommon: string | null;
      /** Share of its answers lately that failed, 0 to 1. */
      failures: number;
      /** An answer of it lately that cannot be true; null for none. */
      caught: string | null;
    };
export type Answered = Extract<Sight, { answered: true }>;

export interface Verdict {
  state: NodeState;
  /** For the operator: what is so and what to do; null for a good node. */
  reason: string | null;
}

/** A node this far behind the others is left out, and one this far ahead of them: two nodes are seldom asked at one instant. */
export const blocksApartMax = 3;
/** An answer to a handful of short questions that takes longer is slow, where another node is not. */
export const slowMs = 750;
/** Of the last answers so many may fail. */
const failuresMax = 0.18;

const good: Verdict = { state: "good", reason: null };
const verdict = (state: NodeState, reason: string): Verdict => ({ state, reason });

/**
 * Judges nodes by what was seen of all of them in one round.
 * @param known the chain that the database belongs to, where it says so; else the chain of the most nodes is it
 */
export function judge(sights: readonly Sight[], known: Partial<ChainIdentity> | undefined): Verdict[] {
  const chain = chainOf(sights, known);
  const alone = sights.map((sight) => judgeAlone(sight, chain));
  const sound = sights.filter((sight, index): sight is Answered => sight.answered && alone[index] === good);
  const reference = referenceHeight(sound);
  const apart = alone.map((found, index) =>
    found === good ? judgeHeight((sights[index] as Answered).head.number, reference) : found,
  );
  const level = sights.filter((sight, index): sight is Answered => sight.answered && apart[index] === good);
  return apart.map((found, index) => (found === good ? judgeAmong(sights[index] as Answered, level) : found));
}

function judgeAlone(sight: Sight, chain: Partial<ChainIdentity>): Verdict {
  if (!sight.answered) return verdict("away", sight.error);
  for (const what of ["chainId", "genesisHash"] as const) {
    if (chain[what] === undefined || chain[what] === sight.chain[what]) continue;
    const detail = `its ${what} is ${sight.chain[what]}, ours is ${chain[what]}`;
    return verdict("other_chain", `serves another chain: ${detail}; correct CHAIN_RPC_URLS`);
  }
  if (sight.syncing !== null) {
    const { at, of } = sight.syncing;
    return verdict("syncing", `is still reading the chain: block ${at} of ${of}; wait until it has it`);
  }
  if (sight.claimed > sight.head.number + blocksApartMax || !sight.hasClaimed) {
    return verdict("lies", `says that it has block ${sight.claimed} and does not give it; look into its log`);
  }
  if (sight.caught !== null) return verdict("lies", `${sight.caught}; look into its log`);
  return good;
}

/** The known chain; what is not known of it is as the most nodes say that do serve it. */
function chainOf(sights: readonly Sight[], known: Partial<ChainIdentity> = {}): Partial<ChainIdentity> {
  const counts = new Map<string, { chain: ChainIdentity; count: number }>();
  for (const sight of sights) {
    if (!sight.answered || !isOf(sight.chain, known)) continue;
    const key = `${sight.chain.chainId} ${sight.chain.genesisHash}`;
    counts.set(key, { chain: sight.chain, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const [first] = [...counts.values()].sort((a, b) => b.count - a.count);
  return first?.chain ?? known;
}

const isOf = (chain: ChainIdentity, known: Partial<ChainIdentity>): boolean =>
  (known.chainId ?? chain.chainId) === chain.chainId &&
  (known.genesisHash ?? chain.genesisHash) === chain.genesisHash;

/** With three nodes and more a height that two have reached; of two the higher one. */
export function referenceHeight(sights: readonly Pick<Answered, "head">[]): number {
  const heights = sights.map(({ head }) => head.number).sort((a, b) => b - a);
  return heights[heights.length > 2 ? 1 : 0] ?? 0;
}

function judgeHeight(height: number, reference: number): Verdict {
  if (height < reference - blocksApartMax) {
    return verdict(
      "lags",
      `is at block ${height}, others are at ${reference}; look at its peers and its disk`,
    );
  }
  if (height > reference + blocksApartMax) {
    return verdict("ahead", `is at block ${height}, and no other node is past ${reference}`);
  }
  return good;
}

/** Holds a node against those that are as far as it is. */
function judgeAmong(sight: Answered, level: readonly Answered[]): Verdict {
  const others = level.filter((other) => other !== sight);
  const same = level.filter(({ hashAtCommon }) => hashAtCommon === sight.hashAtCommon).length;
  if (sight.hashAtCommon !== null && same * 2 <= level.length && level.length > 1) {
    return verdict("disagrees", "has another block than other nodes at the same height; look into its log");
  }
  if (sight.failures > failuresMax) {
    return verdict("unreliable", `${Math.round(sight.failures * 100)} % of its last answers failed`);
  }
  if (sight.ms > slowMs && others.some(({ ms }) => ms < slowMs / 2)) {
    return verdict("slow", `takes ${Math.round(sight.ms)} ms to answer`);
  }
  if (sight.peers === 0 && others.some(({ peers }) => (peers ?? 0) > 0)) {
    return verdict("no_peers", "has no peers: what it is sent reaches nobody");
  }
  return good;
}
