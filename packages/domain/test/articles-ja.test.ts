import { expect, test } from "vitest";
import { articlesJa } from "../src/articles-ja.ts";
import { legalBases } from "../src/legal-basis.ts";
import { profiles } from "../src/profiles.ts";

test.each([
  ["TA 186", "信託法186条"],
  ["TA 186(iii)", "信託法186条3号"],
  ["TA 200(2)", "信託法200条2項"],
  ["TA 197(1)(ii)", "信託法197条1項2号"],
  ["TAR 21(2)(iv)", "信託法施行規則21条2項4号"],
  ["CA 695-2", "会社法695条の2"],
  ["CA 682(1), CA 695-2(3)", "会社法682条1項、会社法695条の2第3項"],
  ["CAR 165(xiv)", "会社法施行規則165条14号"],
  ["CEA 167, 145", "民事執行法167条、145条"],
  ["-", ""],
])("%s is cited as %s", (article, ja) => expect(articlesJa(article)).toBe(ja));

test("every provision that the register names has its Japanese form", () => {
  const named = [
    ...legalBases.flatMap(({ trust, bond }) => [trust, bond]),
    ...Object.values(profiles).flatMap((items) => items.map(({ article }) => article)),
  ];
  expect(named.map(articlesJa).filter((ja) => /[A-Z(]/.test(ja))).toEqual([]);
});
