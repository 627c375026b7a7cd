import { expect, test } from "vitest";
import { contractInterface } from "../src/abi.ts";
import { adviceOnRefusal, classifySendRefusal, decodeRevert } from "../src/errors.ts";

const token = contractInterface("SecurityToken");
const account = `0x${"11".repeat(20)}`;

test.each([
  ["Refused", [33], 33],
  ["Refused", [44], 44],
  ["ERC20InsufficientBalance", [account, 1n, 2n], 1],
  ["ERC7943InsufficientUnfrozenBalance", [account, 1n, 2n], 1],
  ["ERC20InvalidSender", [account], 2],
  ["ERC20InvalidReceiver", [account], 3],
  ["BatchTooLong", [501n, 500n], 99],
])("%s(%s) is refusal %i", (error, args, code) => {
  expect(decodeRevert(token.encodeErrorResult(error, args))).toEqual({ code, error });
});

test("a role that is missing, an unknown error, no data at all: REVERTED, with what is known", () => {
  const manager = contractInterface("AccessManager");
  expect(decodeRevert(manager.encodeErrorResult("AccessManagerUnauthorizedAccount", [account, 1n]))).toEqual({
    code: 99,
    error: "AccessManagerUnauthorizedAccount",
  });
  expect(decodeRevert("0xdeadbeef")).toEqual({ code: 99, error: undefined });
  expect(decodeRevert("0x")).toEqual({ code: 99, error: undefined });
  expect(decodeRevert(undefined)).toEqual({ code: 99, error: undefined });
  const cut = token.encodeErrorResult("Refused", [33]).slice(0, 20);
  expect(decodeRevert(cut).code).toBe(99);
});

test.each([
  ["already known", "known"],
  ["transaction already imported", "known"],
  ["Known transaction", "known"],
  ["nonce too low", "nonceUsed"],
  ["Nonce too low", "nonceUsed"],
  ["replacement transaction underpriced", "nonceTaken"],
  ["Transaction pool is full", "later"],
  ["transaction underpriced", "later"],
  // Besu's own words.
  ["Transaction nonce is too distant from current sender nonce", "later"],
  ["Nonce too high", "later"],
  ["An invalid transaction with a lower nonce exists", "later"],
  ["Initial sync is still in progress", "later"],
  ["Transaction pool not enabled. (Either txpool explicitly disabled, or node not yet in sync).", "later"],
  ["Gas price below configured minimum gas price", "never"],
  ["Sender account not authorized to send transactions", "never"],
  ["Transaction gas limit exceeds block gas limit", "never"],
  ["Intrinsic gas exceeds gas limit", "never"],
  ["invalid sender", "never"],
  ["exceeds block gas limit", "never"],
])("%s means %s", (message, meaning) => {
  expect(classifySendRefusal(message)).toBe(meaning);
});

test.each([
  ["Gas price below configured minimum gas price", "have every node take a gas price of 0"],
  ["Gas price not 0", "have every node take a gas price of 0"],
  ["Sender account not authorized to send transactions", "let this signer's account send at every node"],
  ["account does not have permission for the transaction", "let this signer's account send at every node"],
  ["Transaction gas limit exceeds block gas limit", "raise the node's limit"],
  ["intrinsic gas too high -- tx.gas_limit > env.block.gas_limit", "raise the node's limit"],
  ["oversized data", "raise the node's limit"],
  ["transaction size exceeds the limit", "raise the node's limit"],
  ["Intrinsic gas exceeds gas limit", "find out what it has against it"],
])("against %s an operator can %s", (message, advice) => {
  expect(adviceOnRefusal(message)).toBe(advice);
});
