// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ISuccessions} from "../interfaces/ISuccessions.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Vm} from "../test/Fixture.t.sol";
import {Code} from "./Rules.sol";
import {SuccessionsFixture} from "./Successions.Fixture.t.sol";

contract SuccessionsTest is SuccessionsFixture {
    function test_aSoleSuccessorTakesEachHoldWhole() public {
        hold(3, 70, "pledge");
        behind("pledge", 60, "second");
        hold(4, 50, "attachment");
        bytes32[] memory ids = new bytes32[](3);
        (ids[0], ids[1], ids[2]) = (bytes32("pledge"), bytes32("second"), bytes32("attachment"));
        succeed(sole(0, ids), ids);
        eq(token.balanceOf(ALICE), 0, "of the deceased");
        eq(token.balanceOf(ERIN), 100, "of the heir");
        eq(token.freeUnits(ERIN), 0, "nothing got free");
        ITokenTypes.Hold memory pledge = token.holdOf("pledge");
        eq(pledge.account, ERIN, "under the same id");
        eq(pledge.to, BOB, "in favour of the same pledgee");
        stands("attachment", 30, 50);
        release("pledge", PLEDGEE);
        stands("second", 60, 0);
        stands("attachment", 40, 50);
        release("second", COURT);
        stands("attachment", 50, 0);
        eq(token.freeUnits(ERIN), 50, "free");
    }

    function test_severalSuccessorsEachHaveAPartOfTheHold() public {
        hold(3, 70, "pledge");
        ISuccessions.SuccessorRow[] memory rows = two(18, 12, 1);
        put(rows, 0, 42, 28);
        vm.recordLogs();
        bytes32 before = token.head();
        succeed(rows, one("pledge"));
        eq(replay(before, address(token)), token.head(), "replay reaches the head");
        eq(token.balanceOf(ERIN), 60, "of one");
        eq(token.balanceOf(FRED), 40, "of the other");
        eq(token.freeUnits(ERIN), 18, "free");
        eq(token.freeUnits(FRED), 12, "free");
        eq(token.holdOf("pledge").state, 3, "the undivided one has ended");
        ITokenTypes.Hold memory his = token.holdOf(part("pledge", FRED));
        eq(his.units, 28, "units");
        eq(his.to, BOB, "pledgee");
        eq(uint256(his.data) >> 252, 3, "kind");
        release(part("pledge", ERIN), PLEDGEE);
        eq(token.freeUnits(ERIN), 60, "his part is released alone");
        eq(token.freeUnits(FRED), 12, "and the other stands");
        vm.prank(PLEDGEE);
        acts().executeHolds(executeRow(part("pledge", FRED), 28), true);
        eq(token.balanceOf(BOB), 28, "and is realised alone");
    }

    function test_theLineSaysWhatWentOver() public {
        hold(3, 70, "pledge");
        ISuccessions.SuccessorRow[] memory rows = two(30, 0, 1);
        put(rows, 0, 30, 40);
        rows[1].data = bytes32(uint256(0xf) << 252 | uint256(7) << 100 | 5);
        vm.recordLogs();
        succeed(rows, one("pledge"));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        Vm.Log memory last = logs[logs.length - 1];
        (uint256 fromUnits, uint256 toLine, uint256 data,) = abi.decode(last.data, (uint256, uint256, uint256, bytes32));
        eq(last.topics[1], "pledge", "the hold");
        eq(fromUnits, uint256(uint160(ALICE)) << 96 | 40, "from whom, and units");
        eq(toLine, uint256(uint160(FRED)) << 96 | 5 << 8 | 17, "to whom, GENERAL_SUCCESSION, HOLD_SUCCEEDED");
        eq(data, uint256(3) << 252 | uint256(40) << 64 | 5, "lots keep their days, a part, what it claims, days");
    }

    function test_ranksAndWhatWaitsGoAlongWithEachPart() public {
        hold(3, 60, "first");
        behind("first", 60, "second");
        hold(4, 80, "attachment");
        bytes32[] memory ids = new bytes32[](3);
        (ids[0], ids[1], ids[2]) = (bytes32("first"), bytes32("second"), bytes32("attachment"));
        ISuccessions.SuccessorRow[] memory rows = two(0, 0, 3);
        put(rows, 0, 40, 20);
        (rows[0].parts[1].claim, rows[1].parts[1].claim) = (40, 20);
        rows[0].parts[2] = ISuccessions.Part(20, 50);
        rows[1].parts[2] = ISuccessions.Part(20, 30);
        succeed(rows, ids);
        release(part("first", ERIN), PLEDGEE);
        stands(part("second", ERIN), 40, 0);
        stands(part("attachment", ERIN), 20, 50);
        stands(part("second", FRED), 0, 20);
        release(part("second", ERIN), COURT);
        stands(part("attachment", ERIN), 50, 0);
        eq(token.freeUnits(ERIN), 10, "what it does not claim");
        release(part("first", FRED), PLEDGEE);
        stands(part("second", FRED), 20, 0);
        stands(part("attachment", FRED), 20, 30);
    }

    function test_aPartIsDividedAgain() public {
        hold(3, 100, "pledge");
        ISuccessions.SuccessorRow[] memory rows = two(0, 0, 1);
        put(rows, 0, 60, 40);
        succeed(rows, one("pledge"));
        bytes32 fred = part("pledge", FRED);
        rows[0].to = CAROL;
        rows[1].to = ERIN;
        put(rows, 0, 30, 10);
        vm.prank(ENFORCER);
        acts().succeed(FRED, rows, one(fred));
        eq(token.holdOf(part(fred, ERIN)).units, 10, "beside the part that ERIN had");
        eq(token.holdOf(part("pledge", ERIN)).units, 60, "which stands");
        eq(token.freeUnits(ERIN) + token.freeUnits(CAROL), 0, "nothing got free");
    }

    function test_nothingGetsFreeOnTheWay() public {
        hold(3, 70, "pledge");
        ISuccessions.SuccessorRow[] memory rows = two(60, 40, 1);
        isRefused(rows, one("pledge"), Code.INSUFFICIENT_UNITS);
        rows = two(20, 10, 1);
        put(rows, 0, 40, 20);
        isRefused(rows, one("pledge"), Code.HOLDS_MISSING);
        put(rows, 0, 40, 31);
        isRefused(rows, one("pledge"), Code.HOLDS_MISSING);
        (rows[0].parts[0].claim, rows[1].parts[0].units) = (41, 30);
        isRefused(rows, one("pledge"), Code.HOLDS_MISSING);
        isRefused(two(20, 10, 0), new bytes32[](0), Code.HOLDS_MISSING);
        put(rows, 0, 40, 30);
        rows[1].units = 9;
        isRefused(rows, one("pledge"), Code.HOLDS_MISSING);
        isRefused(rows, list("pledge", "pledge"), Code.HOLDS_MISSING);
    }

    function test_whatWaitsCannotBeForgotten() public {
        hold(3, 100, "pledge");
        hold(4, 50, "waits");
        isRefused(sole(0, one("pledge")), one("pledge"), Code.HOLDS_MISSING);
        ISuccessions.SuccessorRow[] memory rows = two(0, 0, 2);
        put(rows, 0, 60, 40);
        (rows[0].parts[1].claim, rows[1].parts[1].claim) = (50, 1);
        isRefused(rows, list("pledge", "waits"), Code.HOLDS_MISSING);
        rows[1].parts[1].claim = 0;
        succeed(rows, list("pledge", "waits"));
        stands(part("waits", ERIN), 0, 50);
    }

    function test_aTradeUnderWayIsNoSuccessors() public {
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 10, 0, "sale"), true);
        isRefused(sole(90, one("sale")), one("sale"), Code.HOLD_KIND);
    }

    function test_aPledgeeSucceedsToNoPledgeOfHisOwn() public {
        hold(3, 70, "pledge");
        ISuccessions.SuccessorRow[] memory rows = two(30, 0, 1);
        rows[1].to = BOB;
        put(rows, 0, 40, 30);
        isRefused(rows, one("pledge"), Code.SAME_ACCOUNT);
        put(rows, 0, 70, 0);
        rows[0].units = 10;
        rows[1].units = 20;
        succeed(rows, one("pledge"));
        eq(token.freeUnits(BOB), 20, "but to what is free");
    }

    function test_frozenUnitsAreNotUnfrozenByIt() public {
        vm.prank(ENFORCER);
        acts().setFrozenTokens(ALICE, 10);
        isRefused(sole(100, new bytes32[](0)), new bytes32[](0), Code.HOLDS_MISSING);
    }

    function test_successorsAreEligibleAndDifferent() public {
        ISuccessions.SuccessorRow[] memory rows = two(50, 50, 0);
        rows[1].to = ERIN;
        isRefused(rows, new bytes32[](0), Code.SAME_ACCOUNT);
        rows[1].to = address(0xBAD);
        isRefused(rows, new bytes32[](0), Code.RECEIVER_NOT_REGISTERED);
        rows[1].to = ALICE;
        isRefused(rows, new bytes32[](0), Code.SAME_ACCOUNT);
        rows = two(100, 0, 0);
        isRefused(rows, new bytes32[](0), Code.UNITS_ZERO);
        register(FRED, recordOf_(6, RETAIL, 1, VALID, 2));
        isRefused(two(50, 50, 0), new bytes32[](0), Code.RECEIVER_FROZEN);
    }

    function test_onlyTheEnforcer() public {
        ISuccessions.SuccessorRow[] memory rows = two(50, 50, 0);
        vm.expectRevert(unauthorized(REGISTRAR));
        vm.prank(REGISTRAR);
        acts().succeed(ALICE, rows, new bytes32[](0));
    }

    function test_noQueueOverflows() public {
        issue(token, ERIN, 10);
        ITokenTypes.HoldRow[] memory rows = holdRow(ERIN, BOB, PLEDGEE, 10, 3, 0, "hers");
        vm.prank(REGISTRAR);
        acts().createHolds(rows, true);
        for (uint256 i; i < 4; ++i) {
            rows = holdRow(ERIN, address(0), COURT, 1, 4, 0, bytes32(i + 100));
            vm.prank(REGISTRAR);
            acts().createHolds(rows, true);
        }
        hold(3, 100, "pledge");
        bytes32[] memory ids = new bytes32[](6);
        ids[0] = "pledge";
        for (uint256 i = 1; i < 6; ++i) {
            ids[i] = bytes32(i);
            hold(4, 1, ids[i]);
        }
        isRefused(sole(0, ids), ids, Code.TOO_MANY_WAITING);
        release(bytes32(uint256(103)), COURT);
        succeed(sole(0, ids), ids);
        release("pledge", PLEDGEE);
        for (uint256 i = 1; i < 6; ++i) {
            stands(ids[i], 1, 0);
        }
    }

    function test_nobodyTakesTheIdOfAPartBefore() public {
        ITokenTypes.HoldRow[] memory rows = holdRow(ALICE, BOB, PLEDGEE, 10, 3, 0, part("pledge", ERIN));
        vm.expectRevert(refused(Code.REF_USED));
        vm.prank(REGISTRAR);
        acts().createHolds(rows, true);
    }
}
