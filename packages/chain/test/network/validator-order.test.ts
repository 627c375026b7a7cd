import { randomBytes } from "node:crypto";
import { hexOf } from "@genbo/chain/hex";
import { haveOneOrder, isDigitsFirst } from "@genbo/chain/network/validator-order";
import { getAddress } from "ethers";
import { expect, test } from "vitest";

const address = () => hexOf(randomBytes(20));

test("two addresses have one order when their checksummed texts are ordered as their bytes", () => {
  const found = Array.from({ length: 2_000 }, () => {
    const [one, other] = [address(), address()];
    const agree = BigInt(one) < BigInt(other) === getAddress(one) < getAddress(other);
    expect([one, other, haveOneOrder(one, other)]).toEqual([one, other, agree]);
    return agree;
  });
  expect(new Set(found)).toEqual(new Set([true, false]));
});

test("one that begins with digits has one order with any other", () => {
  const digitsFirst = `0x${"1234567890".repeat(4)}`;
  expect(isDigitsFirst(digitsFirst)).toBe(true);
  for (let made = 0; made < 1_000; made += 1) expect(haveOneOrder(digitsFirst, address())).toBe(true);
  expect(isDigitsFirst(`0x12345a${"0".repeat(34)}`)).toBe(false);
});
