import { type EntryKind, entryKinds } from "@genbo/domain/entry-kinds";
import type { ProfileName } from "@genbo/domain/profiles";
import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { describe, expect, it, test } from "vitest";
import { entryNotice } from "../src/notices.ts";

const [seller, buyer] = [`0x${"11".repeat(20)}`, `0x${"22".repeat(20)}`];
const keepers = {
  parties: { custodianOf: (account: string) => [seller, buyer].indexOf(account) + 1 },
  brokers: new Map([
    [1, "pty_seller"],
    [2, "pty_buyer"],
  ]),
};

const heardBy = (profile: ProfileName, kind: EntryKind, from = zeroAddress, to = zeroAddress) => {
  const entry = { kind: entryKinds[kind], basis: 1, seq: 1, units: 5n, from, to, blockTime: 1_628_600_000 };
  const issue = { id: "iss_1", ref: zeroWord, token: "0x1", issuerId: "pty_issuer", profile };
  const row = { step: { entry, effect: { holdId: null } }, origin: { operationId: null, blockNumber: 5 } };
  return entryNotice(issue, row as never, keepers).partyIds;
};

describe("the issuer of a trust cannot add up its register from what it hears", () => {
  test.each<[EntryKind, string?, string?]>([
    ["TRANSFER", seller, buyer],
    ["HOLD_CREATED", seller, buyer],
    ["HOLD_EXECUTED", seller, buyer],
    ["FORCED_TRANSFER", seller, buyer],
    ["RECOVERY", seller, buyer],
  ])("a %s is its sides' alone", (kind, from, to) => {
    expect(heardBy("TRUST_BENEFICIAL", kind, from, to)).toEqual(["pty_seller", "pty_buyer"]);
  });

  test.each<EntryKind>(["REDEEM", "HOLD_RELEASED", "RATIO", "MARK"])("so is a %s", (kind) => {
    expect(heardBy("TRUST_BENEFICIAL", kind, seller)).toEqual(["pty_seller"]);
  });

  test.each<EntryKind>(["POLICY", "TERMS"])("%s names no account, and the issuer hears of it", (kind) => {
    expect(heardBy("TRUST_BENEFICIAL", kind)).toEqual(["pty_issuer"]);
  });

  it("hears of the units that it issues", () => {
    expect(heardBy("TRUST_BENEFICIAL", "ISSUE", zeroAddress, buyer)).toEqual(["pty_issuer", "pty_buyer"]);
  });
});

test("a company keeps its bonds' register and hears of every entry [CA 681]", () => {
  expect(heardBy("BOND", "TRANSFER", seller, buyer)).toEqual(["pty_issuer", "pty_seller", "pty_buyer"]);
  expect(heardBy("BOND", "REDEEM", seller)).toEqual(["pty_issuer", "pty_seller"]);
});
