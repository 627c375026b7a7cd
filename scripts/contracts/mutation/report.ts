import type { Mutant } from "./mutants.ts";

export interface Verdict {
  mutant: Mutant;
  /** The stage whose tests noticed it; undefined: it lives. */
  killedBy: string | undefined;
}

/** Killed of tried by file, then each survivor. */
export function reportOf(verdicts: readonly Verdict[]): string {
  const lines = [...Map.groupBy(verdicts, ({ mutant }) => mutant.file)].map(
    ([file, of]) => `${shareOf(of)}  ${file}`,
  );
  const alive = verdicts.filter(({ killedBy }) => killedBy === undefined);
  const survivors = alive.map(({ mutant: { file, line, within, operator, before, after } }) => {
    const change = `${before} → ${after === "" ? "(nothing)" : after}`.replace(/\s+/g, " ");
    return `  ${file}:${line} ${within}, ${operator}: ${change}`;
  });
  return [...lines, `${shareOf(verdicts)}  in all`, ...survivors].join("\n");
}

function shareOf(verdicts: readonly Verdict[]): string {
  const killed = verdicts.filter(({ killedBy }) => killedBy !== undefined).length;
  const percent = ((100 * killed) / Math.max(1, verdicts.length)).toFixed(1);
  return `${killed}/${verdicts.length} (${percent} %)`.padStart(20);
}
