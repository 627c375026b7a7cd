import { type ProfileName, termsItems } from "@genbo/domain/profiles";
import { expect, test } from "vitest";
import { bondTerms, trustTerms } from "../src/terms.ts";

const schemas = { TRUST_BENEFICIAL: trustTerms, BOND: bondTerms } as const;
const sample = {
  text: "文言",
  party: { name: "甲", address: "東京都" },
  parties: [{ name: "乙", address: "大阪府" }],
};

/** The items that stand in the way, in the order of the law. */
const faulty = (profile: ProfileName, terms: object): string[] =>
  (schemas[profile].safeParse(terms).error?.issues ?? []).flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0])],
  );

test.each(["TRUST_BENEFICIAL", "BOND"] as const)(
  "%s: complete terms are right, and each item is missed",
  (name) => {
    const full = Object.fromEntries(
      termsItems(name).map((item) => [item.key, item.always ? sample[item.shape] : null]),
    );
    expect(faulty(name, full)).toEqual([]);
    for (const { key } of termsItems(name)) {
      const { [key]: _dropped, ...rest } = full;
      expect(faulty(name, rest)).toEqual([key]);
    }
  },
);

test("a bond's terms are those of its own law [CA 681]", () => {
  expect(faulty("BOND", {})).toEqual(
    expect.arrayContaining(["interestRate", "redemption", "interestPayment", "paidIn"]),
  );
});

test("what the law always wants cannot be denied, and every form is checked [TA 185(2)] [TAR 19]", () => {
  const full = Object.fromEntries(
    termsItems("TRUST_BENEFICIAL").map((item) => [item.key, sample[item.shape]]),
  );
  expect(faulty("TRUST_BENEFICIAL", full)).toEqual([]);
  expect(faulty("TRUST_BENEFICIAL", { ...full, certificatelessClause: null })).toEqual([
    "certificatelessClause",
  ]);
  const wrong = { ...full, content: " ", settlor: { name: "甲" }, trustees: [], holder: "x" };
  expect(faulty("TRUST_BENEFICIAL", wrong).sort()).toEqual(["content", "holder", "settlor", "trustees"]);
});
