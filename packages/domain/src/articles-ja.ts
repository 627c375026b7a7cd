/** The laws by the abbreviations of this code. */
const laws: Readonly<Record<string, string>> = {
  TA: "信託法",
  TAR: "信託法施行規則",
  CA: "会社法",
  CAR: "会社法施行規則",
  CEA: "民事執行法",
};

const roman = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv"];

const provision = /^(?:([A-Z]+) )?(\d+)(?:-(\d+))?((?:\([0-9a-z]+\))*)$/;

/**
 * Provisions as a Japanese register cites them: `TAR 21(2)(iii)` is 信託法施行規則21条2項3号, `CA 695-2(1)`
 * 会社法695条の2第1項. Nothing for `-`.
 */
export const articlesJa = (articles: string): string =>
  articles === "-" ? "" : articles.split(", ").map(articleJa).join("、");

function articleJa(article: string): string {
  const found = provision.exec(article);
  const law = found?.[1] === undefined ? "" : laws[found[1]];
  if (found === null || law === undefined) return article;
  const [, , number, branch, rest = ""] = found;
  const parts = [...rest.matchAll(/\(([^)]+)\)/g)].map(([, part]) => {
    const item = roman.indexOf(part!);
    return item < 0 ? `${part}項` : `${item + 1}号`;
  });
  // After a branch number 第 keeps the figures apart: 695条の2第1項.
  const tail = branch === undefined || parts.length === 0 ? parts.join("") : `第${parts.join("")}`;
  return `${law}${number}条${branch === undefined ? "" : `の${branch}`}${tail}`;
}
