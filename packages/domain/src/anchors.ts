/** What RegisterAnchor keeps roots of: the `kind` of its events. */
export const anchorKinds = { RECORD_DATE: 1, DAY_CLOSE: 2 } as const;
export type AnchorKind = keyof typeof anchorKinds;

const names = new Map<number, AnchorKind>(
  Object.entries(anchorKinds).map(([name, code]) => [code, name as AnchorKind]),
);

/** The name of a kind of root, or undefined for one that the register does not make (3 documents). */
export const anchorKindOf = (code: number): AnchorKind | undefined => names.get(code);
