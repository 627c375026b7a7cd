import type { Pool } from "@genbo/database/connection";
import type { Reading } from "@genbo/database/register-read-overlay";
import { type RegisterTree, readTree } from "@genbo/database/register-tree";

/** Trees that are kept: one of 100,000 holdings is some 20 MB. */
const treesMax = 4;

/** Keeps the trees that were asked for last, since proofs of one state are asked for one holder after the other. */
export function createTrees(pool: Pool): (at: Reading) => Promise<RegisterTree> {
  const kept = new Map<string, Promise<RegisterTree>>();
  return (at) => {
    // By head and not by number: a local chain that went back has other entries under the same numbers.
    const made = at.overlay?.made.map(({ entry }) => entry.head) ?? [];
    const key = [at.issueId, at.head, ...made].join(" ");
    const tree = kept.get(key) ?? readTree(pool, at);
    kept.delete(key);
    kept.set(key, tree);
    tree.catch(() => kept.delete(key));
    for (const oldest of kept.keys()) if (kept.size > treesMax) kept.delete(oldest);
    return tree;
  };
}
