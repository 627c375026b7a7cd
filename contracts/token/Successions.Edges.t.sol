// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {IRefusals} from "../interfaces/IRefusals.sol";
import {ISuccessions} from "../interfaces/ISuccessions.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Vm} from "../test/Fixture.t.sol";
import {Code} from "./Rules.sol";
import {SecurityToken} from "./SecurityToken.sol";
import {SuccessionsFixture} from "./Successions.Fixture.t.sol";
import {Supply} from "./Words.sol";

/// @dev What bounds a succession, and what may happen to an account before and after one.
contract SuccessionsEdgesTest is SuccessionsFixture {
    address internal constant ERIN_2 = address(0x502);

    function other(uint256 policy, uint96 units) private {
        token = create_("other", policy);
        issue(token, ALICE, units);
    }

    function test_aSuccessorIsOfAClassThatMayHold() public {
        register(FRED, recordOf_(6, 1, 0, VALID, 2));
        other(policyOf(0, RETAIL, 0, 0, 0, 0), 100);
        isRefused(two(60, 40, 0), new bytes32[](0), Code.RECEIVER_CLASS);
    }

    /// @dev ERC-7943's event names everything that moved, and no line is written for no units.
    function test_aSuccessorOfNothingFreeHasNoLineOfItsOwn() public {
        hold(3, 100, "pledge");
        vm.recordLogs();
        succeed(sole(0, one("pledge")), one("pledge"));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 forced;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == ITokenTypes.Entry.selector) {
                (, uint256 toLine) = abi.decode(logs[i].data, (uint256, uint256));
                eq(uint8(toLine), 17, "the hold's line alone");
            }
            if (logs[i].topics[0] != ITokenTypes.ForcedTransfer.selector) continue;
            ++forced;
            eq(logs[i].topics[1], bytes32(uint256(uint160(ALICE))), "from");
            eq(logs[i].topics[2], bytes32(uint256(uint160(ERIN))), "to");
            eq(abi.decode(logs[i].data, (uint256)), 100, "all that moved");
        }
        eq(forced, 1, "once");
    }

    function test_noHoldOfAnothersGoesAlongAndNoneTwice() public {
        hold(3, 60, "pledge");
        issue(token, BOB, 60);
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(BOB, CAROL, PLEDGEE, 60, 3, 0, "BOB's"), true);
        ISuccessions.SuccessorRow[] memory rows = sole(40, one("pledge"));
        isRefused(rows, one("BOB's"), Code.HOLD_UNKNOWN);
        isRefused(rows, one("unknown"), Code.HOLD_UNKNOWN);
        rows = two(40, 0, 2);
        put(rows, 0, 30, 30);
        put(rows, 1, 30, 30);
        isRefused(rows, list("pledge", "pledge"), Code.HOLD_UNKNOWN);
        release("pledge", PLEDGEE);
        isRefused(rows, list("pledge", "pledge"), Code.HOLD_UNKNOWN);
    }

    function test_noPartHasMoreThanItClaims() public {
        hold(3, 70, "pledge");
        ISuccessions.SuccessorRow[] memory rows = two(20, 10, 1);
        rows[0].parts[0] = ISuccessions.Part(41, 30);
        rows[1].parts[0] = ISuccessions.Part(29, 40);
        isRefused(rows, one("pledge"), Code.HOLDS_MISSING);
    }

    function test_oneTransactionCarriesFiveHundredLines() public {
        ISuccessions.SuccessorRow[] memory rows = two(50, 50, 250);
        vm.expectRevert(abi.encodeWithSelector(IRefusals.BatchTooLong.selector, 502, 500));
        succeedUnchecked(rows, new bytes32[](250));
        rows = two(50, 50, 249);
        isRefused(rows, new bytes32[](249), Code.HOLD_UNKNOWN);
    }

    function succeedUnchecked(ISuccessions.SuccessorRow[] memory rows, bytes32[] memory ids) private {
        vm.prank(ENFORCER);
        acts().succeed(ALICE, rows, ids);
    }

    /// @dev The most that the platform sends: its block has room for it.
    function test_fiftyPartsTakeLessThanABlock() public {
        hold(3, 20, "0");
        bytes32[] memory ids = new bytes32[](9);
        ids[0] = "0";
        for (uint256 i = 1; i < 9; ++i) {
            ids[i] = bytes32(i);
            behind("0", 20, ids[i]);
        }
        ISuccessions.SuccessorRow[] memory rows = new ISuccessions.SuccessorRow[](5);
        for (uint160 i; i < 5; ++i) {
            register(address(0x7000 + i), 70 + i, 1);
            rows[i] = rowOf(address(0x7000 + i), 16, 9);
            rows[i].parts[0] = ISuccessions.Part(4, 4);
            for (uint256 j = 1; j < 9; ++j) {
                rows[i].parts[j] = ISuccessions.Part(0, 4);
            }
        }
        uint256 before = gasleft();
        succeed(rows, ids);
        yes(before - gasleft() < 8_000_000, "half of a block of 16M");
    }

    /// @dev As many units as an issue can have, a pledge, one behind it and an attachment of everything.
    function testFuzz_partsAreTheWholeAndTakeWhatItWouldHave(
        uint96 units,
        uint96 pledged,
        uint96 claimed,
        uint96 share,
        uint96 cut
    ) public {
        units = within(units, 2, uint96(Supply.MOST));
        pledged = within(pledged, 1, units);
        claimed = within(claimed, 1, pledged);
        share = within(share, 1, units - 1);
        uint96 rest = units - share;
        uint96 own = within(cut, pledged > rest ? pledged - rest : 0, share < pledged ? share : pledged);
        uint96 second = within(cut, 0, claimed);
        largest();
        issue(token, ALICE, units);
        hold(3, pledged, "pledge");
        behind("pledge", claimed, "second");
        hold(4, units, "attachment");
        ISuccessions.SuccessorRow[] memory rows = two(0, 0, 3);
        put(rows, 0, own, pledged - own);
        (rows[0].parts[1].claim, rows[1].parts[1].claim) = (second, claimed - second);
        rows[0].parts[2] = ISuccessions.Part(share - own, share);
        rows[1].parts[2] = ISuccessions.Part(rest - (pledged - own), rest);
        bytes32[] memory ids = new bytes32[](3);
        (ids[0], ids[1], ids[2]) = (bytes32("pledge"), bytes32("second"), bytes32("attachment"));
        succeed(rows, ids);
        endsUp(ERIN, share, own, second);
        endsUp(FRED, rest, pledged - own, claimed - second);
        eq(token.totalSupply(), units, "no unit more or less");
    }

    function endsUp(address heir, uint96 units, uint96 pledged, uint96 claimed) private {
        eq(token.balanceOf(heir), units, "units");
        eq(token.freeUnits(heir), 0, "nothing got free");
        if (pledged != 0) release(part("pledge", heir), PLEDGEE);
        uint96 taken = claimed < pledged ? claimed : pledged;
        eq(token.holdOf(part("second", heir)).units, taken, "the second takes what the first had");
        eq(token.holdOf(part("attachment", heir)).units, units - taken, "the attachment all else");
        eq(token.freeUnits(heir), 0, "still nothing");
    }

    function within(uint96 any, uint96 least, uint96 most) private pure returns (uint96) {
        return uint96(least + uint256(any) % (uint256(most) - least + 1));
    }

    function largest() private {
        ITokenTypes.Terms memory terms =
            ITokenTypes.Terms("largest", "Issue", "ST", uint96(Supply.MOST), 0, "terms", ISSUER_ROLE);
        vm.prank(REGISTRAR);
        token = SecurityToken(factory.createIssue(terms));
    }

    function pledgedToTwo() private {
        hold(3, 60, "first");
        behind("first", 60, "second");
        ISuccessions.SuccessorRow[] memory rows = two(24, 16, 2);
        put(rows, 0, 36, 24);
        (rows[0].parts[1].claim, rows[1].parts[1].claim) = (36, 24);
        succeed(rows, list("first", "second"));
    }

    function test_aSuccessorsLostWalletKeepsPartsAndRanks() public {
        register(ERIN_2, 5, 2);
        pledgedToTwo();
        vm.prank(ENFORCER);
        acts().recover(ERIN, ERIN_2, "lost", list(part("second", ERIN), part("first", ERIN)));
        eq(token.holdOf(part("first", ERIN)).account, ERIN_2, "under the same id");
        release(part("first", ERIN), PLEDGEE);
        stands(part("second", ERIN), 36, 0);
        eq(token.freeUnits(ERIN_2), 24, "free");
    }

    function test_aWalletRecoveredMeanwhileIsSucceededToByItsNewAddressAlone() public {
        hold(3, 60, "first");
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "lost", one("first"));
        ISuccessions.SuccessorRow[] memory rows = two(24, 16, 1);
        put(rows, 0, 36, 24);
        isRefused(rows, one("first"), Code.INSUFFICIENT_UNITS);
        vm.prank(ENFORCER);
        acts().succeed(ALICE_2, rows, one("first"));
        eq(token.holdOf(part("first", FRED)).units, 24, "the same terms");
    }

    function test_aConsolidationFloorsEachPart() public {
        pledgedToTwo();
        vm.prank(ISSUER);
        acts().proposeRatio(1, 7);
        vm.warp(START + 1 days);
        ICorporateActs.CarriedRow[] memory rows = new ICorporateActs.CarriedRow[](2);
        rows[0] = ICorporateActs.CarriedRow(ERIN, one(part("first", ERIN)));
        rows[1] = ICorporateActs.CarriedRow(FRED, one(part("first", FRED)));
        vm.startPrank(REGISTRAR);
        acts().beginRatio(1, 7, "ratio");
        acts().carry(rows);
        acts().endRatio("ratio");
        vm.stopPrank();
        stands(part("first", ERIN), 5, 0);
        stands(part("first", FRED), 3, 0);
        stands(part("second", ERIN), 0, 5);
        release(part("first", FRED), PLEDGEE);
        stands(part("second", FRED), 3, 0);
        eq(token.freeUnits(ERIN), 3, "8 less 5");
        eq(token.freeUnits(FRED), 2, "5 less 3");
    }

    function test_aRatioStopsASuccession() public {
        vm.prank(ISSUER);
        acts().proposeRatio(2, 1);
        vm.warp(START + 1 days);
        vm.prank(REGISTRAR);
        acts().beginRatio(2, 1, "ratio");
        isRefused(two(60, 40, 0), new bytes32[](0), Code.RATIO_IN_PROGRESS);
    }

    function test_aPartIsRealisedOnce() public {
        pledgedToTwo();
        ITokenTypes.ExecuteRow[] memory rows = new ITokenTypes.ExecuteRow[](3);
        rows[0] = ITokenTypes.ExecuteRow("first", 60);
        rows[1] = rows[2] = ITokenTypes.ExecuteRow(part("first", ERIN), 36);
        vm.prank(PLEDGEE);
        acts().executeHolds(rows, false);
        eq(token.balanceOf(BOB), 36, "neither the undivided one nor the part again");
        stands(part("second", ERIN), 0, 36);
        eq(token.freeUnits(ERIN), 24, "what is free stays free");
    }

    function test_aPolicyMeanwhileStopsAPartsExecutionAndNeverItsRelease() public {
        pledgedToTwo();
        uint256 forbidden = policyOf(16, 0, 0, 0, 0, 0);
        vm.prank(ISSUER);
        acts().proposePolicy(forbidden);
        vm.warp(START + 1 days);
        vm.prank(REGISTRAR);
        acts().executePolicy(forbidden, "forbidden");
        vm.expectRevert(refused(Code.TRANSFERS_FORBIDDEN));
        vm.prank(PLEDGEE);
        acts().executeHolds(executeRow(part("first", FRED), 24), true);
        release(part("first", FRED), PLEDGEE);
        stands(part("second", FRED), 24, 0);
    }

    /// @dev No cap of holders keeps heirs out, and each person counts once.
    function test_heirsAreCounted() public {
        other(policyOf(32, 0, 0, 0, 50, 1), 50);
        hold(3, 50, "pledge");
        ISuccessions.SuccessorRow[] memory rows = two(0, 0, 1);
        put(rows, 0, 30, 20);
        succeed(rows, one("pledge"));
        eq(token.holderCount(), 2, "both, and the deceased no more");
        eq(token.unitsOfPerson(5), 30, "of one");
        eq(token.unitsOfPerson(1), 0, "of the deceased");
    }

    /// @dev The deceased's custodian can no longer keep the heirs out by opening one trade after the other.
    function test_nobodyTradesForTheDeceased() public {
        register(ALICE, recordOf_(1, RETAIL, 2, VALID, 1));
        vm.expectRevert(refused(Code.SENDER_FROZEN));
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 1, 0, "dust"), true);
        vm.expectRevert(refused(Code.SENDER_FROZEN));
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(ALICE, BOB, PLEDGEE, 1, 2, 0, "dust"), true);
        succeed(two(60, 40, 0), new bytes32[](0));
        eq(token.balanceOf(FRED), 40, "passed");
    }

    /// @dev A pledgee may assign the pledge to an heir to be in the way; the heir takes the units on another wallet.
    function test_anAssignmentKeepsNoHeirOut() public {
        register(ERIN_2, 5, 2);
        hold(3, 100, "pledge");
        vm.prank(PLEDGEE);
        acts().assignPledge("pledge", ERIN, PLEDGEE);
        ISuccessions.SuccessorRow[] memory rows = sole(0, one("pledge"));
        isRefused(rows, one("pledge"), Code.SAME_ACCOUNT);
        rows[0].to = ERIN_2;
        succeed(rows, one("pledge"));
        eq(token.balanceOf(ERIN_2), 100, "hers");
    }

    /// @dev What the heir's own creditor waits for ranks behind the pledges that came along.
    function test_anAttachmentOfTheHeirTakesNoUnitsOfAnInheritedPledge() public {
        issue(token, ERIN, 10);
        vm.startPrank(REGISTRAR);
        acts().createHolds(holdRow(ERIN, BOB, PLEDGEE, 10, 3, 0, "hers"), true);
        acts().createHolds(holdRow(ERIN, address(0), COURT, 10, 4, 0, "creditor"), true);
        vm.stopPrank();
        hold(3, 100, "first");
        behind("first", 100, "second");
        succeed(sole(0, list("first", "second")), list("first", "second"));
        release("first", PLEDGEE);
        stands("second", 100, 0);
        stands("creditor", 0, 10);
        release("hers", PLEDGEE);
        stands("creditor", 10, 0);
    }
}
