/** The statutory items of an issue (Trust Act 186, Companies Act 681) as an entry put them into the register. */
export interface TermsVersion {
  /** The entry that put them; null before the first. */
  entry: number | null;
  /** The entry whose items were wrong from the first; null for a change, which has effect from its own entry on. */
  corrects: number | null;
  terms: Readonly<Record<string, unknown>>;
  /** What the entry has of them. */
  termsHash: string;
}

/**
 * The version that stood just after entry `seq`, with all the given corrections made: each has effect from the entry
 * that it corrects.
 * @param versions as they were known, in the order of their entries; the first is that of the issue as it was approved
 */
export function termsStanding(versions: readonly TermsVersion[], seq: number): TermsVersion {
  const changes = versions.filter(({ entry, corrects }) => corrects === null && (entry ?? 0) <= seq);
  let standing = changes.at(-1) ?? versions[0]!;
  for (;;) {
    const { entry } = standing;
    const correction = versions.find(({ corrects }) => corrects !== null && corrects === entry);
    if (correction === undefined) return standing;
    standing = correction;
  }
}
