import { expect, test } from "vitest";
import { mayUse, roles, scopes, scopesOf } from "../src/permissions.ts";
import { profiles } from "../src/profiles.ts";

test("the trust's register has items 1 to 15, each with its article [TA 186] [TAR 18] [TAR 19]", () => {
  expect(profiles.TRUST_BENEFICIAL.map((item) => item.number)).toEqual(
    Array.from({ length: 15 }, (_, i) => i + 1),
  );
  expect(
    Object.values(profiles)
      .flat()
      .every((item) => /^(TA|TAR|CA|CAR) /.test(item.article)),
  ).toBe(true);
});

test("the bond's register has the items of its own law [CA 681]", () => {
  const { BOND } = profiles;
  expect(BOND.filter((item) => item.place === "register").map((item) => item.key)).toEqual([
    "holder",
    "acquiredOn",
  ]);
  expect(BOND.every((item) => /^CAR? /.test(item.article))).toBe(true);
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
