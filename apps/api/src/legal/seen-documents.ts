import { ProblemError } from "../http/problem.ts";

interface NamedDocument {
  name: string;
  sha256: string;
}

/** The documents of a filing, which its row keeps as JSON. */
export const filedWith = ({ documents }: { documents: unknown }): NamedDocument[] =>
  documents as NamedDocument[];

/**
 * Whoever decides may say which documents he has read: they must be those that were filed. The platform has hashes and
 * no documents, so this is where one that was put in another's place shows.
 * @throws ProblemError DOCUMENT_DIFFERS that points at each that is another
 */
export function refuseOtherDocuments(
  seen: readonly NamedDocument[],
  filed: readonly NamedDocument[],
  target: string,
): void {
  const errors = seen.flatMap(({ name, sha256 }, place) => {
    const ofName = filed.filter((each) => each.name === name);
    if (ofName.some((each) => each.sha256 === sha256)) return [];
    return ofName.length === 0
      ? [{ pointer: `/documents/${place}/name`, detail: "is the name of no document that was filed" }]
      : [{ pointer: `/documents/${place}/sha256`, detail: "is not the hash that was filed under this name" }];
  });
  const [first] = errors;
  if (first === undefined) return;
  throw new ProblemError("DOCUMENT_DIFFERS", `${first.pointer} ${first.detail}.`, {
    pointer: first.pointer,
    errors,
    target,
  });
}
