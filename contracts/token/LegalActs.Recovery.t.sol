// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {LegalActsFixture} from "./LegalActs.Fixture.t.sol";
import {Code} from "./Rules.sol";

contract RecoveryTest is LegalActsFixture {
    function test_recoveryCarriesUnitsHoldsAndFrozenUnits() public {
        hold(3, 70, "pledge");
        hold(4, 50, "attachment");
        vm.prank(ENFORCER);
        acts().setFrozenTokens(ALICE, 200);
        bytes32[] memory ids = new bytes32[](2);
        (ids[0], ids[1]) = ("pledge", "attachment");
        vm.expectRevert(refused(Code.HOLDS_MISSING));
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "case", one("pledge"));
        vm.expectRevert(refused(Code.NOT_SAME_PERSON));
        vm.prank(ENFORCER);
        acts().recover(ALICE, BOB, "case", ids);
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "case", ids);
        eq(token.balanceOf(ALICE), 0, "lost");
        eq(token.balanceOf(ALICE_2), 100, "units");
        eq(token.freeUnits(ALICE_2), 0, "free");
        eq(token.getFrozenTokens(ALICE_2), 200, "frozen");
        eq(token.holdOf("pledge").account, ALICE_2, "pledge");
        eq(token.claimOf("attachment"), 50, "attachment still waits");
        vm.prank(PLEDGEE);
        acts().releaseHolds(one("pledge"), true);
        eq(token.holdOf("attachment").units, 50, "and takes what frees");
    }

    function test_recoveryDoesNotUnfreezeThePerson() public {
        register(ALICE, recordOf_(1, RETAIL, 1, VALID, 1));
        vm.expectRevert(refused(Code.FLAGS_LOST));
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "case", new bytes32[](0));
    }

    function test_recoveryForgetsNoAttachmentThatWaits() public {
        hold(3, 100, "pledge");
        hold(4, 50, "waiting");
        vm.expectRevert(refused(Code.HOLDS_MISSING));
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "case", one("pledge"));
    }

    function test_recoveryKeepsTheRanksWhateverOrderItNames() public {
        hold(3, 60, "first");
        behind("first", 60, "second");
        behind("first", 60, "third");
        hold(4, 50, "attachment");
        bytes32[] memory ids = new bytes32[](4);
        (ids[0], ids[1], ids[2], ids[3]) = (bytes32("third"), bytes32("attachment"), bytes32("second"), bytes32("first"));
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "case", ids);
        release("first", PLEDGEE);
        stands("second", 60, 0);
        stands("third", 0, 60);
        stands("attachment", 40, 50);
        eq(token.holdOf("second").account, ALICE_2, "on the other wallet");
        release("second", COURT);
        stands("third", 60, 0);
        release("third", COURT);
        stands("attachment", 50, 0);
    }

    function test_recoveryOverfillsNoQueue() public {
        issue(token, ALICE_2, 10);
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE_2, BOB, PLEDGEE, 10, 3, 0, "theirs"), true);
        hold(3, 100, "first");
        bytes32[] memory ids = new bytes32[](6);
        ids[5] = "first";
        for (uint256 i; i < 5; ++i) {
            ids[i] = bytes32(i + 1);
            behind("first", 1, ids[i]);
            ITokenTypes.HoldRow[] memory rows = behindRow("theirs", 2, bytes32(i + 100));
            rows[0].account = ALICE_2;
            if (i == 4) break;
            vm.prank(REGISTRAR);
            acts().createHolds(rows, true);
        }
        vm.expectRevert(refused(Code.TOO_MANY_WAITING));
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "case", ids);
        release(bytes32(uint256(103)), COURT);
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "case", ids);
        release("first", PLEDGEE);
        for (uint256 i; i < 5; ++i) {
            stands(ids[i], 1, 0);
        }
        release("theirs", PLEDGEE);
        for (uint256 i; i < 3; ++i) {
            stands(bytes32(i + 100), 2, 0);
        }
        eq(token.freeUnits(ALICE_2), 99, "free");
    }
}
