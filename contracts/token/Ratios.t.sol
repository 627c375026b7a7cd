// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {Fixture} from "../test/Fixture.t.sol";
import {Code} from "./Rules.sol";
import {Supply} from "./Words.sol";

/// Consolidation and split (Trust Act 197(1)(iii)).
contract RatiosTest is Fixture {
    address internal constant ALICE = address(0x101);
    address internal constant BOB = address(0x102);
    address internal constant CAROL = address(0x103);

    function setUp() public override {
        super.setUp();
        token = create_("tracked", policyOf(32, 0, 0, 0, 0, 0));
        register(ALICE, 1, 1);
        register(BOB, 2, 2);
        register(CAROL, 3, 2);
        issue(token, ALICE, 25);
        issue(token, BOB, 9);
        issue(token, CAROL, 66);
    }

    function propose(uint64 n, uint64 d) private {
        vm.prank(ISSUER);
        acts().proposeRatio(n, d);
        vm.warp(START + 2 days);
    }

    function begin(uint64 n, uint64 d) private {
        propose(n, d);
        vm.prank(REGISTRAR);
        acts().beginRatio(n, d, "ratio");
    }

    function row(address account) private pure returns (ICorporateActs.CarriedRow memory) {
        return ICorporateActs.CarriedRow(account, new bytes32[](0));
    }

    function carry(ICorporateActs.CarriedRow memory one_) private {
        ICorporateActs.CarriedRow[] memory rows = new ICorporateActs.CarriedRow[](1);
        rows[0] = one_;
        vm.prank(REGISTRAR);
        acts().carry(rows);
    }

    function carryRefused(ICorporateActs.CarriedRow memory one_, uint8 expected) private {
        vm.recordLogs();
        carry(one_);
        (,, uint8 code) = rejection();
        eq(code, expected, "code");
    }

    function end() private {
        vm.prank(REGISTRAR);
        acts().endRatio("ratio");
    }

    function hold(uint8 kind, address account, uint96 units, bytes32 id) private {
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(account, kind == 4 ? address(0) : CAROL, AGENT, units, kind, 0, id), true);
    }

    function test_consolidationFloorsEachAccountAndEachHold() public {
        hold(3, ALICE, 19, "pledge");
        hold(4, ALICE, 20, "attachment"); // gets 6, waits for 14
        bytes32 head = token.head();
        vm.recordLogs();
        begin(1, 10);
        ICorporateActs.CarriedRow memory alice = row(ALICE);
        alice.holdIds = one("pledge");
        carry(alice);
        carry(row(BOB));
        carry(row(CAROL));
        end();
        eq(replay(head, address(token)), token.head(), "head");
        eq(token.balanceOf(ALICE), 2, "25 / 10");
        eq(token.balanceOf(BOB), 0, "9 / 10");
        eq(token.balanceOf(CAROL), 6, "66 / 10");
        eq(token.totalSupply(), 8, "supply");
        eq(token.cap(), 100_000, "cap");
        eq(token.holderCount(), 2, "Bob holds no longer");
        eq(token.unitsOfPerson(2), 0, "Bob's units");
        eq(token.holdOf("pledge").units, 1, "19 / 10");
        eq(token.holdOf("attachment").units, 0, "6 / 10");
        eq(token.claimOf("attachment"), 2, "20 / 10");
        eq(token.freeUnits(ALICE), 1, "free");
    }

    function test_splitMultipliesUnitsHoldsAndFrozenUnits() public {
        hold(3, ALICE, 5, "pledge");
        vm.prank(ENFORCER);
        acts().setFrozenTokens(ALICE, 7);
        begin(3, 1);
        ICorporateActs.CarriedRow memory alice = row(ALICE);
        alice.holdIds = one("pledge");
        carry(alice);
        carry(row(BOB));
        carry(row(CAROL));
        end();
        eq(token.balanceOf(ALICE), 75, "units");
        eq(token.holdOf("pledge").units, 15, "pledge");
        eq(token.getFrozenTokens(ALICE), 21, "frozen");
        eq(token.freeUnits(ALICE), 39, "free");
        eq(token.totalSupply(), 300, "supply");
        eq(token.cap(), 3_000_000, "cap");
        eq(token.holderCount(), 3, "holders");
    }

    function test_itNeedsIssuerRegistrarAndNotice() public {
        vm.expectRevert(unauthorized(REGISTRAR));
        vm.prank(REGISTRAR);
        acts().proposeRatio(1, 10);
        vm.expectRevert(refused(Code.RATIO_INVALID));
        vm.prank(REGISTRAR);
        acts().beginRatio(1, 10, "ratio");
        vm.prank(ISSUER);
        acts().proposeRatio(1, 10);
        vm.expectRevert(refused(Code.RATIO_INVALID));
        vm.prank(REGISTRAR);
        acts().beginRatio(1, 10, "ratio");
        vm.warp(START + 2 days);
        vm.expectRevert(refused(Code.RATIO_INVALID));
        vm.prank(REGISTRAR);
        acts().beginRatio(1, 5, "ratio");
        vm.expectRevert(unauthorized(ISSUER));
        vm.prank(ISSUER);
        acts().beginRatio(1, 10, "ratio");
        vm.prank(REGISTRAR);
        acts().beginRatio(1, 10, "ratio");
    }

    function test_aRatioThatLeavesNoCapOrOverflowsItIsRefused() public {
        uint64 most = uint64(Supply.MOST / token.cap());
        propose(most + 1, 1);
        vm.expectRevert(refused(Code.RATIO_INVALID));
        vm.prank(REGISTRAR);
        acts().beginRatio(most + 1, 1, "ratio");
        vm.prank(ISSUER);
        acts().proposeRatio(most, 1);
        vm.warp(START + 4 days);
        vm.prank(REGISTRAR);
        acts().beginRatio(most, 1, "ratio");
        uint64[2][3] memory bad = [[uint64(1), 1], [uint64(0), 1], [uint64(1), 0]];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(refused(Code.RATIO_INVALID));
            vm.prank(ISSUER);
            acts().proposeRatio(bad[i][0], bad[i][1]);
        }
        token = create_("small", 0);
        issue(token, ALICE, 25);
        vm.prank(ISSUER);
        acts().proposeRatio(1, 1_000_001);
        vm.warp(START + 6 days);
        vm.expectRevert(refused(Code.RATIO_INVALID));
        vm.prank(REGISTRAR);
        acts().beginRatio(1, 1_000_001, "ratio");
    }

    function test_nothingElseMovesUntilItEnds() public {
        hold(3, ALICE, 5, "pledge");
        begin(1, 10);
        eq(token.detectTransferRestriction(BOB, CAROL, 1), Code.RATIO_IN_PROGRESS, "pre-check");
        bytes memory still = refused(Code.RATIO_IN_PROGRESS);
        vm.expectRevert(still);
        vm.prank(ISSUER);
        token.issue(issueRow(ALICE, 1, "i"), false);
        vm.expectRevert(still);
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, BOB, 1), false);
        vm.expectRevert(still);
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 1, 0, "r"), false);
        vm.expectRevert(still);
        vm.prank(AGENT);
        acts().releaseHolds(one("pledge"), false);
        vm.expectRevert(still);
        vm.prank(ENFORCER);
        acts().setFrozenTokens(ALICE, 1);
        vm.expectRevert(still);
        vm.prank(ENFORCER);
        acts().forcedTransfer(ALICE, BOB, 1);
        vm.expectRevert(still);
        vm.prank(AGENT);
        acts().changeController("pledge", BOB);
        vm.expectRevert(still);
        vm.prank(REGISTRAR);
        acts().beginRatio(1, 10, "again");
        vm.prank(REGISTRAR);
        acts().setPaused(true, "p");
        eq(token.policy() >> 248, 32 | 64 | 1, "pausing keeps the flag");
    }

    function test_eachAccountOnceWithEveryHold() public {
        hold(3, ALICE, 5, "pledge");
        hold(5, ALICE, 4, "lockup");
        begin(1, 2);
        ICorporateActs.CarriedRow memory alice = row(ALICE);
        carryRefused(alice, Code.HOLDS_MISSING);
        alice.holdIds = one("pledge");
        carryRefused(alice, Code.HOLDS_MISSING);
        alice.holdIds = new bytes32[](2);
        (alice.holdIds[0], alice.holdIds[1]) = ("pledge", "pledge");
        carryRefused(alice, Code.HOLD_UNKNOWN);
        (alice.holdIds[0], alice.holdIds[1]) = ("lockup", "pledge");
        carryRefused(ICorporateActs.CarriedRow(BOB, alice.holdIds), Code.HOLD_UNKNOWN);
        carry(alice);
        yes(acts().isCarried(ALICE), "carried");
        carryRefused(alice, Code.ALREADY_CARRIED);
        carryRefused(row(address(0x999)), Code.UNITS_ZERO);
        (,,, uint96 total, uint96 carried) = acts().ratio();
        eq(total, 100, "total");
        eq(carried, 25, "carried");
        vm.expectRevert(refused(Code.RATIO_INVALID));
        end();
        carry(row(BOB));
        carry(row(CAROL));
        end();
        eq(token.balanceOf(ALICE), 12, "units");
        (uint64 n,,,,) = acts().ratio();
        eq(n, 0, "over");
        yes(!acts().isCarried(ALICE), "over");
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, BOB, 1), true);
    }

    function test_aSecondRatioCarriesAllAgain() public {
        begin(1, 2);
        carry(row(ALICE));
        carry(row(BOB));
        carry(row(CAROL));
        end();
        vm.prank(ISSUER);
        acts().proposeRatio(2, 1);
        vm.warp(START + 4 days);
        vm.prank(REGISTRAR);
        acts().beginRatio(2, 1, "ratio");
        carry(row(CAROL));
        carry(row(ALICE));
        carry(row(BOB));
        end();
        eq(token.balanceOf(ALICE), 24, "25 / 2 * 2");
        eq(token.totalSupply(), 24 + 8 + 66, "supply");
    }

    /// Whatever the ratio and the holds: floors everywhere, holds within their account, entries = head.
    function testFuzz_floorsHold(uint64 n, uint64 d, uint96 pledged) public {
        n = n % 1000 + 1;
        d = d % 1000 + 1;
        vm.assume(n != d);
        pledged = pledged % 25 + 1;
        hold(3, ALICE, pledged, "pledge");
        bytes32 head = token.head();
        vm.recordLogs();
        begin(n, d);
        ICorporateActs.CarriedRow memory alice = row(ALICE);
        alice.holdIds = one("pledge");
        carry(alice);
        carry(row(BOB));
        carry(row(CAROL));
        end();
        eq(replay(head, address(token)), token.head(), "head");
        eq(token.balanceOf(ALICE), uint256(25) * n / d, "units");
        eq(token.holdOf("pledge").units, uint256(pledged) * n / d, "pledge");
        eq(token.totalSupply(), uint256(25) * n / d + uint256(9) * n / d + uint256(66) * n / d, "supply");
        yes(token.totalSupply() <= token.cap(), "cap");
    }
}
