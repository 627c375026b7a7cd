/** What Japanese banks write in the cells that hold one of a few words; the API's own words are read as well. */
const words = {
  kind: { 個人: "individual", 法人: "corporation" },
  classes: {
    適格機関投資家: "QII",
    特定投資家: "PROFESSIONAL",
    法人: "CORPORATE",
    一般: "RETAIL",
    一般投資家: "RETAIL",
    受託者: "ISSUER_TRUSTEE",
    発行者: "ISSUER_TRUSTEE",
    金融商品取引業者: "BROKER",
  },
  taxCategory: {
    居住者: "RESIDENT_INDIVIDUAL",
    非居住者: "NON_RESIDENT_INDIVIDUAL",
    内国法人: "DOMESTIC_CORPORATION",
    外国法人: "FOREIGN_CORPORATION",
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** What a cell says for one of the API's words, so that our own import reads it back; null for none. */
export const cellOf = (column: keyof typeof words, word: string | null): string | null =>
  Object.entries(words[column]).find(([, known]) => known === word)?.[0] ?? null;

/** The API's word for a cell; a word that is not known stays, for the schema to refuse. */
export function wordOf(column: keyof typeof words, cell: string | undefined): string | undefined {
  const known: Readonly<Record<string, string>> = words[column];
  return cell !== undefined && Object.hasOwn(known, cell) ? known[cell] : cell;
}
