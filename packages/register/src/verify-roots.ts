import { entryKinds } from "@genbo/domain/entry-kinds";
import type { Word } from "@genbo/domain/words";
import { correct } from "./correct.ts";
import { parseLine } from "./export.ts";
import { advance } from "./fold.ts";
import { createRoot, leafOf } from "./merkle.ts";
import { type PastRatio, pastRatios, type RatioLine } from "./past-ratios.ts";
import { type Correction, correctionsOf, saidOfThePast } from "./rectification.ts";
import { copyState, emptyState, type Holding, type IssueState } from "./state.ts";
import type { PersonOf } from "./step.ts";

/** 24:00 JST of a day, or of a record date. */
export interface Close {
  /** Unix seconds. */
  at: number;
  /** A record date's list has another version for each later entry that says something of it (ADR 0027). */
  isList: boolean;
}

/**
 * The roots over the holdings that an export comes to just before some instants: what stood at those closes, and of a
 * list what was known of it after each correction, in order.
 * @param read the lines of an export that was read without a finding, from the first
 * @param closes by time
 */
export async function rootsAt(
  read: () => AsyncIterable<Uint8Array>,
  closes: readonly Close[],
): Promise<Word[][]> {
  const past = closes.some(({ isList }) => isList) ? await pastOf(read()) : { corrections: [], ratios: [] };
  const state = emptyState();
  const persons = new Map<string, string>();
  const personOf: PersonOf = (account) => persons.get(account);
  const rootOf = createRoots();
  const roots: Word[][] = [];
  const closeUntil = (time: number) => {
    for (
      let next = closes[roots.length];
      next !== undefined && next.at <= time;
      next = closes[roots.length]
    ) {
      const versions = [rootOf(state)];
      if (next.isList)
        for (const corrected of correctedStates(state, next, past, personOf))
          versions.push(rootOf(corrected));
      roots.push(versions);
    }
  };
  for await (const bytes of read()) {
    const line = parseLine(bytes);
    if (line?.type === "record") persons.set(line.wallet, `0x${line.record.slice(2, 26)}`);
    if (line?.type !== "entry") continue;
    closeUntil(line.time);
    if (roots.length === closes.length) return roots;
    advance(state, { ...line, blockTime: line.time }, personOf);
  }
  closeUntil(Number.POSITIVE_INFINITY);
  return roots;
}

/** What an issue's entries say of earlier ones. */
interface Past {
  corrections: Correction[];
  ratios: PastRatio[];
}

async function pastOf(lines: AsyncIterable<Uint8Array>): Promise<Past> {
  const units: bigint[] = [0n];
  const corrections: Correction[] = [];
  const ratios: RatioLine[] = [];
  for await (const bytes of lines) {
    const line = parseLine(bytes);
    if (line?.type !== "entry") continue;
    units.push(line.units);
    if (line.kind === entryKinds.RATIO) ratios.push(line);
    const entry = { ...line, blockTime: line.time };
    const said = saidOfThePast(entry);
    const { corrects } = said;
    if (corrects === null && said.effectiveOn === null) continue;
    corrections.push({ entry, ...said, correctedUnits: corrects === null ? null : units[corrects]! });
  }
  return { corrections, ratios: pastRatios(ratios) };
}

/** The state of a close as each later entry that reaches back to it left it. */
function* correctedStates(
  state: IssueState,
  { at }: Close,
  { corrections, ratios }: Past,
  personOf: PersonOf,
): Generator<IssueState> {
  // A day counts to its last instant.
  const reaching = correctionsOf({ seq: state.seq, time: new Date(at * 1000 - 1) }, corrections);
  for (const [n, last] of reaching.entries()) {
    const corrected = copyState(state);
    const { made } = correct(corrected, reaching.slice(0, n + 1), personOf, ratios);
    // What cannot be true of that state makes no version.
    if (made.at(-1) === last) yield corrected;
  }
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
