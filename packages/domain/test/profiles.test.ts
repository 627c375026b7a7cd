import { expect, test } from "vitest";
import { mayUse, roles, scopes, scopesOf } from "../src/permissions.ts";
import { checkTerms, profileNames, profiles, termsItems } from "../src/profiles.ts";

const sample = {
  text: "文言",
  party: { name: "甲", address: "東京都" },
  parties: [{ name: "乙", address: "大阪府" }],
};

test("the trust's register has items 1 to 15, each with its article [TA 186] [TAR 18] [TAR 19]", () => {
  expect(profiles.TRUST_BENEFICIAL.map((item) => item.number)).toEqual(
    Array.from({ length: 15 }, (_, i) => i + 1),
  );
  expect(
    profileNames.flatMap((name) => profiles[name]).every((item) => /^(TA|TAR|CA|CAR) /.test(item.article)),
  ).toBe(true);
});

test("the bond's register has the items of its own law [CA 681]", () => {
  const { BOND } = profiles;
  expect(BOND.filter((item) => item.place === "register").map((item) => item.key)).toEqual([
    "holder",
    "acquiredOn",
  ]);
  expect(BOND.every((item) => /^CAR? /.test(item.article))).toBe(true);
  const missing = checkTerms("BOND", {}).map(({ key }) => key);
  expect(missing).toEqual(
    expect.arrayContaining(["interestRate", "redemption", "interestPayment", "paidIn"]),
  );
});

test.each(profileNames)("%s: complete terms have no fault, and each item is missed", (name) => {
  const full = Object.fromEntries(
    termsItems(name).map((item) => [item.key, item.always ? sample[item.shape] : null]),
  );
  expect(checkTerms(name, full)).toEqual([]);
  for (const { key } of termsItems(name)) {
    const { [key]: _dropped, ...rest } = full;
    expect(checkTerms(name, rest)).toEqual([{ key, fault: "missing" }]);
  }
});

test("what the law always wants cannot be denied, and every form is checked [TA 185(2)] [TAR 19]", () => {
  const full = Object.fromEntries(
    termsItems("TRUST_BENEFICIAL").map((item) => [item.key, sample[item.shape]]),
  );
  expect(checkTerms("TRUST_BENEFICIAL", full)).toEqual([]);
  expect(checkTerms("TRUST_BENEFICIAL", { ...full, certificatelessClause: null })).toEqual([
    { key: "certificatelessClause", fault: "missing" },
  ]);
  const wrong = { ...full, content: " ", settlor: { name: "甲" }, trustees: [], holder: "x" };
  expect(checkTerms("TRUST_BENEFICIAL", wrong)).toEqual([
    { key: "content", fault: "malformed" },
    { key: "settlor", fault: "malformed" },
    { key: "trustees", fault: "malformed" },
    { key: "holder", fault: "unknown" },
  ]);
});

test("a key uses a scope only if it holds it and its role allows it", () => {
  expect(mayUse("broker", ["transfers:request"], "transfers:request")).toBe(true);
  expect(mayUse("broker", [], "transfers:request")).toBe(false);
  expect(mayUse("broker", ["transfers:approve"], "transfers:approve")).toBe(false);
});

test("the operator has no legal power and nobody both requests and approves [TA 198(2)]", () => {
  const legal = scopes.filter((scope) =>
    /^(issu|redem|invest|wallet|partic|transf|regis|record)/.test(scope),
  );
  expect(scopesOf("operator").filter((scope) => legal.includes(scope))).toEqual([]);
  for (const role of roles) {
    const held = scopesOf(role);
    expect(held.includes("issues:draft") && held.includes("issues:approve")).toBe(false);
    expect(held.includes("transfers:request") && held.includes("transfers:approve")).toBe(false);
  }
});
