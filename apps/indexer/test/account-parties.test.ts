import { expect, test } from "vitest";
import { account } from "../../../packages/register/test/chain.ts";
import { createAccountParties } from "../src/account-parties.ts";

const person = (n: number) => `0x${n.toString(16).padStart(24, "0")}`;

test("each account has its person and who keeps it now", () => {
  const parties = createAccountParties();
  const custodianMax = 2 ** 32 - 1;
  // Two accounts of each person.
  for (let n = 0; n < 100; n += 1) parties.set(account(n), { person: person(n >> 1), custodian: n });
  parties.set(account(7), { person: person(3), custodian: custodianMax });
  const of = (n: number) => [
    parties.has(account(n)),
    parties.personOf(account(n)),
    parties.custodianOf(account(n)),
  ];
  expect(of(6)).toEqual([true, person(3), 6]);
  expect(of(7)).toEqual([true, person(3), custodianMax]);
  expect(of(100)).toEqual([false, undefined, 0]);
  expect(parties.size()).toBe(100);
});
