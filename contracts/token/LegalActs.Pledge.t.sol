// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Vm} from "../test/Fixture.t.sol";
import {LegalActsFixture} from "./LegalActs.Fixture.t.sol";
import {Code} from "./Rules.sol";

contract PledgeTest is LegalActsFixture {
    function test_aPledgeEndsByItsControllerAlone() public {
        hold(3, 60, "pledge");
        eq(token.freeUnits(ALICE), 40, "free");
        eq(token.balanceOf(ALICE), 100, "title stays");
        address[4] memory others = [ALICE, BROKER_1, REGISTRAR, ENFORCER];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(refused(Code.NOT_CONTROLLER));
            vm.prank(others[i]);
            acts().releaseHolds(one("pledge"), true);
        }
        vm.prank(PLEDGEE);
        acts().releaseHolds(one("pledge"), true);
        eq(token.freeUnits(ALICE), 100, "released");
    }

    function test_aPledgeExecutesInParts() public {
        hold(3, 60, "pledge");
        vm.prank(PLEDGEE);
        acts().executeHolds(executeRow("pledge", 20), true);
        eq(token.balanceOf(BOB), 20, "executed");
        eq(token.holdOf("pledge").units, 40, "rest is held");
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 40, 40));
        vm.prank(PLEDGEE);
        acts().executeHolds(executeRow("pledge", 41), true);
        vm.prank(PLEDGEE);
        acts().executeHolds(executeRow("pledge", 40), true);
        eq(token.holdOf("pledge").state, 3, "closed");
    }

    function test_aPledgeHasNoExpiryAndNeedsAController() public {
        vm.expectRevert(refused(Code.HOLD_KIND));
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, BOB, PLEDGEE, 1, 3, uint32(VALID / 60), "p"), true);
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, BOB, address(0), 1, 3, 0, "p"), true);
    }

    function test_controllerHandsOn() public {
        hold(3, 60, "pledge");
        vm.prank(PLEDGEE);
        acts().changeController("pledge", COURT);
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        vm.prank(PLEDGEE);
        acts().releaseHolds(one("pledge"), true);
        vm.prank(COURT);
        acts().releaseHolds(one("pledge"), true);
    }

    function assign(bytes32 id, address pledgee, address controller, uint8 code, address by) private {
        if (code != 0) vm.expectRevert(refused(code));
        vm.prank(by);
        acts().assignPledge(id, pledgee, controller);
    }

    function test_anAssignedPledgeIsItsNewPledgees() public {
        hold(3, 60, "pledge");
        vm.recordLogs();
        assign("pledge", CAROL, COURT, 0, PLEDGEE);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 1, "one entry");
        (uint256 fromUnits, uint256 toLine, bytes32 data,) =
            abi.decode(logs[0].data, (uint256, uint256, bytes32, bytes32));
        eq(address(uint160(fromUnits >> 96)), ALICE, "the account");
        eq(uint96(fromUnits), 60, "its units");
        eq(address(uint160(toLine >> 96)), CAROL, "the new pledgee");
        eq(uint24(toLine), uint24(11) << 8 | 16, "HOLD_ASSIGNED, PLEDGE_SET");
        eq(address(uint160(uint256(data) >> 64)), COURT, "the new controller");
        eq(uint256(data) >> 252, 3, "still a pledge");
        eq(token.holdOf("pledge").to, CAROL, "the pledgee");
        eq(token.holdOf("pledge").data, data, "as the entry says it");
        assign("pledge", BOB, PLEDGEE, Code.NOT_CONTROLLER, PLEDGEE);
        vm.prank(COURT);
        acts().executeHolds(executeRow("pledge", 60), true);
        eq(token.balanceOf(CAROL), 60, "executes to the new pledgee");
    }

    function test_whatCannotBeAssigned() public {
        hold(3, 60, "pledge");
        hold(5, 10, "lock");
        assign("lock", CAROL, COURT, Code.HOLD_UNKNOWN, PLEDGEE);
        assign("none", CAROL, COURT, Code.HOLD_UNKNOWN, PLEDGEE);
        assign("pledge", CAROL, COURT, Code.NOT_CONTROLLER, REGISTRAR);
        assign("pledge", CAROL, address(0), Code.NOT_CONTROLLER, PLEDGEE);
        assign("pledge", address(0), COURT, Code.RECEIVER_INVALID, PLEDGEE);
        assign("pledge", ALICE, COURT, Code.SAME_ACCOUNT, PLEDGEE);
        assign("pledge", address(0x999), COURT, Code.RECEIVER_NOT_REGISTERED, PLEDGEE);
        release("pledge", PLEDGEE);
        assign("pledge", CAROL, COURT, Code.HOLD_UNKNOWN, PLEDGEE);
    }
}
