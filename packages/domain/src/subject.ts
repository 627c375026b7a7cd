/**
 * A person's or machine's name in the one form in which it is kept and compared: compatibility forms folded (NFKC),
 * lower case, every dash a hyphen, nothing invisible, no space around it. Two spellings of one name are one person.
 */
export const subjectOf = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\p{Pd}\u2212]/gu, "-")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .trim();
