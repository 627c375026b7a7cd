// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Code} from "../token/Rules.sol";
import {SecurityToken} from "../token/SecurityToken.sol";
import {Fixture, Vm} from "./Fixture.t.sol";

/// @dev Edges that mutants of the contracts showed no other test to reach.
contract EdgesTest is Fixture {
    address internal constant ALICE = address(0x101);
    address internal constant BOB = address(0x201);
    address internal constant COURT = address(0xC2);
    uint256 internal constant MOST_WAITING = 8;

    function setUp() public override {
        super.setUp();
        register(ALICE, 1, 1);
        register(BOB, 2, 1);
        issue(token, ALICE, 100);
    }

    function hold(uint8 kind, uint96 units, bytes32 ref) private {
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, kind == 4 ? address(0) : BOB, COURT, units, kind, 0, ref), true);
    }

    function test_eightAttachmentsWaitAndNoMore() public {
        hold(3, 100, "pledge");
        for (uint256 i = 1; i <= MOST_WAITING; ++i) {
            hold(4, 10, bytes32(i));
        }
        vm.expectRevert(refused(Code.TOO_MANY_WAITING));
        hold(4, 10, "ninth");
        vm.prank(COURT);
        acts().releaseHolds(one(bytes32(uint256(3))), true);
        hold(4, 10, "ninth");
        eq(token.claimOf("ninth"), 10, "in the place of the third");
    }

    function test_aDvpHoldIsApprovedOnce() public {
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(ALICE, BOB, COURT, 10, 2, 0, "dvp"), true);
        vm.prank(REGISTRAR);
        token.approveTransfers(one("dvp"), true);
        vm.expectRevert(refused(Code.HOLD_ALREADY_ACCEPTED));
        vm.prank(REGISTRAR);
        token.approveTransfers(one("dvp"), true);
    }

    function test_anOrderBreaksSeveralHolds() public {
        hold(3, 60, "pledge");
        hold(4, 30, "attachment");
        bytes32[] memory breaks = new bytes32[](2);
        (breaks[0], breaks[1]) = ("pledge", "attachment");
        ITokenTypes.OrderedRow[] memory rows = new ITokenTypes.OrderedRow[](1);
        rows[0] = ITokenTypes.OrderedRow(ALICE, BOB, 100, 6, "case", 0, breaks);
        vm.prank(ENFORCER);
        acts().enforceTransfers(rows, true);
        eq(token.balanceOf(BOB), 100, "all of it");
    }

    function test_whatTheIssuerAsksForIsAnnounced() public {
        vm.recordLogs();
        vm.startPrank(ISSUER);
        acts().proposeRatio(2, 1);
        uint256 policy = policyOf(2, 0, 0, 0, 0, 0);
        acts().proposePolicy(policy);
        vm.stopPrank();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs[0].topics[0], ICorporateActs.RatioProposed.selector, "a ratio");
        (uint64 n, uint64 d,) = abi.decode(logs[0].data, (uint64, uint64, uint256));
        yes(n == 2 && d == 1, "two for one");
        eq(logs[1].topics[0], ITokenTypes.PolicyProposed.selector, "a policy");
        (uint256 proposed, uint256 at) = abi.decode(logs[1].data, (uint256, uint256));
        eq(proposed, policy, "policy");
        eq(at, START + 1 days, "a day ahead");
        (proposed, at) = acts().proposedPolicy();
        eq(proposed, policy, "as the view says");
        eq(at, START + 1 days, "and when");
    }

    function test_aPolicyWithBitsOfNoMeaningIsNotEvenAskedFor() public {
        uint256[4] memory words = [uint256(1), 1 << 255, policyOf(0, 0, 0, 0, 0, 1), policyOf(0, 0, 0, 0, 1, 0)];
        for (uint256 i; i < words.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, words[i]));
            vm.prank(ISSUER);
            acts().proposePolicy(words[i]);
        }
    }

    function test_aWholeBalanceIsForced() public {
        vm.prank(ENFORCER);
        yes(acts().forcedTransfer(ALICE, BOB, 100), "to the last unit");
        eq(token.balanceOf(BOB), 100, "moved");
    }

    /// @dev What is refused in the middle of a batch leaves the rows around it alone.
    function test_aBadRowInTheMiddleOfEachBatchOfHolds() public {
        hold(3, 10, "a");
        hold(3, 10, "b");
        bytes32[] memory ids = new bytes32[](3);
        (ids[0], ids[1], ids[2]) = ("a", "unknown", "b");
        vm.recordLogs();
        vm.prank(ENFORCER);
        acts().releaseByOrder(ids, 3, false);
        (uint256 row, bytes32 ref, uint8 code) = rejection();
        eq(row, 1, "row");
        eq(ref, "unknown", "ref");
        eq(code, Code.HOLD_UNKNOWN, "code");
        eq(token.freeUnits(ALICE), 100, "both others ended");
    }

    function test_aDvpHoldNeedsAController() public {
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(ALICE, BOB, address(0), 10, 2, 0, "dvp"), true);
    }

    function test_personsAreNotCountedWhereTheyAreNotTracked() public {
        token = create_("lots", policyOf(0, 0, 10, 0, 0, 0));
        issue(token, ALICE, 10);
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, BOB, 10), true);
        eq(token.holderCount(), 0, "nobody counted");
        eq(token.unitsOfPerson(2), 0, "nothing summed up");
    }

    function test_aRequestOfAllUnitsIsAccepted() public {
        SecurityToken strict = create_("approval", policyOf(4, 0, 0, 0, 0, 0));
        issue(strict, ALICE, 100);
        vm.prank(BROKER_1);
        strict.requestTransfers(requestRow(ALICE, BOB, 100, 0, "all"), true);
        vm.prank(BROKER_1);
        strict.acceptTransfers(one("all"), true);
        eq(strict.holdOf("all").state, 2, "accepted");
    }

    function test_onlyARequestIsAccepted() public {
        hold(3, 10, "pledge");
        vm.expectRevert(refused(Code.HOLD_UNKNOWN));
        vm.prank(BROKER_1);
        token.acceptTransfers(one("pledge"), true);
    }

    function test_aChangeOfControllerStandsInTheHead() public {
        hold(3, 10, "pledge");
        bytes32 head = token.head();
        vm.recordLogs();
        vm.prank(COURT);
        acts().changeController("pledge", BOB);
        eq(token.head(), replay(head, address(token)), "the entry's own head");
        yes(token.head() != head, "there was an entry");
    }
}
