// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Vm} from "../test/Fixture.t.sol";
import {LegalActsFixture} from "./LegalActs.Fixture.t.sol";
import {Code} from "./Rules.sol";

/// @dev What is entered by order: moves without the holder's will, and the end of holds.
contract OrderTest is LegalActsFixture {
    function test_orderMovesDespitePauseAndPolicyButOnlyToTheEligible() public {
        vm.prank(REGISTRAR);
        acts().setPaused(true, "incident");
        vm.expectRevert(refused(Code.RECEIVER_NOT_REGISTERED));
        vm.prank(ENFORCER);
        acts().enforceTransfers(ordered(STRANGER, 10, 3, new bytes32[](0)), true);
        vm.prank(ENFORCER);
        acts().enforceTransfers(ordered(BOB, 10, 3, new bytes32[](0)), true);
        eq(token.balanceOf(BOB), 10, "moved");
    }

    function test_orderNeedsABasis() public {
        vm.expectRevert(refused(Code.BASIS_INVALID));
        vm.prank(ENFORCER);
        acts().enforceTransfers(ordered(BOB, 10, 2, new bytes32[](0)), true);
    }

    function test_aRectificationNamesTheEntryThatItCorrects() public {
        ITokenTypes.OrderedRow[] memory rows = ordered(BOB, 10, 18, new bytes32[](0));
        uint256 last = token.seq();
        rows[0].data = bytes32((last + 1) << 64);
        vm.expectRevert(refused(Code.BASIS_INVALID));
        vm.prank(ENFORCER);
        acts().enforceTransfers(rows, true);
        rows[0].data = bytes32(uint256(0xf) << 252 | uint256(7) << 96 | last << 64 | 5);
        eq(dataOfOrder(rows), bytes32(uint256(1) << 252 | last << 64 | 5), "bit 252, the entry and the days count");
        rows[0].basis = 3;
        eq(dataOfOrder(rows), bytes32(uint256(1) << 252 | 5), "a judgment corrects nothing");
    }

    /// @dev The data word of the FORCED_TRANSFER that the order becomes.
    function dataOfOrder(ITokenTypes.OrderedRow[] memory rows) private returns (bytes32 data) {
        vm.recordLogs();
        vm.prank(ENFORCER);
        acts().enforceTransfers(rows, true);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != ITokenTypes.Entry.selector) continue;
            (,, data,) = abi.decode(logs[i].data, (uint256, uint256, bytes32, bytes32));
        }
    }

    function test_orderBreaksOnlyTheHoldsItNames() public {
        hold(3, 60, "pledge");
        hold(4, 30, "attachment");
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 50, 10));
        vm.prank(ENFORCER);
        acts().enforceTransfers(ordered(BOB, 50, 6, one("attachment")), true);
        vm.prank(ENFORCER);
        acts().enforceTransfers(ordered(BOB, 40, 6, one("attachment")), true);
        eq(token.holdOf("attachment").state, 3, "broken");
        eq(token.holdOf("pledge").units, 60, "untouched");
        eq(token.balanceOf(ALICE), 60, "balance");
    }

    function test_anOrderCannotBreakAnothersHold() public {
        hold(3, 60, "pledge");
        issue(token, CAROL, 10);
        ITokenTypes.OrderedRow[] memory rows = ordered(BOB, 10, 6, one("pledge"));
        rows[0].from = CAROL;
        vm.expectRevert(refused(Code.HOLD_UNKNOWN));
        vm.prank(ENFORCER);
        acts().enforceTransfers(rows, true);
    }

    function test_aHoldNamedTwiceCountsOnce() public {
        hold(3, 60, "pledge");
        bytes32[] memory twice = new bytes32[](2);
        (twice[0], twice[1]) = ("pledge", "pledge");
        vm.expectRevert(refused(Code.HOLD_UNKNOWN));
        vm.prank(ENFORCER);
        acts().enforceTransfers(ordered(BOB, 10, 6, twice), true);
    }

    function test_releaseByOrderNeedsNoController() public {
        hold(3, 60, "pledge");
        vm.prank(ENFORCER);
        acts().releaseByOrder(one("pledge"), 3, true);
        eq(token.freeUnits(ALICE), 100, "free");
    }
}
