// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {LegalActsFixture} from "./LegalActs.Fixture.t.sol";
import {Code} from "./Rules.sol";

contract AttachmentTest is LegalActsFixture {
    function test_attachmentsRankBehindWhatIsThere() public {
        hold(3, 70, "pledge");
        hold(4, 50, "first");
        eq(token.holdOf("first").units, 30, "first takes what is free");
        eq(token.claimOf("first"), 50, "and waits for the rest");
        hold(4, 40, "second");
        eq(token.holdOf("second").units, 0, "second takes nothing yet");
        vm.prank(PLEDGEE);
        acts().releaseHolds(one("pledge"), true);
        eq(token.holdOf("first").units, 50, "first is full");
        eq(token.claimOf("first"), 0, "first waits no more");
        eq(token.holdOf("second").units, 40, "second is full");
        eq(token.freeUnits(ALICE), 10, "free");
        vm.prank(COURT);
        acts().releaseHolds(one("first"), true);
        eq(token.freeUnits(ALICE), 60, "free");
    }

    /// @dev Its first line would not say who that is.
    function test_anAttachmentNamesNoReceiver() public {
        vm.expectRevert(abi.encodeWithSignature("ERC20InvalidReceiver(address)", BOB));
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, BOB, COURT, 10, 4, 0, "a"), true);
        hold(4, 10, "b");
        vm.expectRevert(refused(Code.HOLD_KIND));
        vm.prank(COURT);
        acts().executeHolds(executeRow("b", 10), true);
    }

    function test_anAttachmentOfFreeUnitsWaitsForNone() public {
        hold(3, 100, "pledge");
        for (uint256 i; i < 8; ++i) {
            hold(4, 10, bytes32(i + 1));
        }
        vm.expectRevert(refused(Code.TOO_MANY_WAITING));
        hold(4, 1, "ninth");
        issue(token, ALICE, 5);
        hold(4, 5, "of what was bought since");
        stands("of what was bought since", 5, 0);
        vm.expectRevert(refused(Code.TOO_MANY_WAITING));
        hold(4, 1, "ninth");
    }

    function test_aWaitingAttachmentReleased() public {
        hold(3, 100, "pledge");
        hold(4, 50, "first");
        hold(4, 50, "second");
        vm.prank(COURT);
        acts().releaseHolds(one("first"), true);
        vm.prank(PLEDGEE);
        acts().releaseHolds(one("pledge"), true);
        eq(token.holdOf("second").units, 50, "second moved up");
        eq(token.freeUnits(ALICE), 50, "first took nothing");
    }

    function test_anAttachmentNeverExceedsTheBalance() public {
        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", ALICE, 100, 101));
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, address(0), COURT, 101, 4, 0, "a"), true);
    }
}
