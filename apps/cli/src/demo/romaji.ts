const base: Record<string, string> = {};
const rows: [string, string][] = [
  ["アイウエオ", "a i u e o"],
  ["カキクケコ", "ka ki ku ke ko"],
  ["サシスセソ", "sa shi su se so"],
  ["タチツテト", "ta chi tsu te to"],
  ["ナニヌネノ", "na ni nu ne no"],
  ["ハヒフヘホ", "ha hi fu he ho"],
  ["マミムメモ", "ma mi mu me mo"],
  ["ヤユヨ", "ya yu yo"],
  ["ラリルレロ", "ra ri ru re ro"],
  ["ワヲン", "wa o n"],
  ["ガギグゲゴ", "ga gi gu ge go"],
  ["ザジズゼゾ", "za ji zu ze zo"],
  ["ダヂヅデド", "da ji zu de do"],
  ["バビブベボ", "ba bi bu be bo"],
  ["パピプペポ", "pa pi pu pe po"],
];
for (const [kana, latin] of rows) {
  const parts = latin.split(" ");
  [...kana].forEach((char, index) => {
    base[char] = parts[index]!;
  });
}
const small: Record<string, string> = { ャ: "ya", ュ: "yu", ョ: "yo" };
const alreadyPalatal = ["sh", "ch", "j"];

/**
 * Passport Hepburn of a name in full-width katakana: オオノ is "Ono", イッペイ "Ippei", シンイチ "Shinichi".
 * Long vowels ou, oo and uu are not written, as in passports.
 * @throws Error for a character that is not katakana.
 */
export function romajiOf(kana: string): string {
  let latin = "";
  let doubled = false;
  for (const char of kana) {
    if (char === "ッ") {
      doubled = true;
      continue;
    }
    const glide = small[char];
    const sound = base[char];
    if (glide !== undefined) latin = withGlide(latin, glide);
    else if (sound !== undefined)
      latin += doubled ? `${sound.startsWith("ch") ? "t" : sound[0]}${sound}` : sound;
    else throw new Error(`Not a katakana name: ${kana}`);
    doubled = false;
  }
  const passport = latin
    .replace(/o[ou](?!e)/g, "o") // not in イノウエ (Inoue), where two words meet
    .replace(/uu/g, "u")
    .replace(/n(?=[bmp])/g, "m");
  return passport[0]!.toUpperCase() + passport.slice(1);
}

function withGlide(latin: string, glide: string): string {
  const stem = latin.slice(0, -1);
  return stem + (alreadyPalatal.some((palatal) => stem.endsWith(palatal)) ? glide.slice(1) : glide);
}
