import type { Word } from "@genbo/domain/words";
import { parseLine } from "./export.ts";
import { advance } from "./fold.ts";
import { createRoot, leafOf } from "./merkle.ts";
import { emptyState, type Holding, type IssueState } from "./state.ts";

/**
 * The roots over the holdings that an export comes to just before some instants: what stood at those closes.
 * @param lines of an export that was read without a finding
 * @param closes Unix seconds, rising
 * @returns one root for each close
 */
export async function rootsAt(lines: AsyncIterable<Uint8Array>, closes: readonly number[]): Promise<Word[]> {
  const state = emptyState();
  const persons = new Map<string, string>();
  const rootOf = createRoots();
  const roots: Word[] = [];
  for await (const bytes of lines) {
    const line = parseLine(bytes);
    if (line?.type === "record") persons.set(line.wallet, `0x${line.record.slice(2, 26)}`);
    if (line?.type !== "entry") continue;
    while (roots.length < closes.length && closes[roots.length]! <= line.time) roots.push(rootOf(state));
    if (roots.length === closes.length) return roots;
    advance(state, { ...line, blockTime: line.time }, (account) => persons.get(account));
  }
  while (roots.length < closes.length) roots.push(rootOf(state));
  return roots;
}

/** Most holdings stand in the next close as they did in the last: their leaves are kept. */
function createRoots(): (state: IssueState) => Word {
  const leaves = new WeakMap<Holding, Word>();
  return (state) => {
    const root = createRoot();
    for (const account of [...state.holdings.keys()].sort()) {
      const holding = state.holdings.get(account)!;
      const leaf = leaves.get(holding) ?? leafOf(holding);
      leaves.set(holding, leaf);
      root.add(account, leaf);
    }
    return root.root();
  };
}
