/** What a spreadsheet takes for the beginning of a formula, also in full width; and apostrophes before such a thing. */
const formula = /^'*[=+\-@\t\r＝＋－＠]/;
const guarded = /^'+[=+\-@\t\r＝＋－＠]/;

/** A cell that no spreadsheet runs: an apostrophe goes before what would be a formula. `unguardCell` takes it away. */
export const guardCell = (text: string): string => (formula.test(text) ? `'${text}` : text);

/** What a cell said before `guardCell`; every other cell stays as it is. */
export const unguardCell = (text: string): string => (guarded.test(text) ? text.slice(1) : text);
