import iconv from "iconv-lite";

/** What stands for a character without a code: the printer's 〓, which no name holds. */
const missing = "〓";
const known = new Map<string, boolean>();

/**
 * Whether CP932 has a code for a character that reads back as the same one. The encoder also gives codes to ¥ and ‾,
 * which come back as a backslash and a tilde: those do not count.
 */
function hasCode(character: string): boolean {
  let found = known.get(character);
  if (found === undefined) {
    found = iconv.decode(iconv.encode(character, "cp932"), "cp932") === character;
    known.set(character, found);
  }
  return found;
}

/** A text as CP932 can hold it, with the characters for which it has no code. */
export function cp932Text(text: string): { text: string; missing: string[] } {
  const characters = [...text];
  const absent = characters.filter((character) => !hasCode(character));
  if (absent.length === 0) return { text, missing: [] };
  const held = characters.map((character) => (hasCode(character) ? character : missing)).join("");
  return { text: held, missing: [...new Set(absent)] };
}

/** The bytes of a text that `cp932Text` gave. */
export const cp932Bytes = (text: string): Buffer => iconv.encode(text, "cp932");
