// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Vm} from "../test/Fixture.t.sol";
import {LegalActsFixture} from "./LegalActs.Fixture.t.sol";
import {Code} from "./Rules.sol";

contract PledgeRankTest is LegalActsFixture {
    function test_aSecondPledgeRanksOnTheSameUnitsAndTakesThemAtTheFirstsEnd() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        stands("second", 0, 50);
        eq(token.freeUnits(ALICE), 40, "what is free stays free: units are encumbered once");
        release("first", PLEDGEE);
        stands("second", 50, 0);
        eq(token.freeUnits(ALICE), 50, "and no more than the second's");
        vm.prank(COURT);
        acts().executeHolds(executeRow("second", 50), true);
        eq(token.balanceOf(CAROL), 50, "executes like any pledge");
    }

    function test_pledgesOnTheSameUnitsTakeThemInTheirRank() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        behind("second", 40, "third");
        behind("first", 60, "fourth");
        release("first", PLEDGEE);
        stands("second", 50, 0);
        stands("third", 10, 40);
        stands("fourth", 0, 60);
        release("second", COURT);
        stands("third", 40, 0);
        stands("fourth", 20, 60);
        release("third", COURT);
        stands("fourth", 60, 0);
        eq(token.freeUnits(ALICE), 40, "free");
    }

    function test_aPledgeBehindTakesNothingThatItsPledgeDidNotHave() public {
        hold(3, 30, "first");
        hold(3, 30, "other");
        behind("first", 30, "second");
        release("other", PLEDGEE);
        stands("second", 0, 30);
        eq(token.freeUnits(ALICE), 70, "free");
        release("first", PLEDGEE);
        stands("second", 30, 0);
    }

    function test_theSecondStandsOnWhatTheFirstLeaves() public {
        hold(3, 60, "first");
        behind("first", 60, "second");
        vm.prank(PLEDGEE);
        acts().executeHolds(executeRow("first", 45), true);
        stands("second", 0, 60);
        release("first", PLEDGEE);
        stands("second", 15, 60);
        release("second", COURT);
        eq(token.holdOf("second").state, 3, "closed");
        eq(token.freeUnits(ALICE), 55, "free");
    }

    function test_anOrderTakesTheUnitsOfThePledgeThatItBreaks() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        vm.prank(ENFORCER);
        acts().enforceTransfers(ordered(BOB, 40, 3, one("first")), true);
        stands("second", 20, 50);
        eq(token.freeUnits(ALICE), 40, "what was free stays free");
        release("second", COURT);
        hold(3, 10, "small");
        hold(3, 50, "large");
        behind("large", 50, "next");
        bytes32[] memory both = new bytes32[](2);
        (both[0], both[1]) = (bytes32("small"), bytes32("large"));
        vm.prank(ENFORCER);
        acts().enforceTransfers(ordered(BOB, 15, 3, both), true);
        stands("next", 45, 50);
    }

    function test_attachmentsComeAfterThePledgesBeforeThemAndNoneAfterAnAttachment() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        hold(4, 100, "attachment");
        stands("attachment", 40, 100);
        vm.expectRevert(refused(Code.ATTACHMENT_AHEAD));
        vm.prank(REGISTRAR);
        acts().createHolds(behindRow("first", 10, "late"), true);
        release("first", PLEDGEE);
        stands("second", 50, 0);
        stands("attachment", 50, 100);
        release("second", COURT);
        stands("attachment", 100, 0);
    }

    function test_whatGetsNothingMakesNoEntry() public {
        hold(3, 100, "first");
        behind("first", 100, "second");
        hold(4, 100, "attachment");
        vm.recordLogs();
        release("first", PLEDGEE);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 2, "the first's end, and what the second takes");
        eq(logs[1].topics[1], "second", "the second's");
        stands("attachment", 0, 100);
    }

    function test_aPledgeRanksBehindAPledgeOfItsAccountAlone() public {
        hold(3, 60, "pledge");
        hold(4, 10, "attachment");
        hold(5, 10, "lock");
        bytes32[3] memory none = [bytes32("attachment"), "lock", "nothing"];
        for (uint256 i; i < 3; ++i) {
            refusesBehind(behindRow(none[i], 5, "p"), Code.HOLD_UNKNOWN);
        }
        issue(token, BOB, 10);
        ITokenTypes.HoldRow[] memory rows = behindRow("pledge", 5, "p");
        (rows[0].account, rows[0].to) = (BOB, ALICE);
        refusesBehind(rows, Code.HOLD_UNKNOWN);
        rows = behindRow("pledge", 5, "p");
        (rows[0].kind, rows[0].to) = (4, address(0));
        refusesBehind(rows, Code.HOLD_KIND);
        vm.expectRevert(
            abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 61, 20)
        );
        vm.prank(REGISTRAR);
        acts().createHolds(behindRow("pledge", 61, "p"), true);
        behind("pledge", 60, "second");
        release("pledge", PLEDGEE);
        refusesBehind(behindRow("pledge", 5, "p"), Code.HOLD_UNKNOWN);
        behind("second", 60, "third");
    }

    function test_aPledgeBehindOneThatWaitsClaimsWhatThatClaims() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        vm.expectRevert(
            abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 51, 40)
        );
        vm.prank(REGISTRAR);
        acts().createHolds(behindRow("second", 51, "third"), true);
        behind("second", 50, "third");
    }

    function test_eightWaitAtMost() public {
        hold(3, 60, "first");
        for (uint256 i; i < 8; ++i) {
            behind("first", 1, bytes32(i + 1));
        }
        refusesBehind(behindRow("first", 1, "ninth"), Code.TOO_MANY_WAITING);
        release(bytes32(uint256(3)), COURT);
        behind("first", 1, "ninth");
    }

    function test_aPledgeBehindNamesItsPledgeeAndItsPledgeInTheRegister() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        vm.recordLogs();
        behind("second", 40, "third");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 2, "two entries");
        (uint256 fromUnits, uint256 toLine,,) = abi.decode(logs[0].data, (uint256, uint256, bytes32, bytes32));
        eq(uint96(fromUnits), 0, "encumbers nothing");
        eq(address(uint160(toLine >> 96)), CAROL, "the pledgee");
        eq(uint24(toLine), uint24(11) << 8 | 6, "HOLD_CREATED, PLEDGE_SET");
        bytes32 data;
        (fromUnits, toLine, data,) = abi.decode(logs[1].data, (uint256, uint256, bytes32, bytes32));
        eq(uint96(fromUnits), 40, "what it claims");
        eq(address(uint160(toLine >> 96)), ALICE, "the account");
        eq(uint24(toLine), uint24(11) << 8 | 15, "HOLD_RANKED, PLEDGE_SET");
        eq(data, "first", "the first pledge on the units");
        eq(logs[1].topics[1], "third", "the hold");
    }

    function test_anAssignedPledgeKeepsItsRank() public {
        hold(3, 60, "first");
        behind("first", 60, "second");
        vm.prank(COURT);
        acts().assignPledge("second", BOB, PLEDGEE);
        stands("second", 0, 60);
        release("first", PLEDGEE);
        stands("second", 60, 0);
        eq(token.holdOf("second").to, BOB, "the new pledgee");
    }

    function refusesBehind(ITokenTypes.HoldRow[] memory rows, uint8 code) private {
        vm.expectRevert(refused(code));
        vm.prank(REGISTRAR);
        acts().createHolds(rows, true);
    }
}
