// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Holders} from "../test/Holders.t.sol";
import {Code} from "./Rules.sol";
import {SecurityToken} from "./SecurityToken.sol";

/// @dev The transfer rules: what each looks at, and that a pre-check says what happens.
contract RulesTest is Holders {
    address internal constant SELF = address(0x401);

    function setUp() public override {
        super.setUp();
        register(SELF, 4, 0);
    }

    function test_aLapsedHolderSellsButDoesNotBuy() public {
        vm.warp(VALID + 1);
        eq(token.detectTransferRestriction(ALICE, BOB, 1), Code.RECEIVER_CHECK_LAPSED, "lapsed receiver");
        register(BOB, recordOf_(2, RETAIL, 0, VALID + 30 days, 2));
        eq(token.detectTransferRestriction(ALICE, BOB, 1), Code.OK, "lapsed sender");
    }

    function test_limitsInTimeAreInclusive() public {
        vm.warp(VALID);
        eq(token.detectTransferRestriction(ALICE, BOB, 1), Code.OK, "valid to its last second");
        SecurityToken locked = create_("locked", policyOf(0, 0, 0, VALID + 10, 0, 0));
        register(BOB, recordOf_(2, RETAIL, 0, VALID + 30 days, 2));
        register(ALICE, recordOf_(1, RETAIL, 0, VALID + 30 days, 1));
        issue(locked, ALICE, 1);
        vm.warp(VALID + 9);
        eq(locked.detectTransferRestriction(ALICE, BOB, 1), Code.LOCKED_UP, "locked until then");
        vm.warp(VALID + 10);
        eq(locked.detectTransferRestriction(ALICE, BOB, 1), Code.OK, "free from then");
    }

    function test_failingRulesNamesEveryOne() public {
        SecurityToken strict = create_("strict", policyOf(16, 1, 10, START + 1, 0, 0));
        uint256 failing = strict.failingRules(ALICE, BOB, 5);
        uint256 expected = 1 << Code.INSUFFICIENT_UNITS | 1 << Code.TRANSFERS_FORBIDDEN | 1 << Code.LOCKED_UP
            | 1 << Code.LOT_SIZE | 1 << Code.RECEIVER_CLASS;
        eq(failing, expected, "set");
        eq(strict.detectTransferRestriction(ALICE, BOB, 5), Code.INSUFFICIENT_UNITS, "ERC-20's comes first");
    }

    function test_holdersAreCountedByPerson() public {
        SecurityToken few = create_("few", policyOf(0, 0, 0, 0, 0, 2));
        issue(few, ALICE, 10);
        issue(few, ALICE_2, 10);
        eq(few.holderCount(), 1, "two wallets of one person");
        issue(few, BOB, 5);
        eq(few.holderCount(), 2, "two persons");
        vm.prank(BROKER_1);
        few.custodiedTransfer(transferRow(ALICE, ALICE_2, 10), true);
        eq(few.holderCount(), 2, "own wallets");
        vm.expectRevert(refused(Code.MAX_HOLDERS));
        vm.prank(BROKER_2);
        few.custodiedTransfer(transferRow(BOB, CAROL, 4), true);
        vm.prank(BROKER_2);
        few.custodiedTransfer(transferRow(BOB, CAROL, 5), true);
        eq(few.holderCount(), 2, "a full sale frees its place");
    }

    function test_unitsAPersonOverAllWallets() public {
        SecurityToken few = create_("few", policyOf(0, 0, 0, 0, 12, 0));
        issue(few, ALICE, 10);
        vm.expectRevert(refused(Code.MAX_UNITS_PER_PERSON));
        vm.prank(ISSUER);
        few.issue(issueRow(ALICE_2, 3, "x"), true);
        issue(few, ALICE_2, 2);
        eq(few.unitsOfPerson(1), 12, "units");
        eq(few.detectTransferRestriction(ALICE, ALICE_2, 10), Code.OK, "own wallets change no total");
    }

    /// @dev The view and the call agree in every state: the transfer goes through exactly when canTransfer says so.
    function testFuzz_preCheckIsOutcome(uint256 policy, uint256 record, uint96 units, uint32 when) public {
        uint256 flags = policy & 0x1f;
        SecurityToken fuzzed = create_("fuzzed", 0);
        issue(fuzzed, SELF, 100);
        fuzzed = create_("policy", policyOf(flags & ~uint256(1), policy >> 8 & 0x3f, policy >> 16 & 7, 0, 0, 0));
        vm.prank(ISSUER);
        fuzzed.issue(issueRow(SELF, 100, "x"), false);
        if (record & 1 == 0) register(CAROL, recordOf_(3, record >> 1 & 0x3f, record >> 7 & 7, VALID, 1));
        vm.warp(START + uint256(when) % 500 days);
        units = units % 120;
        address to = record >> 20 & 7 == 0 ? STRANGER : CAROL;
        bool can = fuzzed.canTransfer(SELF, to, units);
        vm.prank(SELF);
        (bool ok,) = address(fuzzed).call(abi.encodeCall(fuzzed.transfer, (to, units)));
        yes(can == ok, "view and outcome differ");
    }
}
